#include "src/net/server.h"

#include "core/crypto.h"
#include "core/log.h"
#include "src/net/http_session.h"
#include "src/net/tls.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace net {

namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

constexpr std::size_t scratch_bytes = 64 * 1024;
constexpr std::size_t files_for_others = 256;          // databases, logs, resolvers, the gateways
constexpr std::size_t turned_away_at_once = 64;        // beyond the limit of connections
constexpr std::chrono::milliseconds accept_pause{100}; // when the system has no more files

// The soft limit of open files is 1,024 on most systems, for the sake of select(); one connection
// is one file. Returns how many there can be.
std::size_t raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1024;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

ServerOptions checked(ServerOptions options) {
    const std::size_t files = raise_file_limit();
    const std::size_t possible =
        files > 2 * files_for_others ? files - files_for_others : files / 2;
    if (options.connections > possible) {
        core::log(core::LogLevel::warning, "connections_limited_by_open_files",
                  {{"wanted", std::to_string(options.connections)},
                   {"possible", std::to_string(possible)}});
        options.connections = possible;
    }
    if (options.workers == 0) {
        options.workers = std::max(4U, 2 * std::thread::hardware_concurrency());
    }
    return options;
}

[[noreturn]] void fail_with(const std::string& sentence, const error_code& error) {
    throw std::runtime_error(sentence + ": " + error.message());
}

Acceptor listen_on(asio::io_context& io, const ServerOptions& options) {
    const std::string name = options.host + " port " + std::to_string(options.port);
    error_code error;
    const asio::ip::address address = asio::ip::make_address(options.host, error);
    if (error) {
        throw std::runtime_error("The address to listen on is not an IP address: " + options.host);
    }
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    Acceptor acceptor(io);
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        fail_with("Cannot listen on " + name, error);
    }
    return acceptor;
}

std::string address_of(const Socket& socket) {
    error_code error;
    const asio::ip::address address = socket.remote_endpoint(error).address();
    if (error) {
        return "unknown";
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

} // namespace

class Server::Impl {
public:
    Impl(ServerOptions options, Handler handler);
    ~Impl();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    void run();
    void stop();
    bool reload_certificate();

private:
    void accept();
    void on_accept(const error_code& error, Socket socket);
    void take(Socket socket);
    void begin_stop();
    void close_all();
    void finish_if_empty();
    std::shared_ptr<const TlsContext> tls();

    const ServerOptions options_;
    const Handler handler_;
    asio::io_context io_{1}; // one thread runs it
    asio::executor_work_guard<Executor> work_;
    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    Timer accept_timer_;
    Timer shutdown_timer_;
    std::mutex tls_mutex_;
    std::shared_ptr<const TlsContext> tls_; // none: plain HTTP
    SessionContext context_;
    std::mutex running_mutex_;
    std::condition_variable stopped_running_;
    bool running_ = false;
    WorkerPool pool_; // last, so that its threads end before what they use
};

Server::Impl::Impl(ServerOptions options, Handler handler)
    : options_(checked(std::move(options))), handler_(std::move(handler)),
      work_(io_.get_executor()), acceptor_(listen_on(io_, options_)), accept_timer_(io_),
      shutdown_timer_(io_), context_{options_, handler_, io_, pool_, [this] { finish_if_empty(); }},
      pool_(options_.workers, options_.queue_length) {
    port_ = acceptor_.local_endpoint().port();
    if (!options_.certificate_file.empty()) {
        tls_ = std::make_shared<const TlsContext>(options_.certificate_file, options_.key_file);
    }
    context_.scratch.resize(scratch_bytes);
    core::random_bytes({reinterpret_cast<unsigned char*>(&context_.request_number),
                        sizeof context_.request_number});
    accept();
}

Server::Impl::~Impl() {
    stop();
    std::unique_lock lock(running_mutex_);
    stopped_running_.wait(lock, [this] { return !running_; });
}

void Server::Impl::run() {
    {
        const std::lock_guard lock(running_mutex_);
        running_ = true;
    }
    io_.run();
    const std::lock_guard lock(running_mutex_);
    running_ = false;
    stopped_running_.notify_all();
}

void Server::Impl::stop() {
    asio::post(io_, [this] { begin_stop(); });
}

void Server::Impl::begin_stop() {
    if (context_.stopping.exchange(true)) {
        return;
    }
    error_code ignored;
    acceptor_.close(ignored);
    accept_timer_.cancel();
    shutdown_timer_.expires_after(options_.shutdown_timeout);
    shutdown_timer_.async_wait([this](const error_code& error) {
        if (!error) {
            close_all();
        }
    });
    const std::vector<Session*> sessions(context_.sessions.begin(), context_.sessions.end());
    for (Session* session : sessions) {
        session->shared_from_this()->stop();
    }
    finish_if_empty();
}

void Server::Impl::close_all() {
    const std::vector<Session*> sessions(context_.sessions.begin(), context_.sessions.end());
    for (Session* session : sessions) {
        session->shared_from_this()->close();
    }
}

// With no session and no guard left, run() returns.
void Server::Impl::finish_if_empty() {
    if (context_.stopping && context_.sessions.empty()) {
        shutdown_timer_.cancel();
        work_.reset();
    }
}

void Server::Impl::accept() {
    acceptor_.async_accept(io_, [this](const error_code& error, Socket socket) {
        on_accept(error, std::move(socket));
    });
}

void Server::Impl::on_accept(const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) {
        return; // the server is stopping
    }
    if (!error) {
        try {
            take(std::move(socket));
        } catch (const std::exception& failure) {
            core::log(core::LogLevel::error, "connection_failed", {{"reason", failure.what()}});
        }
    } else if (error != asio::error::connection_aborted) {
        // No file or memory left: the connection stays in the backlog, and trying again at once
        // would only burn the processor.
        core::log(core::LogLevel::error, "accept_failed", {{"reason", error.message()}});
        accept_timer_.expires_after(accept_pause);
        accept_timer_.async_wait([this](const error_code& cancelled) {
            if (!cancelled) {
                accept();
            }
        });
        return;
    }
    accept();
}

