// A connected socket, with or without TLS, as something that takes and gives bytes now or says what
// to wait for. It never blocks and holds no buffer of its own, so an idle connection costs little.
// Whoever owns it waits for the socket and closes it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace net {

enum class IoStatus {
    done,
    want_read,  // try again when the socket is readable
    want_write, // try again when the socket is writable
    closed      // by the other end, or broken
};

struct IoResult {
    IoStatus status = IoStatus::closed;
    std::size_t bytes = 0; // more than zero if done
};

class Transport {
public:
    explicit Transport(int socket) : socket_(socket) {}
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    [[nodiscard]] virtual bool is_tls() const = 0;
    // To be done before anything else is read or written.
    virtual IoStatus handshake() = 0;
    virtual IoResult read(std::span<char> buffer) = 0;
    // Bytes that have left the socket and wait in here, where no poll sees them.
    [[nodiscard]] virtual bool has_input() const = 0;
    // Both parts in one packet where they fit. A call after want_* must repeat the same bytes.
    virtual IoResult write(std::string_view head, std::string_view body) = 0;
    // Says that nothing more will be written. The other direction stays open for `discard`.
    virtual void finish() = 0;
    // Reads and forgets what still comes, encrypted or not.
    IoResult discard(std::span<char> buffer);

protected:
    [[nodiscard]] int socket() const { return socket_; }

private:
    int socket_;
};

std::unique_ptr<Transport> make_plain_transport(int socket);

} // namespace net
