#include "src/net/lmtp_dialogue.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

namespace net {

namespace {

bool has_verb(std::string_view line, std::string_view verb) {
    return line.size() >= verb.size()
           && std::equal(verb.begin(), verb.end(), line.begin(), [](char expected, char actual) {
                  return expected == std::toupper(static_cast<unsigned char>(actual));
              });
}

// "<address>" and what follows it; nothing if that is no path. A source route (RFC 5321 appendix
// C) is left out, as section 3.3 asks.
struct Path {
    std::string address;
    std::string_view parameters;
};
std::optional<Path> read_path(std::string_view text) {
    while (text.starts_with(' ')) { // some senders have one after the colon
        text.remove_prefix(1);
    }
    bool quoted = false;
    for (std::size_t i = 1; i < text.size() && text.front() == '<'; ++i) {
        if (text[i] == '"') {
            quoted = !quoted;
        } else if (quoted && text[i] == '\\') {
            ++i;
        } else if (!quoted && text[i] == '>') {
            std::string_view address = text.substr(1, i - 1);
            if (address.starts_with('@')) {
                address.remove_prefix(std::min(address.find(':') + 1, address.size()));
            }
            return Path{std::string(address), text.substr(i + 1)};
        }
    }
    return std::nullopt;
}

// SIZE=N of RFC 1870, if it is there and a number.
std::optional<std::size_t> stated_size(std::string_view parameters) {
    std::string upper(parameters);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const std::size_t found = upper.find(" SIZE=");
    if (found == std::string::npos) {
        return std::nullopt;
    }
    std::size_t size = 0;
    for (std::size_t i = found + 6; i < upper.size() && upper[i] >= '0' && upper[i] <= '9'; ++i) {
        if (size > 1'000'000'000'000) {
            break;
        }
        size = size * 10 + static_cast<std::size_t>(upper[i] - '0');
    }
    return size;
}

} // namespace

LmtpDialogue::LmtpDialogue(LmtpLimits limits, Accept accept)
    : limits_(limits), accept_(std::move(accept)) {
    say(220, "appointed LMTP");
}

std::string LmtpDialogue::output() {
    return std::exchange(output_, std::string());
}

void LmtpDialogue::say(int code, std::string_view text) {
    output_ += std::to_string(code) + " ";
    output_ += text;
    output_ += "\r\n";
}

void LmtpDialogue::refuse(int code, std::string_view text) {
    if (++errors_ > limits_.errors) {
        say(421, "4.7.0 Too many errors");
        state_ = State::closing;
        return;
    }
    say(code, text);
}

// A line ends with CRLF and with nothing else: what took a bare LF for one would see other mails
// in a text than the server before it did.
bool LmtpDialogue::take_line(std::string_view& bytes, std::string& line) {
    const std::size_t most = state_ == State::command ? limits_.line_bytes : limits_.message_bytes;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        const bool has_return = part.empty() ? ends_with_return_ : part.ends_with('\r');
        const std::size_t room = most - std::min(most, line_.size());
        line_too_long_ = line_too_long_ || part.size() > room;
        line_ += part.substr(0, room);
        ends_with_return_ = end == std::string_view::npos && has_return;
        bytes.remove_prefix(end == std::string_view::npos ? part.size() : end + 1);
        if (end == std::string_view::npos) {
            return false;
        }
        if (has_return) {
            line = std::exchange(line_, std::string());
            if (line.ends_with('\r')) {
                line.pop_back();
            }
            return true;
        }
        line_ += '\n';
    }
    return false;
}

LmtpDialogue::Step LmtpDialogue::advance(std::string_view& bytes) {
    std::string line;
    while (state_ != State::closing && take_line(bytes, line)) {
        const bool too_long = std::exchange(line_too_long_, false);
        if (state_ == State::command) {
            if (too_long) {
                refuse(500, "5.5.2 The line is too long");
            } else {
                obey(line);
            }
            continue;
        }
        if (too_long) {
            state_ = State::discard;
        } else if (take_data(line) == Step::mail) {
            return Step::mail;
        }
    }
    return state_ == State::closing ? Step::close : Step::need_more;
}

