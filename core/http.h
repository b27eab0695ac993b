// HTTP messages as plain data (RFC 9110). src/net reads and writes them; everything above works on
// values and knows no socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

// Header fields in the order sent; names compare without case.
class Headers {
public:
    void add(std::string name, std::string value);
    // Replaces every field of that name.
    void set(std::string name, std::string value);
    void remove(std::string_view name);
    // The first value, or nothing. Views live as long as the Headers are not changed.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    // All values of that name joined by ", " (RFC 9110 section 5.2); empty if there is none.
    [[nodiscard]] std::string joined(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
        return fields_;
    }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
    std::string method; // as sent; methods are case sensitive
    std::string target; // origin form, raw: path and query
    Headers headers;
    std::string body; // decoded: neither chunked nor gzip any more; empty while `too_large`
    bool body_too_large = false; // the body went over the limit and was not kept
    std::string peer_address;    // IP address of the socket's other end, no port
    bool tls = false;            // the socket itself speaks TLS
    std::string id;              // request id, for the log and X-Request-Id
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body; // src/net sets Content-Length, Date and, where it pays, gzip
    // Who asked, for the log only: the IP address behind the proxies, if that is known.
    std::string client_address = {};
};

// RFC 9110 section 13.1.1: an entity tag list as clients really send it (R-C17): quoted, unquoted,
// with backslash-escaped quotes, weak, or "*". Values are kept without quotes and without W/.
struct EntityTags {
    bool any = false; // "*"
    std::vector<std::string> tags;

    [[nodiscard]] bool contains(std::string_view tag) const;
};
EntityTags parse_entity_tags(std::string_view header);

// "gzip;q=0.5, identity" says yes, "gzip;q=0" says no (RFC 9110 section 12.5.3).
bool accepts_gzip(const Headers& headers);

std::string_view reason_phrase(int status);

} // namespace core
