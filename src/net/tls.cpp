#include "src/net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string_view>

namespace net {

namespace {

constexpr std::size_t record_bytes = 16 * 1024; // RFC 8446 section 5.1

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE when the other end is gone. A
// library must not change the signals of its process, so this one sends with MSG_NOSIGNAL.
int socket_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int bio_read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t got = ::recv(socket_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT);
    if (got < 0 && would_block()) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const ssize_t sent =
        ::send(socket_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && would_block()) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

long bio_control(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_socket_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (method == nullptr) {
        throw std::bad_alloc();
    }
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

BIO* make_socket_bio(int socket) {
    static BIO_METHOD* const method = make_socket_method(); // lives as long as the program
    BIO* bio = BIO_new(method);
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    // OpenSSL keeps one pointer for us, and all that we keep is the socket's number.
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    return bio;
}

class TlsTransport final : public Transport {
public:
    TlsTransport(int socket, SSL_CTX* context) : Transport(socket), ssl_(SSL_new(context)) {
        if (!ssl_) {
            throw std::bad_alloc();
        }
        BIO* bio = make_socket_bio(socket);
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_accept_state(ssl_.get());
    }

    [[nodiscard]] bool is_tls() const override { return true; }

    IoStatus handshake() override {
        ERR_clear_error();
        const int outcome = SSL_do_handshake(ssl_.get());
        return outcome == 1 ? IoStatus::done : status_of(outcome);
    }

    IoResult read(std::span<char> buffer) override {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int outcome = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes);
        return outcome == 1 ? IoResult{IoStatus::done, bytes} : IoResult{status_of(outcome), 0};
    }

    [[nodiscard]] bool has_input() const override { return SSL_has_pending(ssl_.get()) == 1; }

    IoResult write(std::string_view head, std::string_view body) override {
        if (head.empty()) {
            return write_record(body.substr(0, record_bytes));
        }
        // Header and body go out in one record; a copy of at most 16 KiB is cheaper than a packet.
        std::array<char, record_bytes> record;
        const std::size_t from_head = std::min(head.size(), record.size());
        const std::size_t from_body = std::min(body.size(), record.size() - from_head);
        std::memcpy(record.data(), head.data(), from_head);
        if (from_body > 0) {
            std::memcpy(record.data() + from_head, body.data(), from_body);
        }
        return write_record({record.data(), from_head + from_body});
    }

    void finish() override {
        ERR_clear_error();
        if (SSL_is_init_finished(ssl_.get()) == 1) {
            SSL_shutdown(ssl_.get()); // close_notify, if there is room for it
        }
        ::shutdown(socket(), SHUT_WR);
    }

private:
    IoResult write_record(std::string_view bytes) {
        ERR_clear_error();
        std::size_t written = 0;
        const int outcome = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
        return outcome == 1 ? IoResult{IoStatus::done, written} : IoResult{status_of(outcome), 0};
    }

    IoStatus status_of(int outcome) {
        switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_READ:
            return IoStatus::want_read;
        case SSL_ERROR_WANT_WRITE:
            return IoStatus::want_write;
        default:
            return IoStatus::closed;
        }
    }

    std::unique_ptr<SSL, SslDeleter> ssl_;
};

// RFC 7301 section 3.2: without a protocol in common the handshake fails.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* selected = nullptr;
    const int outcome =
        SSL_select_next_proto(&selected, out_size, ours, sizeof ours - 1, offered, offered_size);
    *out = selected;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

[[noreturn]] void fail_with(const std::string& sentence) {
    std::array<char, 256> reason{};
    const unsigned long code = ERR_get_error();
    ERR_error_string_n(code, reason.data(), reason.size());
    ERR_clear_error();
    throw std::runtime_error(code == 0 ? sentence : sentence + ": " + reason.data());
}

void set_policy(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                     | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // RFC 9325 section 4.2: forward secrecy and AEAD.
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
        fail_with("TLS: the cipher list was refused");
    }
    // Buffers are given back while a connection idles, and a write may be tried again from
    // elsewhere and be done in part.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1); // one recv per record, not two
    // Tickets resume sessions (RFC 8446 section 4.6.1), so the server remembers none.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    static constexpr unsigned char session_context[] = "appointed";
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
}

} // namespace

TlsContext::TlsContext(const std::string& certificate_file, const std::string& key_file)
    : context_(SSL_CTX_new(TLS_server_method()), [](SSL_CTX* context) { SSL_CTX_free(context); }) {
    if (!context_) {
        fail_with("TLS could not be set up");
    }
    ERR_clear_error();
    set_policy(context_.get());
    if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate_file.c_str()) != 1) {
        fail_with("The certificate file " + certificate_file + " cannot be used");
    }
    if (SSL_CTX_use_PrivateKey_file(context_.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        fail_with("The key file " + key_file + " cannot be used");
    }
    if (SSL_CTX_check_private_key(context_.get()) != 1) {
        fail_with("The key in " + key_file + " does not belong to the certificate in "
                  + certificate_file);
    }
}

std::unique_ptr<Transport> TlsContext::accept(int socket) const {
    return std::make_unique<TlsTransport>(socket, context_.get());
}

} // namespace net