void LmtpDialogue::obey(std::string_view line) {
    if (has_verb(line, "LHLO ")) {
        greet(line.substr(5));
    } else if (has_verb(line, "MAIL FROM:")) {
        begin_mail(line.substr(10));
    } else if (has_verb(line, "RCPT TO:")) {
        add_recipient(line.substr(8));
    } else if (has_verb(line, "DATA")) {
        begin_data();
    } else if (has_verb(line, "RSET")) {
        end_mail();
        say(250, "2.0.0 OK");
    } else if (has_verb(line, "NOOP")) {
        say(250, "2.0.0 OK");
    } else if (has_verb(line, "VRFY")) { // RFC 5321 section 3.5.3: who is here is not told
        say(252, "2.5.0 Send a mail, and see");
    } else if (has_verb(line, "QUIT")) {
        say(221, "2.0.0 Bye");
        state_ = State::closing;
    } else if (has_verb(line, "HELO") || has_verb(line, "EHLO")) {
        refuse(500, "5.5.1 This is LMTP: say LHLO"); // RFC 2033 section 4.1
    } else {
        refuse(500, "5.5.2 Unknown command");
    }
}

void LmtpDialogue::greet(std::string_view domain) {
    if (domain.find_first_not_of(' ') == std::string_view::npos) {
        refuse(501, "5.5.4 LHLO needs a name");
        return;
    }
    end_mail();
    greeted_ = true;
    for (const char* extension : {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"}) {
        output_ += "250-" + std::string(extension) + "\r\n";
    }
    say(250, "SIZE " + std::to_string(limits_.message_bytes));
}

void LmtpDialogue::begin_mail(std::string_view path) {
    auto sender = read_path(path);
    if (!greeted_ || has_sender_) {
        refuse(503, greeted_ ? "5.5.1 One mail at a time" : "5.5.1 Say LHLO first");
    } else if (!sender) {
        refuse(501, "5.1.7 That is no address");
    } else if (stated_size(sender->parameters).value_or(0) > limits_.message_bytes) {
        refuse(552, "5.3.4 The mail is too large");
    } else {
        mail_.sender = std::move(sender->address);
        has_sender_ = true;
        say(250, "2.1.0 OK");
    }
}

void LmtpDialogue::add_recipient(std::string_view path) {
    auto recipient = read_path(path);
    if (!has_sender_) {
        refuse(503, "5.5.1 Say MAIL first");
    } else if (!recipient || recipient->address.empty()) {
        refuse(501, "5.1.3 That is no address");
    } else if (mail_.recipients.size() >= limits_.recipients) {
        say(452, "4.5.3 Too many recipients"); // the rest comes with another copy
    } else if (const LmtpReply reply = accept_(recipient->address); reply.code >= 300) {
        say(reply.code, reply.text);
    } else {
        mail_.recipients.push_back(std::move(recipient->address));
        say(250, "2.1.5 OK");
    }
}

void LmtpDialogue::begin_data() {
    if (mail_.recipients.empty()) { // RFC 2033 section 4.2
        refuse(503, "5.5.1 There is no recipient");
        return;
    }
    state_ = State::data;
    say(354, "End with a dot on a line of its own");
}

// RFC 5321 section 4.5.2.
LmtpDialogue::Step LmtpDialogue::take_data(std::string_view line) {
    if (line == ".") {
        if (state_ == State::data) {
            return Step::mail;
        }
        answer(
            std::vector<LmtpReply>(mail_.recipients.size(), {552, "5.3.4 The mail is too large"}));
        return Step::need_more;
    }
    if (line.starts_with('.')) {
        line.remove_prefix(1);
    }
    if (mail_.text.size() + line.size() + 2 > limits_.message_bytes) {
        state_ = State::discard;
    }
    if (state_ == State::discard) {
        mail_.text = std::string();
        return Step::need_more;
    }
    mail_.text += line;
    mail_.text += "\r\n";
    return Step::need_more;
}

void LmtpDialogue::answer(const std::vector<LmtpReply>& replies) {
    for (const LmtpReply& reply : replies) {
        say(reply.code, reply.text);
    }
    end_mail();
}

void LmtpDialogue::end_mail() {
    mail_ = LmtpMail{};
    has_sender_ = false;
    state_ = State::command;
}

} // namespace net
