// What an LMTP server says (RFC 2033, with the syntax of RFC 5321): a pure state machine from the
// bytes of a mail server to replies and whole mails. It holds one mail at a time, within bounds.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

// One line of a reply; the enhanced code of RFC 3463 is part of the text.
struct LmtpReply {
    int code = 250;
    std::string text = "2.0.0 OK";
};

struct LmtpMail {
    std::string sender; // of the envelope; empty for a bounce
    std::vector<std::string> recipients;
    std::string text; // with CRLF, without the dots of the transfer
};

struct LmtpLimits {
    std::size_t message_bytes = 2 * 1024 * 1024;
    std::size_t recipients = 100;  // RFC 5321 section 4.5.3.1.8
    std::size_t line_bytes = 2048; // RFC 5321 section 4.5.3.1.4 asks for 512
    std::size_t errors = 20;       // then the connection ends
};

class LmtpDialogue {
public:
    enum class Step {
        need_more, // all bytes are used
        mail,      // a mail is whole: answer(), then go on with the rest of the bytes
        close      // after output() is sent
    };
    // Whether there is anybody of that address: 2xx, or why not. Called for each RCPT.
    using Accept = std::function<LmtpReply(const std::string& recipient)>;

    LmtpDialogue(LmtpLimits limits, Accept accept);

    // Takes what it uses from the front of `bytes`.
    Step advance(std::string_view& bytes);
    [[nodiscard]] const LmtpMail& mail() const { return mail_; }
    // One for each recipient of the mail, in their order (RFC 2033 section 4.2); begins anew.
    void answer(const std::vector<LmtpReply>& replies);
    // What is to be sent now; empty until the next call of something else.
    std::string output();

private:
    enum class State { command, data, discard, closing };

    bool take_line(std::string_view& bytes, std::string& line);
    void obey(std::string_view line);
    void greet(std::string_view domain);
    void begin_mail(std::string_view path);
    void add_recipient(std::string_view path);
    void begin_data();
    Step take_data(std::string_view line);
    void end_mail();
    void say(int code, std::string_view text);
    void refuse(int code, std::string_view text);

    LmtpLimits limits_;
    Accept accept_;
    State state_ = State::command;
    std::string line_; // of which the end has not come
    bool line_too_long_ = false;
    bool ends_with_return_ = false; // it, so far, whether or not all of it was kept
    bool greeted_ = false;
    bool has_sender_ = false;
    LmtpMail mail_;
    std::size_t errors_ = 0;
    std::string output_;
};

} // namespace net
