#include "core/uri.h"

#include "core/limits.h"
#include "core/strings.h"

#include <algorithm>
#include <array>

namespace core {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_control);
}

// RFC 3986 section 2.3, and the section 3.3 characters that every client leaves bare.
constexpr std::string_view bare_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-._~@:+,=!";

constexpr std::array<bool, 256> make_stays_bare() {
    std::array<bool, 256> bare{};
    for (const char c : bare_characters) {
        bare.at(static_cast<unsigned char>(c)) = true;
    }
    return bare;
}

constexpr std::array<bool, 256> bare_by_byte = make_stays_bare();

bool stays_bare(char c) {
    return bare_by_byte[static_cast<unsigned char>(c)];
}

Result<std::string> decode_segment(std::string_view raw) {
    std::optional<std::string> decoded = percent_decode(raw);
    if (!decoded) {
        return fail(Errc::invalid_input, "bad percent escape in the path");
    }
    if (decoded->find('/') != std::string::npos) {
        return fail(Errc::invalid_input, "encoded slash in the path");
    }
    if (has_control(*decoded)) {
        return fail(Errc::invalid_input, "control character in the path");
    }
    if (!is_valid_utf8(*decoded)) {
        return fail(Errc::invalid_input, "the path is not UTF-8");
    }
    if (*decoded == "." || *decoded == "..") {
        return fail(Errc::invalid_input, "dot segment in the path");
    }
    if (decoded->size() > limits::name_bytes) {
        return fail(Errc::invalid_input, "path segment too long");
    }
    return std::move(*decoded);
}

// `raw` is a path, which begins with '/', and what follows it.
Result<Target> parse_path_and_query(std::string_view raw) {
    if (!raw.starts_with('/')) {
        return fail(Errc::invalid_input, "the target is no absolute path");
    }
    if (raw.find('#') != std::string_view::npos) {
        return fail(Errc::invalid_input, "fragment in the target"); // RFC 9110 section 7.1
    }
    const auto question = std::min(raw.find('?'), raw.size());
    const std::string_view path = raw.substr(0, question);
    if (path.size() > limits::path_bytes) {
        return fail(Errc::invalid_input, "path too long");
    }
    Target target;
    target.trailing_slash = path.ends_with('/');
    if (question < raw.size()) {
        target.query = raw.substr(question + 1);
    }
    if (has_control(target.query)) {
        return fail(Errc::invalid_input, "control character in the query");
    }
    for (const std::string_view segment : split(path, '/')) {
        if (segment.empty()) {
            continue;
        }
        if (target.segments.size() == limits::path_segments) {
            return fail(Errc::invalid_input, "too many path segments");
        }
        target.segments.push_back(TRY(decode_segment(segment)));
    }
    return target;
}

// The part of an http or https URI after "://"; nothing for anything else.
std::optional<std::string_view> after_scheme(std::string_view raw) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (istarts_with(raw, scheme)) {
            return raw.substr(scheme.size());
        }
    }
    return std::nullopt;
}

// RFC 3986 section 3.2: the authority ends at the first '/', '?' or '#'.
Result<Destination> parse_absolute(std::string_view after_scheme) {
    const auto end = std::min(after_scheme.find_first_of("/?#"), after_scheme.size());
    const std::string_view host = after_scheme.substr(0, end);
    const bool blank = host.find(' ') != std::string_view::npos;
    if (host.empty() || blank || has_control(host)) {
        return fail(Errc::invalid_input, "the URI names no host");
    }
    // RFC 9110 section 4.2.3: an empty path is the same as "/".
    std::string rest(after_scheme.substr(end));
    if (!rest.starts_with('/')) {
        rest.insert(0, 1, '/');
    }
    return Destination{std::string(host), TRY(parse_path_and_query(rest))};
}

} // namespace

Result<Target> parse_target(std::string_view raw) {
    if (raw == "*") {
        return Target{}; // RFC 9112 section 3.2.4: OPTIONS on the server as a whole
    }
    if (const auto rest = after_scheme(raw)) {
        return TRY(parse_absolute(*rest)).target;
    }
    return parse_path_and_query(raw);
}

// RFC 4918 section 10.3: Simple-ref is an absolute URI or an absolute path. The latter cannot begin
// with "//", which would be the reference to another host.
Result<Destination> parse_destination(std::string_view raw) {
    if (const auto rest = after_scheme(raw)) {
        return parse_absolute(*rest);
    }
    if (raw.starts_with("//")) {
        return fail(Errc::invalid_input, "the destination is neither a URI nor an absolute path");
    }
    return Destination{"", TRY(parse_path_and_query(raw))};
}

void append_encoded_segment(std::string& out, std::string_view segment) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::size_t copied = 0; // everything before it is in `out`
    for (std::size_t at = 0; at < segment.size(); ++at) {
        if (stays_bare(segment[at])) {
            continue;
        }
        const auto byte = static_cast<unsigned char>(segment[at]);
        const std::array escape{'%', digits[byte >> 4], digits[byte & 15]};
        out.append(segment.substr(copied, at - copied)).append(escape.data(), escape.size());
        copied = at + 1;
    }
    out.append(segment.substr(copied));
}

std::string encode_segment(std::string_view segment) {
    std::string out;
    append_encoded_segment(out, segment);
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out += text[at];
            continue;
        }
        if (text.size() - at < 3) {
            return std::nullopt;
        }
        const int high = hex_value(text[at + 1]);
        const int low = hex_value(text[at + 2]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        out += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return out;
}

std::map<std::string, std::string> parse_query(std::string_view query) {
    std::map<std::string, std::string> values;
    for (const std::string_view pair : split(query, '&')) {
        // application/x-www-form-urlencoded: a bare '+' is a blank, an escaped one a plus.
        const std::string spaced = replace_all(std::string(pair), "+", " ");
        const auto equals = std::min(spaced.find('='), spaced.size());
        auto name = percent_decode(std::string_view(spaced).substr(0, equals));
        auto value =
            percent_decode(std::string_view(spaced).substr(std::min(equals + 1, spaced.size())));
        const bool readable = name && value && is_valid_utf8(*name) && is_valid_utf8(*value);
        if (readable && !name->empty()) {
            values.emplace(std::move(*name), std::move(*value));
        }
    }
    return values;
}

} // namespace core
