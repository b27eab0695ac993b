// Hands mails to a mail server by SMTP (RFC 5321) with STARTTLS or TLS and AUTH; the one place that
// knows libcurl. A client belongs to one thread, and keeps its connection from mail to mail.
#pragma once

#include <memory>
#include <string>

namespace gateways {

struct SmtpOptions {
    std::string url; // smtp://HOST[:PORT], or smtps:// for TLS from the first byte
    std::string user;
    std::string password;
    bool starttls = true;          // with smtp://: no mail leaves without
    std::string certificates_file; // of authorities to trust; empty: the system's
    long timeout_seconds = 60;     // of one mail
};

enum class Outcome {
    sent,
    later,       // this mail was put off
    refused,     // this mail, for good
    unreachable, // the server is not there, or will not have us: every mail
};

struct Delivery {
    Outcome outcome = Outcome::later;
    std::string reason; // if it was not sent
};

class SmtpClient {
public:
    explicit SmtpClient(SmtpOptions options);
    ~SmtpClient();
    SmtpClient(const SmtpClient&) = delete;
    SmtpClient& operator=(const SmtpClient&) = delete;

    // Bare addresses without blanks or control characters; lines of `text` end with CRLF.
    Delivery send(const std::string& sender, const std::string& recipient, const std::string& text);

private:
    struct Handle;
    SmtpOptions options_;
    std::unique_ptr<Handle> handle_;
};

} // namespace gateways
