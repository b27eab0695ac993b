#include "bench/load.h"
#include "bench/subject.h"
#include "core/strings.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::size_t fill_connections = 64;

class Appointed final : public Subject {
public:
    Appointed(std::string program, const std::string& scratch, const DatabaseServer& database)
        : Subject("/calendars/bench/", true), program_(std::move(program)),
          folder_(scratch + "/appointed"), database_process_(database.process) {
        const std::string password = "correct horse battery staple";
        authorization_ = "Basic " + core::to_base64("bench:" + password);
        std::filesystem::create_directories(folder_);
        std::ofstream configuration(folder_ + "/appointed.toml");
        if (!database.url.empty()) {
            configuration << "[storage]\nurl = \"" << database.url << "\"\n";
        }
        configuration.close();
        run_program(with_data({program_, "user", "add", "bench", "--name", "Bench", "--email",
                               "bench@practice.example", "--password-stdin"}),
                    password + "\n", folder_);
        restart();
    }

    [[nodiscard]] std::string name() const override { return "Appointed"; }

    std::string command(const std::vector<std::string>& arguments,
                        const std::string& input) override {
        std::vector<std::string> all{program_};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run_program(with_data(std::move(all)), input, folder_);
    }

    void restart() override {
        process_.reset();
        const int port = free_port();
        launch({with_data({program_, "serve", "--listen", "127.0.0.1:" + std::to_string(port)}),
                folder_ + "/log", folder_},
               port);
        process_->count_database(database_process_);
    }

protected:
    // By the front door, so that what is read later is what was really stored.
    void fill(const std::string& name, const Calendar& calendar) override {
        Load load;
        load.port = port();
        load.connections = fill_connections;
        load.time_max = std::chrono::minutes(6);
        load.requests_max = calendar.size();
        load.request = [&](std::size_t number) {
            return to_bytes(put_request(path(name) + calendar.name(number), calendar.text(number)));
        };
        load.check = [](const Answer& answer) {
            return answer.status == 201 ? "" : "PUT answers " + std::to_string(answer.status);
        };
        const LoadResult result = run_load(load);
        if (result.faults > 0 || result.answers != calendar.size()) {
            throw std::runtime_error("filling stopped after " + std::to_string(result.answers)
                                     + " events: " + result.first_fault);
        }
    }

private:
    static std::vector<std::string> with_data(std::vector<std::string> command) {
        command.insert(command.end(), {"--config", "appointed.toml", "--data", "data"});
        return command;
    }

    std::string program_;
    std::string folder_;
    int database_process_;
};

} // namespace

std::unique_ptr<Subject> start_appointed(const std::string& program, const std::string& scratch,
                                         const DatabaseServer& database) {
    return std::make_unique<Appointed>(program, scratch, database);
}

} // namespace bench
