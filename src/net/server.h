// The HTTP/1.1 server: sockets, TLS, framing, limits, timeouts. It knows nothing of calendars: it
// is given one function from Request to Response, which runs on a bounded pool of worker threads.
// All of Asio, Beast and OpenSSL is behind this header.
#pragma once

#include "core/http.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace net {

// Called on worker threads, several at once. An exception is answered with 500 and logged.
using Handler = std::function<core::Response(const core::Request&)>;

struct ServerOptions {
    std::string host = "127.0.0.1"; // an IP address
    std::uint16_t port = 8080;      // 0: any free port, see Server::port()
    std::string certificate_file;   // PEM chain; empty: plain HTTP
    std::string key_file;           // PEM
    unsigned workers = 0;           // 0: max(4, 2 * cores)
    std::size_t queue_length = 512; // requests waiting for a worker; more get 503 with Retry-After
    std::size_t connections = 20'000;
    std::chrono::seconds idle_timeout{120};  // between requests on a kept connection
    std::chrono::seconds header_timeout{15}; // first byte of a request to the end of its header
    std::chrono::seconds body_timeout{30};   // without a single byte of progress while reading
    std::chrono::seconds body_total_timeout{300}; // whole body
    std::chrono::seconds write_timeout{60};       // without progress while writing
    std::chrono::seconds shutdown_timeout{25};    // in flight after stop()
    std::size_t header_bytes = 32 * 1024;
    std::size_t body_bytes = 10 * 1024 * 1024;            // also after gunzip
    std::size_t body_bytes_in_flight = 512 * 1024 * 1024; // of all requests at once; else 503
};

class Server {
public:
    // Binds and listens; throws std::runtime_error with a sentence that names the address or file
    // that failed.
    Server(ServerOptions options, Handler handler);
    ~Server(); // stop() and wait
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    // Serves until stop(); call once, from one thread.
    void run();
    // Stops accepting, closes idle connections, finishes what is in flight within
    // shutdown_timeout, then makes run() return. Any thread.
    void stop();
    // Reads certificate and key again; on failure keeps the old ones, logs and returns false.
    // Connections that are open keep what they have. Any thread.
    bool reload_certificate();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace net
