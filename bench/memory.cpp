#include "bench/memory.h"

#include "bench/subject.h"
#include "bench/workloads.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace bench {

namespace {

constexpr std::size_t few_objects = 1'000;

std::string megabytes(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return text.data();
}

} // namespace

std::vector<MemoryRow> measure_memory(const MemoryOptions& options) {
    std::vector<MemoryRow> rows;
    const std::string scratch = options.scratch + "/memory";
    std::filesystem::create_directories(scratch);
    const auto subject = start_appointed(options.program, scratch);
    rows.push_back({"just started", megabytes(subject->process().resident_megabytes()), "20"});

    do_a_little(*subject, few_objects);
    const std::string event = one_event_request(*subject);
    subject->restart();
    do_a_little(*subject, few_objects);
    const double before = subject->process().resident_megabytes();
    rows.push_back(
        {"after 20 GETs and 20 week queries in a calendar of 1,000", megabytes(before), ""});
    {
        const IdleConnections idle(subject->port(), options.connections, event);
        if (idle.open() != options.connections) {
            throw std::runtime_error("only " + std::to_string(idle.open()) + " connections");
        }
        rows.push_back({"and " + std::to_string(options.connections) + " idle connections",
                        megabytes(subject->process().resident_megabytes()), "100"});
    }

    if (options.objects > 0) {
        subject->filled(options.objects);
        rows.push_back({"after " + std::to_string(options.objects) + " PUTs by 64 writers",
                        megabytes(subject->process().resident_megabytes()), ""});
        subject->restart();
        do_a_little(*subject, options.objects);
        const double after = subject->process().resident_megabytes();
        rows.push_back({"restarted, the same GETs and queries in that calendar", megabytes(after),
                        megabytes(before + 10)});
    }
    return rows;
}

} // namespace bench
