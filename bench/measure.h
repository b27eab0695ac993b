// One figure: a load on a server for a while, several times, and what the server spent on it.
#pragma once

#include "bench/load.h"
#include "bench/process.h"

#include <chrono>
#include <string>

namespace bench {

struct Effort {
    int rounds = 3;
    std::chrono::milliseconds round{1500};
};

// Of the round with the median of processor time.
struct Measurement {
    double cpu_milliseconds = 0; // of the server, for one request
    double requests_per_second = 0;
    double p10 = 0; // milliseconds
    double p50 = 0;
    double p99 = 0;
    double others_share = 0; // of the server's core, used by other programs meanwhile
    double driver_share = 0; // of the driver's core, used by the driver
    std::string fault;       // not empty: the figures mean nothing
};

Measurement measure(Process& server, Load load, const Effort& effort);

// Until a server that has just been started gives any answer. Throws std::runtime_error if it
// never does.
void wait_for_answer(Process& server, std::uint16_t port, const Request& request);

} // namespace bench
