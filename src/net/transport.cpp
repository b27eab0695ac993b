#include "src/net/transport.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace net {

namespace {

IoResult outcome_of(ssize_t bytes, IoStatus when_blocked) {
    if (bytes > 0) {
        return {IoStatus::done, static_cast<std::size_t>(bytes)};
    }
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return {when_blocked, 0};
    }
    return {IoStatus::closed, 0};
}

class PlainTransport final : public Transport {
public:
    using Transport::Transport;

    [[nodiscard]] bool is_tls() const override { return false; }
    IoStatus handshake() override { return IoStatus::done; }
    [[nodiscard]] bool has_input() const override { return false; }

    IoResult read(std::span<char> buffer) override {
        return outcome_of(::recv(socket(), buffer.data(), buffer.size(), MSG_DONTWAIT),
                          IoStatus::want_read);
    }

    IoResult write(std::string_view head, std::string_view body) override {
        // The interface of writev takes pointers to non-const, and does not write to them.
        std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                                    {const_cast<char*>(body.data()), body.size()}}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        return outcome_of(::sendmsg(socket(), &message, MSG_DONTWAIT | MSG_NOSIGNAL),
                          IoStatus::want_write);
    }

    void finish() override { ::shutdown(socket(), SHUT_WR); }
};

} // namespace

IoResult Transport::discard(std::span<char> buffer) {
    return outcome_of(::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT),
                      IoStatus::want_read);
}

std::unique_ptr<Transport> make_plain_transport(int socket) {
    return std::make_unique<PlainTransport>(socket);
}

} // namespace net
