// TLS for accepted sockets, by OpenSSL: TLS 1.2 and 1.3 with forward secrecy and authenticated
// encryption only (RFC 9325), ALPN "http/1.1" (RFC 7301).
#pragma once

#include "src/net/transport.h"

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace net {

// One certificate with its key. Connections keep the context that they began with alive.
class TlsContext {
public:
    // PEM files. Throws std::runtime_error with a sentence that names the file that failed.
    TlsContext(const std::string& certificate_file, const std::string& key_file);

    [[nodiscard]] std::unique_ptr<Transport> accept(int socket) const;

private:
    std::shared_ptr<ssl_ctx_st> context_;
};

} // namespace net
