#include "src/net/lmtp_server.h"

#include "core/log.h"
#include "src/net/worker_pool.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace net {

namespace {

using Clock = std::chrono::steady_clock;

// Connections that wait for a thread; a mail server has some twenty at most.
constexpr std::size_t waiting_connections = 64;

class OpenSocket {
public:
    explicit OpenSocket(int handle) : handle_(handle) {}
    OpenSocket(const OpenSocket&) = delete;
    OpenSocket& operator=(const OpenSocket&) = delete;
    ~OpenSocket() {
        if (handle_ >= 0) {
            ::close(handle_);
        }
    }
    [[nodiscard]] int handle() const { return handle_; }

private:
    int handle_;
};

[[noreturn]] void fail_to_listen(const LmtpOptions& options, const std::string& why) {
    throw std::runtime_error("Cannot take mail on " + options.host + " port "
                             + std::to_string(options.port) + ": " + why);
}

struct Address {
    sockaddr_storage bytes{};
    socklen_t length = 0;
};

Address address_of_options(const LmtpOptions& options) {
    Address address;
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.bytes);
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.bytes);
    if (::inet_pton(AF_INET, options.host.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(options.port);
        address.length = sizeof *v4;
    } else if (::inet_pton(AF_INET6, options.host.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(options.port);
        address.length = sizeof *v6;
    } else {
        fail_to_listen(options, "that is no IP address");
    }
    return address;
}

int listening_socket(const LmtpOptions& options) {
    const Address address = address_of_options(options);
    const auto* const bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
    const int handle = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    if (handle < 0 || ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || ::bind(handle, bytes, address.length) != 0 || ::listen(handle, SOMAXCONN) != 0) {
        const std::string why = std::generic_category().message(errno);
        const OpenSocket closed(handle);
        fail_to_listen(options, why);
    }
    return handle;
}

std::uint16_t port_of_socket(int handle) {
    sockaddr_storage bytes{};
    socklen_t length = sizeof bytes;
    ::getsockname(handle, reinterpret_cast<sockaddr*>(&bytes), &length);
    const in_port_t port = bytes.ss_family == AF_INET
                               ? reinterpret_cast<const sockaddr_in*>(&bytes)->sin_port
                               : reinterpret_cast<const sockaddr_in6*>(&bytes)->sin6_port;
    return ntohs(port);
}

// False if the time is over first.
bool wait_until_ready(int handle, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd waited{.fd = handle, .events = events, .revents = 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

bool send_all(int handle, std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        const ssize_t sent =
            ::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EINTR
                   && ((errno != EAGAIN && errno != EWOULDBLOCK)
                       || !wait_until_ready(handle, POLLOUT, deadline))) {
            return false;
        }
    }
    return true;
}

} // namespace

class LmtpServer::Impl {
public:
    Impl(LmtpOptions options, LmtpHandler handler)
        : options_(std::move(options)), handler_(std::move(handler)),
          listener_(listening_socket(options_)), port_(port_of_socket(listener_.handle())),
          pool_(options_.connections, waiting_connections), acceptor_([this] { accept(); }) {}

    ~Impl() {
        stopping_ = true;
        ::shutdown(listener_.handle(), SHUT_RDWR); // wakes accept()
        acceptor_.join();
        const std::lock_guard lock(mutex_);
        for (const int handle : open_) {
            ::shutdown(handle, SHUT_RD); // what is being answered still goes out
        }
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    void accept() {
        while (!stopping_) {
            const int handle = ::accept4(listener_.handle(), nullptr, nullptr, SOCK_CLOEXEC);
            if (handle >= 0) {
                take(std::make_shared<OpenSocket>(handle));
            } else if (!stopping_ && errno != EINTR && errno != ECONNABORTED) {
                core::log(core::LogLevel::error, "accept_failed",
                          {{"reason", std::generic_category().message(errno)}});
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
    }

    void take(const std::shared_ptr<OpenSocket>& socket) {
        const bool taken = pool_.submit([this, socket] {
            if (open(socket->handle())) {
                converse(socket->handle());
                forget(socket->handle());
            }
        });
        if (!taken) {
            send_all(socket->handle(), "421 4.3.2 Too many connections\r\n",
                     Clock::now() + std::chrono::seconds(1));
        }
    }

    bool open(int handle) {
        const std::lock_guard lock(mutex_);
        return !stopping_ && open_.insert(handle).second;
    }
    void forget(int handle) {
        const std::lock_guard lock(mutex_);
        open_.erase(handle);
    }

    void converse(int handle) {
        const Clock::time_point end = Clock::now() + options_.connection;
        LmtpDialogue dialogue(options_.limits, handler_.accept);
        std::array<char, 16 * 1024> buffer{};
        for (auto step = LmtpDialogue::Step::need_more;;) {
            const Clock::time_point deadline = std::min(Clock::now() + options_.silence, end);
            if (!send_all(handle, dialogue.output(), deadline) || step == LmtpDialogue::Step::close
                || !wait_until_ready(handle, POLLIN, deadline)) {
                return;
            }
            const ssize_t received = ::recv(handle, buffer.data(), buffer.size(), 0);
            if (received <= 0) {
                return;
            }
            std::string_view bytes(buffer.data(), static_cast<std::size_t>(received));
            while ((step = dialogue.advance(bytes)) == LmtpDialogue::Step::mail) {
                deliver(dialogue);
            }
        }
    }

    void deliver(LmtpDialogue& dialogue) {
        const LmtpMail& mail = dialogue.mail();
        std::vector<LmtpReply> replies;
        replies.reserve(mail.recipients.size());
        for (const std::string& recipient : mail.recipients) {
            replies.push_back(handler_.deliver(mail, recipient));
        }
        dialogue.answer(replies);
    }

    const LmtpOptions options_;
    const LmtpHandler handler_;
    const OpenSocket listener_;
    const std::uint16_t port_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::set<int> open_;
    WorkerPool pool_;
    std::thread acceptor_; // after all that it uses
};

LmtpServer::LmtpServer(LmtpOptions options, LmtpHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

LmtpServer::~LmtpServer() = default;

std::uint16_t LmtpServer::port() const {
    return impl_->port();
}

} // namespace net
