// URI paths as this server uses them (RFC 3986): split on '/', then decoded, so that an encoded
// slash never separates; encoded back in one canonical way (R-C7, R-C8).
#pragma once

#include "core/result.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

struct Target {
    std::vector<std::string> segments; // decoded once; none is "", "." or ".."
    bool trailing_slash = false;       // "/" itself has no segments and a trailing slash
    std::string query;                 // raw, without '?'
};

// The path and query of a request target (origin form or absolute form; "*" has no segments and no
// trailing slash). Empty segments are dropped: some clients join their parts with "//". Refuses, as
// invalid_input, a bad percent escape, a control character, what is not UTF-8, a segment "." or
// "..", encoded or not, a '/' inside a segment (%2F), a fragment, and what goes over
// limits::path_segments, path_bytes or name_bytes.
Result<Target> parse_target(std::string_view raw);

// The authority and path of a Destination header: absolute URI or absolute path. The host is
// returned as sent and is not judged here.
struct Destination {
    std::string host; // with port; empty for an absolute path
    Target target;
};
Result<Destination> parse_destination(std::string_view raw);

// Everything but RFC 3986's unreserved characters and '@', ':', '+', ',', '=', '!' is escaped, in
// capitals.
std::string encode_segment(std::string_view segment);
void append_encoded_segment(std::string& out, std::string_view segment);
std::optional<std::string> percent_decode(std::string_view text);
// "a=1&b=2", decoded, '+' being a blank; the first of equal names wins. A pair with a bad escape or
// with bytes that are not UTF-8 is left out.
std::map<std::string, std::string> parse_query(std::string_view query);

} // namespace core
