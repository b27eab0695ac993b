// A server on a free port with a thread of its own, for as long as the object lives.
#pragma once

#include "src/net/server.h"

#include <thread>
#include <utility>

namespace net_test {

inline net::ServerOptions quick_options() {
    net::ServerOptions options;
    options.port = 0;
    options.workers = 4;
    options.connections = 5000;
    options.shutdown_timeout = std::chrono::seconds(5);
    return options;
}

class RunningServer {
public:
    RunningServer(net::ServerOptions options, net::Handler handler)
        : server_(std::move(options), std::move(handler)), thread_([this] { server_.run(); }) {}
    explicit RunningServer(net::Handler handler)
        : RunningServer(quick_options(), std::move(handler)) {}
    ~RunningServer() {
        server_.stop();
        join();
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    net::Server& server() { return server_; }
    void join() {
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    net::Server server_;
    std::thread thread_;
};

// Says what it was asked: method, target and body, a line each.
inline core::Response echo(const core::Request& request) {
    core::Response response;
    if (request.body_too_large) {
        response.status = 413;
        response.body = "too large";
        return response;
    }
    response.headers.add("Content-Type", "text/plain");
    response.body = request.method + "\n" + request.target + "\n" + request.body + "\n";
    return response;
}

} // namespace net_test
