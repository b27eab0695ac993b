#include "bench/measure.h"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr int tries_max = 600; // half a minute
constexpr std::chrono::milliseconds between_tries{50};

Measurement run_round(Process& server, const Load& load) {
    const double cpu = server.cpu_seconds();
    const double busy = core_busy_seconds(server_core);
    const double driver = own_cpu_seconds();
    const LoadResult result = run_load(load);
    const double spent = server.cpu_seconds() - cpu;
    const double busy_since = core_busy_seconds(server_core) - busy;
    Measurement figure;
    if (result.faults > 0 || result.answers == 0) {
        figure.fault = std::to_string(result.faults) + " of "
                       + std::to_string(result.answers + result.faults)
                       + " wrong: " + result.first_fault;
        return figure;
    }
    const double seconds = std::max(result.seconds, 1e-6);
    const auto answers = static_cast<double>(result.answers);
    figure.cpu_milliseconds = spent * 1000 / answers;
    figure.requests_per_second = answers / seconds;
    figure.p10 = result.percentile(0.1);
    figure.p50 = result.percentile(0.5);
    figure.p99 = result.percentile(0.99);
    figure.others_share = std::clamp((busy_since - spent) / seconds, 0.0, 1.0);
    figure.driver_share = (own_cpu_seconds() - driver) / seconds;
    return figure;
}

Measurement measure_rounds(Process& server, Load load, const Effort& effort) {
    std::size_t number = 0;
    load.request = [&number, make = std::move(load.request)](std::size_t) {
        return make(number++);
    };
    load.time_max = effort.round / 5; // caches, connections, and code that runs the first time
    Measurement warm = run_round(server, load);
    load.time_max = effort.round;
    std::vector<Measurement> rounds;
    while (warm.fault.empty() && static_cast<int>(rounds.size()) < effort.rounds) {
        rounds.push_back(run_round(server, load));
        if (!rounds.back().fault.empty()) {
            return rounds.back();
        }
    }
    if (rounds.empty()) {
        return warm;
    }
    std::sort(rounds.begin(), rounds.end(), [](const Measurement& a, const Measurement& b) {
        return a.cpu_milliseconds < b.cpu_milliseconds;
    });
    return rounds.at(rounds.size() / 2);
}

} // namespace

Measurement measure(Process& server, Load load, const Effort& effort) {
    try {
        return measure_rounds(server, std::move(load), effort);
    } catch (const std::exception& failure) {
        Measurement figure;
        figure.fault = failure.what();
        return figure;
    }
}

void wait_for_answer(Process& server, std::uint16_t port, const Request& request) {
    for (int i = 0; i < tries_max && server.runs(); ++i) {
        try {
            if (ask(port, request).status < 500) {
                return;
            }
        } catch (const std::runtime_error&) { // it does not listen yet
            std::this_thread::sleep_for(between_tries);
        }
    }
    throw std::runtime_error("the server does not start: see " + server.output_file());
}

} // namespace bench
