// Takes mails from a mail server on this machine, by LMTP (RFC 2033): each recipient of each mail
// is answered for itself, and what is answered with 2xx has been dealt with.
#pragma once

#include "src/net/lmtp_dialogue.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace net {

struct LmtpOptions {
    std::string host = "127.0.0.1";        // an IP address
    std::uint16_t port = 0;                // 0: any free one
    unsigned connections = 8;              // at once; more wait
    std::chrono::seconds silence{300};     // RFC 5321 section 4.5.3.2.7
    std::chrono::seconds connection{3600}; // whatever is said
    LmtpLimits limits;
};

// Called on threads of the server, several at once; must not throw.
struct LmtpHandler {
    LmtpDialogue::Accept accept;
    std::function<LmtpReply(const LmtpMail& mail, const std::string& recipient)> deliver;
};

class LmtpServer {
public:
    // Listens; throws std::runtime_error with a sentence that names the address.
    LmtpServer(LmtpOptions options, LmtpHandler handler);
    // Lets mails that are being delivered be answered, and closes all else.
    ~LmtpServer();
    LmtpServer(const LmtpServer&) = delete;
    LmtpServer& operator=(const LmtpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace net