// Over the limit a connection is accepted and answered 503: one left in the backlog would wait
// without a word until its client gives up. Without TLS only, as a handshake costs too much then;
// and not for any number of them.
void Server::Impl::take(Socket socket) {
    const std::size_t open = context_.sessions.size();
    const bool full = open >= options_.connections;
    const std::shared_ptr<const TlsContext> context = tls();
    if (full && (context || open >= options_.connections + turned_away_at_once)) {
        return;
    }
    error_code error;
    socket.non_blocking(true, error);
    socket.set_option(asio::ip::tcp::no_delay(true), error);
    std::string address = address_of(socket);
    std::unique_ptr<Transport> transport = context ? context->accept(socket.native_handle())
                                                   : make_plain_transport(socket.native_handle());
    const auto session = std::make_shared<Session>(context_, std::move(socket),
                                                   std::move(transport), std::move(address));
    if (full) {
        session->turn_away();
    } else {
        session->start();
    }
}

std::shared_ptr<const TlsContext> Server::Impl::tls() {
    const std::lock_guard lock(tls_mutex_);
    return tls_;
}

bool Server::Impl::reload_certificate() {
    if (options_.certificate_file.empty()) {
        return true;
    }
    try {
        auto fresh =
            std::make_shared<const TlsContext>(options_.certificate_file, options_.key_file);
        const std::lock_guard lock(tls_mutex_);
        tls_ = std::move(fresh);
    } catch (const std::exception& failure) {
        core::log(core::LogLevel::error, "certificate_not_reloaded", {{"reason", failure.what()}});
        return false;
    }
    core::log(core::LogLevel::info, "certificate_reloaded");
    return true;
}

Server::Server(ServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
    return impl_->port();
}

void Server::run() {
    impl_->run();
}

void Server::stop() {
    impl_->stop();
}

bool Server::reload_certificate() {
    return impl_->reload_certificate();
}

} // namespace net
