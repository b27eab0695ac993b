#include "bench/report.h"

#include <sys/utsname.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <thread>

namespace bench {

namespace {

constexpr const char* own = "Appointed";

// Three significant digits.
std::string number(double value) {
    const int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    std::string shown = text.data();
    for (std::size_t at = shown.find('.') == std::string::npos ? shown.size() : 0; at > 3;) {
        at -= 3;
        shown.insert(at, ",");
    }
    return shown;
}

const Measurement* right(const Row& row, const std::string& subject) {
    const auto found = row.figures.find(subject);
    return found != row.figures.end() && found->second.fault.empty() ? &found->second : nullptr;
}

const Row* row_named(const Report& report, std::string_view name) {
    const auto found = std::find_if(report.rows.begin(), report.rows.end(),
                                    [&](const Row& row) { return row.name == name; });
    return found == report.rows.end() ? nullptr : &*found;
}

void print_line(std::ostream& out, const std::vector<std::string>& cells) {
    out << '|';
    for (const std::string& cell : cells) {
        out << ' ' << cell << " |";
    }
    out << '\n';
}

void print_head(std::ostream& out, const std::vector<std::string>& cells) {
    print_line(out, cells);
    print_line(out, std::vector<std::string>(cells.size(), "---"));
}

std::string peer_cell(const Row& row, const std::string& peer, std::vector<std::string>& faults) {
    const auto found = row.figures.find(peer);
    if (found == row.figures.end()) {
        return "";
    }
    const Measurement& figure = found->second;
    if (!figure.fault.empty()) {
        faults.push_back(peer + ", " + row.work + ": " + figure.fault);
        return "✗";
    }
    const Measurement* ours = right(row, own);
    const std::string ratio =
        ours == nullptr ? ""
                        : " (" + number(figure.cpu_milliseconds / ours->cpu_milliseconds) + "×)";
    return number(figure.cpu_milliseconds) + ratio;
}

void print_work(const Report& report, std::ostream& out) {
    std::vector<std::string> head{"work",       "CPU ms", "goal",  "of it",
                                  "requests/s", "p50 ms", "p99 ms"};
    head.insert(head.end(), report.peers.begin(), report.peers.end());
    print_head(out, head);
    std::vector<std::string> faults;
    for (const Row& row : report.rows) {
        std::vector<std::string> cells{row.work};
        if (const Measurement* ours = right(row, own)) {
            const bool has_goal = row.goal > 0;
            for (const std::string& cell :
                 {number(ours->cpu_milliseconds), has_goal ? number(row.goal) : "",
                  has_goal ? number(ours->cpu_milliseconds / row.goal) : "",
                  number(ours->requests_per_second), number(ours->p50), number(ours->p99)}) {
                cells.push_back(cell);
            }
        } else {
            const auto found = row.figures.find(own);
            if (found != row.figures.end()) {
                faults.push_back(row.work + ": " + found->second.fault);
            }
            cells.insert(cells.end(), {found == row.figures.end() ? "" : "✗", "", "", "", "", ""});
        }
        for (const std::string& peer : report.peers) {
            cells.push_back(peer_cell(row, peer, faults));
        }
        print_line(out, cells);
    }
    out << '\n';
    for (const std::string& fault : faults) {
        out << "- ✗ " << fault << '\n';
    }
    for (const std::string& remark : report.remarks) {
        out << "- " << remark << '\n';
    }
}

void print_floors(const Report& report, std::ostream& out) {
    if (report.floors.commits.empty() && report.floors.constant.empty()) {
        return;
    }
    out << '\n';
    print_head(out, {"floor", "CPU ms", "a second", "p50 ms", "p99 ms"});
    for (const auto& [connections, figure] : report.floors.constant) {
        print_line(out,
                   {"bare Beast, a constant of 1 KB, connections: " + std::to_string(connections),
                    number(figure.cpu_milliseconds), number(figure.requests_per_second),
                    number(figure.p50), number(figure.p99)});
    }
    for (const auto& [batch, commits] : report.floors.commits) {
        print_line(out,
                   {"raw SQLite, rows in a commit: " + std::to_string(batch),
                    number(commits.cpu_milliseconds), number(commits.rows_per_second) + " rows",
                    number(commits.p50), number(commits.p99)});
    }
}

struct Comparison {
    std::string what;
    double value = 0;
    std::string goal;
};

std::vector<Comparison> comparisons(const Report& report) {
    std::vector<Comparison> found;
    const auto ours = [&](std::string_view name) {
        const Row* row = row_named(report, name);
        return row == nullptr ? nullptr : right(*row, own);
    };
    const auto& floors = report.floors;
    if (ours("get-32") != nullptr && floors.constant.contains(32)) {
        found.push_back(
            {"GET, 32 connections: requests/s to those of bare Beast",
             ours("get-32")->requests_per_second / floors.constant.at(32).requests_per_second,
             "at least 0.5"});
    }
    if (ours("put-16-over-20") != nullptr && floors.commits.contains(16)) {
        found.push_back(
            {"PUT, 16 writers, 20 calendars: rows/s to raw SQLite in batches of 16",
             ours("put-16-over-20")->requests_per_second / floors.commits.at(16).rows_per_second,
             "at least 0.5"});
    }
    if (ours("put-1") != nullptr && floors.commits.contains(1)) {
        found.push_back({"PUT, 1 writer: median latency to that of a raw commit",
                         ours("put-1")->p50 / floors.commits.at(1).p50, "at most 1.5"});
        // Less of this one is waiting for the core while other programs have it.
        found.push_back({"the same, of the quickest tenth",
                         ours("put-1")->p10 / floors.commits.at(1).p10, "at most 1.5"});
    }
    if (ours("query-100000") != nullptr && ours("query-10000") != nullptr) {
        found.push_back(
            {"week query: CPU of 100,000 to that of 10,000",
             ours("query-100000")->cpu_milliseconds / ours("query-10000")->cpu_milliseconds,
             "at most 1.5"});
    }
    return found;
}

// How much to believe.
void print_noise(const Report& report, std::ostream& out) {
    std::vector<double> others;
    double driver = 0;
    for (const Row& row : report.rows) {
        if (const Measurement* ours = right(row, own)) {
            others.push_back(ours->others_share);
            driver = std::max(driver, ours->driver_share);
        }
    }
    if (others.empty()) {
        return;
    }
    std::sort(others.begin(), others.end());
    out << "\nOther programs used " << number(100 * others.at(others.size() / 2))
        << " % of the server's core in the median row, " << number(100 * others.back())
        << " % at worst; the driver used at most " << number(100 * driver) << " % of its own.\n";
}

} // namespace

std::string describe_machine(const std::string& scratch) {
    std::string model = "unknown processor";
    std::ifstream processors("/proc/cpuinfo");
    for (std::string line; std::getline(processors, line);) {
        if (line.starts_with("model name")) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    }
    std::ifstream memory("/proc/meminfo");
    std::string word;
    double kilobytes = 0;
    memory >> word >> kilobytes;
    utsname system{};
    ::uname(&system);
    struct statfs disk {};
    ::statfs(scratch.c_str(), &disk);
    constexpr decltype(disk.f_type) ext4 = 0xef53;
    constexpr decltype(disk.f_type) tmpfs = 0x01021994;
    std::string file_system = disk.f_type == ext4    ? "ext4"
                              : disk.f_type == tmpfs ? "tmpfs, where nothing is durable"
                                                     : "another file system";
    return std::to_string(std::thread::hardware_concurrency()) + " cores of " + model + ", "
           + number(kilobytes / 1024 / 1024) + " GiB, " + system.sysname + " " + system.release
           + ", " + file_system;
}

void print(const Report& report, std::ostream& out) {
    out << report.machine << "\n\n";
    print_work(report, out);
    print_floors(report, out);
    const auto compared = comparisons(report);
    if (!compared.empty()) {
        out << '\n';
        print_head(out, {"ratio", "here", "goal"});
        for (const Comparison& each : compared) {
            print_line(out, {each.what, number(each.value), each.goal});
        }
    }
    if (!report.memory.empty()) {
        out << '\n';
        print_head(out, {"memory", "resident MB", "goal"});
        for (const MemoryRow& row : report.memory) {
            print_line(out, {row.work, row.resident, row.goal});
        }
    }
    print_noise(report, out);
}

} // namespace bench
