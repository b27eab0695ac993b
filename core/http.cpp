#include "core/http.h"

#include "core/strings.h"

#include <algorithm>
#include <array>

namespace core {

namespace {

bool is_named(const std::pair<std::string, std::string>& field, std::string_view name) {
    return iequals(field.first, name);
}

// Takes one entity tag off the front of `rest`, up to its comma. Non-standard: Evolution escapes
// the quotes, \"a\", and Outlook's add-in can leave them out (R-C17).
struct TakenTag {
    std::string value;
    bool quoted = false;
};
TakenTag take_entity_tag(std::string_view& rest) {
    if (rest.starts_with("W/")) {
        rest.remove_prefix(2);
    }
    for (const std::string_view quote : {"\"", "\\\""}) {
        if (!rest.starts_with(quote)) {
            continue;
        }
        rest.remove_prefix(quote.size());
        const auto end = std::min(rest.find(quote), rest.size());
        TakenTag tag{std::string(rest.substr(0, end)), true};
        rest.remove_prefix(end);
        rest.remove_prefix(std::min(rest.find(','), rest.size()));
        return tag;
    }
    const auto end = std::min(rest.find(','), rest.size());
    TakenTag tag{std::string(trim(rest.substr(0, end))), false};
    rest.remove_prefix(end);
    return tag;
}

// RFC 9110 section 12.4.2: weight = "q=" qvalue. Anything that is no positive qvalue refuses.
bool has_positive_weight(std::string_view parameters) {
    for (const std::string_view part : split(parameters, ';')) {
        const std::string_view parameter = trim(part);
        if (!istarts_with(parameter, "q=")) {
            continue;
        }
        const std::string_view weight = parameter.substr(2);
        return !weight.empty() && weight.find_first_not_of("0123456789.") == std::string_view::npos
               && weight.find_first_of("123456789") != std::string_view::npos;
    }
    return true;
}

struct Phrase {
    int status;
    std::string_view text;
};

// RFC 9110 section 15, RFC 4918 section 11, RFC 6585.
constexpr std::array phrases{
    Phrase{100, "Continue"},
    Phrase{101, "Switching Protocols"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{207, "Multi-Status"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{402, "Payment Required"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{411, "Length Required"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Range Not Satisfiable"},
    Phrase{417, "Expectation Failed"},
    Phrase{421, "Misdirected Request"},
    Phrase{422, "Unprocessable Content"},
    Phrase{423, "Locked"},
    Phrase{424, "Failed Dependency"},
    Phrase{425, "Too Early"},
    Phrase{426, "Upgrade Required"},
    Phrase{428, "Precondition Required"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
    Phrase{507, "Insufficient Storage"},
};

} // namespace

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
    remove(name);
    add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return is_named(field, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
    for (const auto& field : fields_) {
        if (is_named(field, name)) {
            return field.second;
        }
    }
    return std::nullopt;
}

std::string Headers::joined(std::string_view name) const {
    std::string value;
    bool first = true;
    for (const auto& field : fields_) {
        if (!is_named(field, name)) {
            continue;
        }
        if (!first) {
            value += ", ";
        }
        value += field.second;
        first = false;
    }
    return value;
}

bool EntityTags::contains(std::string_view tag) const {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

EntityTags parse_entity_tags(std::string_view header) {
    EntityTags result;
    std::string_view rest = header;
    while (true) {
        // RFC 9110 section 5.6.1.2: a recipient ignores empty list elements.
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n,"), rest.size()));
        if (rest.empty()) {
            return result;
        }
        TakenTag tag = take_entity_tag(rest);
        if (!tag.quoted && tag.value == "*") {
            result.any = true;
        } else if (tag.quoted || !tag.value.empty()) {
            result.tags.push_back(std::move(tag.value));
        }
    }
}

bool accepts_gzip(const Headers& headers) {
    bool any_coding = false;
    const std::string accepted = headers.joined("Accept-Encoding");
    for (const std::string_view element : split(accepted, ',')) {
        const auto semicolon = std::min(element.find(';'), element.size());
        const std::string_view coding = trim(element.substr(0, semicolon));
        const bool welcome = has_positive_weight(element.substr(semicolon));
        if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) {
            return welcome; // named, so "*" has no say
        }
        any_coding = any_coding || (coding == "*" && welcome);
    }
    return any_coding;
}

std::string_view reason_phrase(int status) {
    const auto found = std::find_if(phrases.begin(), phrases.end(),
                                    [&](const Phrase& phrase) { return phrase.status == status; });
    return found == phrases.end() ? "Unknown" : found->text;
}

} // namespace core
