#include "bench/http.h"

#include "core/strings.h"

#include <charconv>

namespace bench {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";

bool read_number(std::string_view text, std::size_t& number, int base) {
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc() && stop != text.data();
}

} // namespace

std::string to_bytes(const Request& request) {
    std::string bytes = request.method + " " + request.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    for (const auto& [name, value] : request.headers) {
        bytes += name;
        bytes += ": ";
        bytes += value;
        bytes += line_end;
    }
    if (!request.body.empty()) {
        bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    bytes += line_end;
    bytes += request.body;
    return bytes;
}

std::string_view Answer::field(std::string_view name) const {
    std::size_t at = head.find(line_end);
    while (at != std::string_view::npos && at + 2 < head.size()) {
        at += 2;
        const std::size_t end = head.find(line_end, at);
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && core::iequals(line.substr(0, colon), name)) {
            return core::trim(line.substr(colon + 1));
        }
        at = end;
    }
    return {};
}

void AnswerReader::begin() {
    *this = AnswerReader();
}

bool AnswerReader::take(std::string_view bytes) {
    input_ += bytes;
    if (head_size_ == 0) {
        const std::size_t end = input_.find(head_end);
        if (end == std::string::npos) {
            return false;
        }
        head_size_ = end + head_end.size();
        read_head();
    }
    switch (framing_) {
    case Framing::length:
        return input_.size() >= head_size_ + length_;
    case Framing::chunked:
        return read_chunks();
    case Framing::to_the_end:
        break;
    }
    return false;
}

void AnswerReader::read_head() {
    const Answer so_far = answer();
    const std::string_view length = so_far.field("Content-Length");
    if (so_far.status == 204 || so_far.status == 304) {
        length_ = 0; // whatever the length says
    } else if (core::iequals(so_far.field("Transfer-Encoding"), "chunked")) {
        framing_ = Framing::chunked;
        chunk_at_ = head_size_;
    } else if (length.empty()) {
        framing_ = Framing::to_the_end;
    } else {
        broken_ = !read_number(length, length_, 10);
        input_.reserve(head_size_ + length_);
    }
}

// RFC 9112 section 7.1, without trailers.
bool AnswerReader::read_chunks() {
    for (;;) {
        const std::size_t end = input_.find(line_end, chunk_at_);
        std::size_t size = 0;
        if (end == std::string::npos) {
            return false;
        }
        if (!read_number(std::string_view(input_).substr(chunk_at_, end - chunk_at_), size, 16)) {
            broken_ = true;
            return true;
        }
        const std::size_t data = end + line_end.size();
        if (input_.size() < data + size + line_end.size()) {
            return false;
        }
        chunks_.append(input_, data, size);
        chunk_at_ = data + size + line_end.size();
        if (size == 0) {
            return true;
        }
    }
}

bool AnswerReader::end() {
    return head_size_ > 0 && framing_ == Framing::to_the_end;
}

Answer AnswerReader::answer() const {
    const std::string_view all = input_;
    Answer answer;
    answer.head = all.substr(0, head_size_);
    answer.body = framing_ == Framing::chunked ? std::string_view(chunks_) : all.substr(head_size_);
    std::size_t status = 0;
    read_number(answer.head.substr(std::min<std::size_t>(9, answer.head.size())), status, 10);
    answer.status = static_cast<int>(status);
    return answer;
}

bool AnswerReader::keeps_open() const {
    const Answer whole = answer();
    return whole.head.starts_with("HTTP/1.1") && framing_ != Framing::to_the_end && !broken_
           && !core::iequals(whole.field("Connection"), "close");
}

std::size_t count(std::string_view text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at)) {
        ++found;
        at += word.size();
    }
    return found;
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = text.substr(begin + before.size());
    const std::size_t end = rest.find(after);
    return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

} // namespace bench
