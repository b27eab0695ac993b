// Sends requests over a number of kept connections, each as soon as the one before it on the same
// connection is answered, within a bound of time and count, and looks at every answer. One thread,
// non-blocking sockets and epoll, so that the driver costs less than any server.
#pragma once

#include "bench/http.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

struct Load {
    std::uint16_t port = 0;
    std::size_t connections = 1;
    std::chrono::milliseconds time_max{1000};     // no request begins later
    std::chrono::milliseconds patience_max{8000}; // for an answer after that
    std::size_t requests_max = 100'000;
    std::function<std::string(std::size_t number)> request;
    // What is wrong with an answer; empty: nothing.
    std::function<std::string(const Answer& answer)> check;
};

struct LoadResult {
    std::size_t answers = 0;
    std::size_t faults = 0; // wrong answers and broken connections
    std::string first_fault;
    double seconds = 0;
    std::vector<std::uint32_t> microseconds; // of each right answer, ascending

    // In milliseconds.
    [[nodiscard]] double percentile(double part) const;
};

LoadResult run_load(const Load& load);

// One request on a connection of its own. Throws std::runtime_error if no answer comes.
struct OneAnswer {
    int status = 0;
    std::string head;
    std::string body;
};
OneAnswer ask(std::uint16_t port, const Request& request);

// Connections that have been served once and are left open.
class IdleConnections {
public:
    IdleConnections(std::uint16_t port, std::size_t count, const std::string& request);
    ~IdleConnections();
    IdleConnections(const IdleConnections&) = delete;
    IdleConnections& operator=(const IdleConnections&) = delete;

    [[nodiscard]] std::size_t open() const { return sockets_.size(); } // that were answered 200

private:
    std::vector<int> sockets_;
};

} // namespace bench
