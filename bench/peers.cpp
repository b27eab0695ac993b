#include "bench/load.h"
#include "bench/subject.h"
#include "core/strings.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace bench {

namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

void write_events(const fs::path& folder, const Calendar& calendar) {
    for (std::size_t i = 0; i < calendar.size(); ++i) {
        write_file(folder / calendar.name(i), calendar.text(i));
    }
}

class Radicale final : public Subject {
public:
    Radicale(std::string program, const std::string& scratch)
        : Subject("/bench/", false), program_(std::move(program)),
          folder_(fs::absolute(scratch + "/radicale")) {
        authorization_ = "Basic " + core::to_base64("bench:bench");
        fs::create_directories(folder_);
        write_file(folder_ / "users", "bench:bench\n");
        restart();
    }

    [[nodiscard]] std::string name() const override { return "Radicale"; }

    void restart() override {
        process_.reset();
        const int port = free_port();
        write_file(folder_ / "config", "[server]\nhosts = 127.0.0.1:" + std::to_string(port)
                                           + "\nmax_connections = 100\ntimeout = 60\n"
                                             "[auth]\ntype = htpasswd\nhtpasswd_filename = users\n"
                                             "htpasswd_encryption = plain\ndelay = 0\n"
                                             "[storage]\nfilesystem_folder = data\n"
                                             "[web]\ntype = none\n");
        launch({{program_, "--config", "config"}, folder_ / "log", folder_}, port);
    }

protected:
    // Its storage is a folder of files, and it reads what it finds there.
    void fill(const std::string& name, const Calendar& calendar) override {
        write_events(folder_ / "data/collection-root/bench" / name, calendar);
        let_it_read(name);
    }

private:
    // It reads each file once and remembers that, also where the answer takes too long.
    void let_it_read(const std::string& name) {
        constexpr int tries_max = 5;
        Request list = request("PROPFIND", path(name));
        list.headers.emplace_back("Depth", "1");
        for (int i = 0; i < tries_max; ++i) {
            try {
                ask(port(), list);
                return;
            } catch (const std::runtime_error&) { // it gave up, and goes on when asked again
            }
        }
    }

    std::string program_;
    fs::path folder_;
};

class Xandikos final : public Subject {
public:
    Xandikos(std::string program, std::string git, const std::string& scratch)
        : Subject("/bench/calendars/", false), program_(std::move(program)), git_(std::move(git)),
          folder_(fs::absolute(scratch + "/xandikos")) {
        fs::create_directories(folder_);
        restart();
    }

    [[nodiscard]] std::string name() const override { return "Xandikos"; }

    void restart() override {
        process_.reset();
        const int port = free_port();
        launch({{program_, "--directory", "data", "--defaults", "--current-user-principal",
                 "/bench/", "--listen-address", "127.0.0.1", "--port", std::to_string(port)},
                folder_ / "log",
                folder_},
               port);
    }

protected:
    // Its storage is a git repository for each calendar.
    void fill(const std::string& name, const Calendar& calendar) override {
        const fs::path repository = folder_ / "data/bench/calendars" / name;
        write_events(repository, calendar);
        run_program({git_, "add", "--", "*.ics"}, "", repository);
        run_program({git_, "-c", "user.name=bench", "-c", "user.email=bench@practice.example",
                     "commit", "--quiet", "--message", "Fill"},
                    "", repository);
    }

private:
    std::string program_;
    std::string git_;
    fs::path folder_;
};

} // namespace

std::unique_ptr<Subject> start_radicale(const std::string& scratch) {
    const auto program = find_program("radicale");
    return program ? std::make_unique<Radicale>(*program, scratch) : nullptr;
}

std::unique_ptr<Subject> start_xandikos(const std::string& scratch) {
    const auto program = find_program("xandikos");
    const auto git = find_program("git");
    return program && git ? std::make_unique<Xandikos>(*program, *git, scratch) : nullptr;
}

} // namespace bench
