// The client's side of HTTP/1.1 (RFC 9112), as little as a load driver needs: requests as bytes,
// and answers taken from bytes as they come.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

struct Request {
    std::string method = "GET";
    std::string path;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
};
std::string to_bytes(const Request& request);

// Views live until the reader's next begin().
struct Answer {
    int status = 0;
    std::string_view head; // status line and fields
    std::string_view body;

    [[nodiscard]] std::string_view field(std::string_view name) const; // empty: there is none
};

class AnswerReader {
public:
    void begin();
    // The answer's next bytes. True when it is whole.
    bool take(std::string_view bytes);
    // The connection has ended. True if that was the end of the answer, too.
    bool end();
    [[nodiscard]] bool has_begun() const { return !input_.empty(); }
    [[nodiscard]] bool is_broken() const { return broken_; }
    // Of a whole answer:
    [[nodiscard]] Answer answer() const;
    [[nodiscard]] bool keeps_open() const;

private:
    enum class Framing { length, chunked, to_the_end };

    void read_head();
    bool read_chunks();

    std::string input_;
    std::string chunks_; // the body, if it came in chunks
    std::size_t head_size_ = 0;
    std::size_t length_ = 0;
    std::size_t chunk_at_ = 0;
    Framing framing_ = Framing::length;
    bool broken_ = false;
};

// How often `word` stands in `text`.
std::size_t count(std::string_view text, std::string_view word);
// What stands between the two; empty if they do not.
std::string_view between(std::string_view text, std::string_view before, std::string_view after);

} // namespace bench
