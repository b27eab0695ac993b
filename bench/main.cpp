#include "bench/floors.h"
#include "bench/measure.h"
#include "bench/memory.h"
#include "bench/report.h"
#include "bench/subject.h"
#include "bench/workloads.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace bench;
using Asked = Workload::Asked;

struct Options {
    std::string program; // the server
    std::string scratch;
    std::string only;
    DatabaseServer database;
    bool quick = false;
    bool peers = true;

    [[nodiscard]] bool wants(const std::string& name) const { return name.starts_with(only); }
    [[nodiscard]] Effort effort() const {
        return quick ? Effort{1, std::chrono::milliseconds(700)} : Effort{};
    }
};

void say(const std::string& what) {
    std::cerr << "bench: " << what << std::endl;
}

Process start_self(const Options& options, const std::vector<std::string>& arguments) {
    std::vector<std::string> all{std::filesystem::read_symlink("/proc/self/exe").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return Process({all, options.scratch + "/floor.log", "."});
}

void measure_constant(const Options& options, Floors& floors) {
    constexpr std::size_t bytes = 1'000; // as large as an event is in the median
    const int port = free_port();
    Process server =
        start_self(options, {"constant-server", std::to_string(port), std::to_string(bytes)});
    Load load;
    load.port = static_cast<std::uint16_t>(port);
    load.request = [text = to_bytes({"GET", "/", {{"Authorization", "Basic YmVuY2g6YmVuY2g="}}})](
                       std::size_t) { return text; };
    load.check = [](const Answer& answer) {
        return answer.body.size() == bytes ? "" : "wrong size";
    };
    wait_for_answer(server, load.port, {"GET", "/"});
    for (const std::size_t connections : {std::size_t{1}, std::size_t{32}}) {
        load.connections = connections;
        floors.constant[connections] = measure(server, load, options.effort());
    }
}

void measure_floors(const Options& options, Report& report) {
    if (options.wants("floor-beast")) {
        say("bare Beast");
        measure_constant(options, report.floors);
    }
    if (options.wants("floor-sqlite")) {
        for (const std::size_t batch : {std::size_t{1}, std::size_t{16}}) {
            say("raw SQLite, batches of " + std::to_string(batch));
            report.floors.commits[batch] =
                commits_from(run_program({std::filesystem::read_symlink("/proc/self/exe").string(),
                                          "raw-commits", "raw-" + std::to_string(batch) + ".db",
                                          std::to_string(batch), options.quick ? "1" : "4"},
                                         "", options.scratch));
        }
    }
}

bool is_asked(const Workload& workload, const Subject& subject, const Options& options) {
    if (!options.wants(workload.name)) {
        return false;
    }
    if (subject.is_own()) {
        return workload.asked != Asked::own_only_in_full || !options.quick;
    }
    return workload.asked == Asked::peers
           || (workload.asked == Asked::peers_in_full && !options.quick);
}

void measure_subject(const Options& options, Subject& subject, Report& report) {
    const std::vector<Workload> all = workloads();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!is_asked(all[i], subject, options)) {
            continue;
        }
        say(subject.name() + ": " + all[i].work);
        Measurement figure;
        try {
            figure = measure(subject.process(), all[i].prepare(subject), options.effort());
        } catch (const std::exception& failure) {
            figure.fault = failure.what();
        }
        report.rows.at(i).figures[subject.name()] = figure;
    }
}

void measure_peers(const Options& options, Report& report) {
    for (const auto start : {start_radicale, start_xandikos}) {
        const std::unique_ptr<Subject> peer = start(options.scratch);
        if (!peer) {
            report.remarks.emplace_back("A peer is left out: Debian's package is not installed.");
            continue;
        }
        report.peers.push_back(peer->name());
        measure_subject(options, *peer, report);
    }
}

Report run(const Options& options) {
    Report report;
    report.machine = describe_machine(options.scratch);
    for (const Workload& workload : workloads()) {
        report.rows.push_back({workload.name, workload.work, workload.goal, {}});
    }
    measure_floors(options, report);
    {
        const auto subject = start_appointed(options.program, options.scratch, options.database);
        measure_subject(options, *subject, report);
    }
    if (options.peers) {
        measure_peers(options, report);
    }
    if (options.wants("memory") && options.database.url.empty()) { // it fills another database
        say("memory");
        report.memory = measure_memory(
            {options.program, options.scratch, options.quick ? 0 : 100'000U, 10'000});
    }
    std::erase_if(report.rows, [](const Row& row) { return row.figures.empty(); });
    return report;
}

int usage() {
    std::cerr << "usage: appointed_bench --program FILE --scratch FOLDER [--quick] [--only NAME] "
                 "[--no-peers] [--database URL --database-process ID]\n";
    return 2;
}

int run_floor(const std::vector<std::string>& words) {
    if (words.at(0) == "constant-server") {
        serve_constant(static_cast<std::uint16_t>(std::stoul(words.at(1))),
                       std::stoul(words.at(2)));
    }
    std::cout << to_text(commit_rows(words.at(1), std::stoul(words.at(2)), std::stod(words.at(3))));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (!words.empty() && !words.front().starts_with("--")) {
            return run_floor(words);
        }
        Options options;
        for (std::size_t i = 0; i < words.size(); ++i) {
            const bool has_value = i + 1 < words.size();
            if (words[i] == "--quick") {
                options.quick = true;
            } else if (words[i] == "--no-peers") {
                options.peers = false;
            } else if (words[i] == "--program" && has_value) {
                options.program = std::filesystem::absolute(words[++i]).string();
            } else if (words[i] == "--scratch" && has_value) {
                options.scratch = std::filesystem::absolute(words[++i]).string();
            } else if (words[i] == "--database" && has_value) {
                options.database.url = words[++i];
            } else if (words[i] == "--database-process" && has_value) {
                options.database.process = std::stoi(words[++i]);
            } else if (words[i] == "--only" && has_value) {
                options.only = words[++i];
            } else {
                return usage();
            }
        }
        if (options.program.empty() || options.scratch.empty()) {
            return usage();
        }
        pin_to(driver_core);
        print(run(options), std::cout);
        return 0;
    } catch (const std::exception& failure) {
        std::cerr << "bench: " << failure.what() << '\n';
        return 1;
    }
}
