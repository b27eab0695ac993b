// A client that sends exactly the bytes it is told to and reads one answer at a time, over a plain
// blocking socket. Every wait ends: with what was waited for, or with an exception after ten
// seconds.
#pragma once

#include "core/strings.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct RawAnswer {
    int status = 0;
    std::string head; // status line and fields as sent
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body; // as sent, not decoded

    // Empty if there is none.
    [[nodiscard]] std::string field(std::string_view name) const {
        for (const auto& [key, value] : fields) {
            if (core::iequals(key, name)) {
                return value;
            }
        }
        return {};
    }
};

// Takes the bytes of answers apart; where they come from is the derived class's affair.
class AnswerReader {
public:
    virtual ~AnswerReader() = default;

    // The next answer. `to_head`: it answers a HEAD request, so it has no body.
    RawAnswer receive(bool to_head = false) {
        RawAnswer answer;
        while (input_.find("\r\n\r\n") == std::string::npos) {
            require_more();
        }
        const std::size_t end = input_.find("\r\n\r\n") + 4;
        answer.head = input_.substr(0, end);
        input_.erase(0, end);
        answer.status = std::atoi(answer.head.substr(9, 3).c_str());
        std::size_t at = answer.head.find("\r\n") + 2;
        while (at + 2 < answer.head.size()) {
            const std::size_t line_end = answer.head.find("\r\n", at);
            const std::size_t colon = answer.head.find(": ", at);
            answer.fields.emplace_back(answer.head.substr(at, colon - at),
                                       answer.head.substr(colon + 2, line_end - colon - 2));
            at = line_end + 2;
        }
        const std::string length = answer.field("Content-Length");
        if (!to_head && !length.empty()) {
            const std::size_t bytes = std::strtoull(length.c_str(), nullptr, 10);
            while (input_.size() < bytes) {
                require_more();
            }
            answer.body = input_.substr(0, bytes);
            input_.erase(0, bytes);
        }
        return answer;
    }

    // All that comes until the connection ends, of whatever protocol.
    std::string receive_all() {
        while (read_more()) {
        }
        return std::exchange(input_, {});
    }

    // Waits for the end of the connection; false if bytes come instead.
    bool ends() {
        if (!input_.empty()) {
            return false;
        }
        return !read_more();
    }

protected:
    // Up to `size` bytes; 0 at the end or after a reset. Throws when nothing comes in time.
    virtual std::size_t read_some(char* data, std::size_t size) = 0;

private:
    bool read_more() {
        char buffer[16 * 1024];
        const std::size_t bytes = read_some(buffer, sizeof buffer);
        input_.append(buffer, bytes);
        return bytes > 0;
    }
    void require_more() {
        if (!read_more()) {
            throw std::runtime_error("the connection ended before the answer did");
        }
    }

    std::string input_;
};

class RawClient : public AnswerReader {
public:
    // receive_buffer: the socket's, in bytes; 0 leaves it to the system.
    explicit RawClient(std::uint16_t port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (receive_buffer > 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            const std::string reason = std::strerror(errno);
            ::close(socket_);
            throw std::runtime_error("cannot connect: " + reason);
        }
    }
    RawClient(RawClient&& other) noexcept
        : AnswerReader(std::move(other)), socket_(std::exchange(other.socket_, -1)) {}
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() override { close(); }

    // False if the other end is gone.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    RawAnswer ask(std::string_view bytes) {
        send(bytes);
        return receive(bytes.starts_with("HEAD "));
    }
    void finish_sending() { ::shutdown(socket_, SHUT_WR); }
    void close() {
        if (socket_ >= 0) {
            ::close(std::exchange(socket_, -1));
        }
    }
    [[nodiscard]] int socket() const { return socket_; }

protected:
    std::size_t read_some(char* data, std::size_t size) override {
        const ssize_t bytes = ::recv(socket_, data, size, 0);
        if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            throw std::runtime_error("nothing came within ten seconds");
        }
        return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
    }

private:
    int socket_;
};

// Whichever has something to read first.
inline RawClient& first_readable(RawClient& one, RawClient& other) {
    pollfd sockets[] = {{one.socket(), POLLIN, 0}, {other.socket(), POLLIN, 0}};
    if (::poll(sockets, 2, 10'000) <= 0) {
        throw std::runtime_error("nothing came within ten seconds");
    }
    return sockets[0].revents != 0 ? one : other;
}

} // namespace support
