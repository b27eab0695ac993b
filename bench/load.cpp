#include "bench/load.h"

#include "bench/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t events_at_once = 256;
constexpr std::size_t faults_max = 1000; // then there is no point in going on

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        fail_with_errno("socket");
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        fail_with_errno("connect");
    }
    return socket;
}

struct Connection {
    int socket = -1;
    bool busy = false; // an answer is due
    std::string request;
    std::size_t sent = 0;
    AnswerReader reader;
    Steady::time_point asked;
};

class Driver {
public:
    explicit Driver(const Load& load) : load_(load), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (epoll_ < 0) {
            fail_with_errno("epoll_create1");
        }
        connections_.resize(load.connections);
    }
    ~Driver() {
        for (Connection& connection : connections_) {
            hang_up(connection);
        }
        ::close(epoll_);
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    LoadResult run() {
        for (Connection& connection : connections_) {
            call(connection);
        }
        begun_ = Steady::now();
        last_answer_ = begun_;
        for (Connection& connection : connections_) {
            ask_next(connection);
        }
        std::array<epoll_event, events_at_once> events{};
        while (asking_ > 0) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                begun_ + load_.time_max + load_.patience_max - Steady::now());
            const int count = left.count() <= 0
                                  ? 0
                                  : ::epoll_wait(epoll_, events.data(), events_at_once,
                                                 static_cast<int>(left.count()) + 1);
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                fault("no answer in time");
                break;
            }
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                go_on(connections_.at(events.at(i).data.u64), events.at(i).events);
            }
        }
        result_.seconds = std::chrono::duration<double>(last_answer_ - begun_).count();
        std::sort(result_.microseconds.begin(), result_.microseconds.end());
        return std::move(result_);
    }

private:
    void fault(const std::string& what) {
        if (result_.faults++ == 0) {
            result_.first_fault = what;
        }
    }

    void hang_up(Connection& connection) {
        if (connection.socket >= 0) {
            ::close(std::exchange(connection.socket, -1));
        }
    }

    void call(Connection& connection) {
        hang_up(connection);
        connection.socket = connect_to(load_.port);
        ::fcntl(connection.socket, F_SETFL, O_NONBLOCK);
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }

    void watch(Connection& connection, int operation, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.u64 = static_cast<std::uint64_t>(&connection - connections_.data());
        if (::epoll_ctl(epoll_, operation, connection.socket, &event) != 0) {
            fail_with_errno("epoll_ctl");
        }
    }

    void ask_next(Connection& connection) {
        const Steady::time_point now = Steady::now();
        connection.busy = number_ < load_.requests_max && now < begun_ + load_.time_max
                          && result_.faults < faults_max;
        if (!connection.busy) {
            return;
        }
        if (connection.socket < 0) {
            call(connection);
        }
        connection.request = load_.request(number_++);
        connection.sent = 0;
        connection.reader.begin();
        connection.asked = Steady::now();
        ++asking_;
        send(connection);
    }

    void send(Connection& connection) {
        const std::string_view rest = std::string_view(connection.request).substr(connection.sent);
        const ssize_t bytes =
            ::send(connection.socket, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (bytes < 0 && errno != EAGAIN) {
            give_up(connection, "the connection broke");
            return;
        }
        const bool was_partial = connection.sent > 0 || bytes < 0;
        connection.sent += bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
        const bool is_partial = connection.sent < connection.request.size();
        if (is_partial || was_partial) {
            watch(connection, EPOLL_CTL_MOD,
                  is_partial ? std::uint32_t{EPOLLIN} | EPOLLOUT : std::uint32_t{EPOLLIN});
        }
    }

    void give_up(Connection& connection, const std::string& why) {
        fault(why);
        --asking_;
        hang_up(connection);
        ask_next(connection);
    }

    void go_on(Connection& connection, std::uint32_t events) {
        if (connection.busy && (events & EPOLLOUT) != 0) {
            send(connection);
        }
        if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && connection.socket >= 0) {
            receive(connection);
        }
    }

    void receive(Connection& connection) {
        const ssize_t bytes =
            ::recv(connection.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (!connection.busy) { // closed while idle
            hang_up(connection);
            return;
        }
        if (bytes > 0) {
            if (connection.reader.take({buffer_.data(), static_cast<std::size_t>(bytes)})) {
                answered(connection);
            }
        } else if (connection.reader.end()) {
            answered(connection);
        } else {
            give_up(connection, "the connection ended before the answer did");
        }
    }

    void answered(Connection& connection) {
        last_answer_ = Steady::now();
        --asking_;
        ++result_.answers;
        const std::string wrong = connection.reader.is_broken()
                                      ? "the answer is malformed"
                                      : load_.check(connection.reader.answer());
        if (wrong.empty()) {
            const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(
                last_answer_ - connection.asked);
            result_.microseconds.push_back(static_cast<std::uint32_t>(spent.count()));
        } else {
            fault(wrong);
        }
        if (!connection.reader.keeps_open()) {
            hang_up(connection);
        }
        ask_next(connection);
    }

    const Load& load_;
    const int epoll_;
    std::vector<Connection> connections_;
    std::array<char, 256 * 1024> buffer_{};
    LoadResult result_;
    std::size_t number_ = 0;
    std::size_t asking_ = 0; // connections that wait for an answer
    Steady::time_point begun_;
    Steady::time_point last_answer_;
};

// Blocking: the whole answer to one request, or nothing.
bool exchange(int socket, std::string_view request, AnswerReader& reader) {
    const timeval patience{60, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (!request.empty()) {
        const ssize_t sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        request.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::array<char, 16 * 1024> buffer{};
    reader.begin();
    for (;;) {
        const ssize_t bytes = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (bytes <= 0) {
            return bytes == 0 && reader.end();
        }
        if (reader.take({buffer.data(), static_cast<std::size_t>(bytes)})) {
            return !reader.is_broken();
        }
    }
}

} // namespace

double LoadResult::percentile(double part) const {
    if (microseconds.empty()) {
        return 0;
    }
    const auto last = static_cast<double>(microseconds.size() - 1);
    return microseconds.at(static_cast<std::size_t>(part * last)) / 1000.0;
}

LoadResult run_load(const Load& load) {
    return Driver(load).run();
}

OneAnswer ask(std::uint16_t port, const Request& request) {
    const int socket = connect_to(port);
    AnswerReader reader;
    const bool done = exchange(socket, to_bytes(request), reader);
    ::close(socket);
    if (!done) {
        throw std::runtime_error("no answer to " + request.method + " " + request.path);
    }
    const Answer answer = reader.answer();
    return {answer.status, std::string(answer.head), std::string(answer.body)};
}

IdleConnections::IdleConnections(std::uint16_t port, std::size_t count,
                                 const std::string& request) {
    AnswerReader reader;
    for (std::size_t i = 0; i < count; ++i) {
        const int socket = connect_to(port);
        if (!exchange(socket, request, reader) || reader.answer().status != 200) {
            ::close(socket);
            break;
        }
        sockets_.push_back(socket);
    }
}

IdleConnections::~IdleConnections() {
    for (const int socket : sockets_) {
        ::close(socket);
    }
}

} // namespace bench
