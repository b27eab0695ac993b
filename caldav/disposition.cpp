#include "caldav/disposition.h"

#include "core/strings.h"
#include "core/uri.h"

#include <utility>

namespace caldav {

namespace {

struct DispositionParameter {
    std::string name;
    std::string value;
};

// Takes the text up to the next ';' outside of quotes; quotes and escapes are resolved.
DispositionParameter take_parameter(std::string_view& text) {
    std::string plain;
    bool quoted = false;
    std::size_t at = 0;
    std::size_t equals = std::string::npos;
    for (; at < text.size() && (quoted || text[at] != ';'); ++at) {
        const char c = text[at];
        if (c == '"') {
            quoted = !quoted;
        } else if (c == '\\' && quoted && at + 1 < text.size()) {
            plain += text[++at];
        } else {
            if (c == '=' && !quoted && equals == std::string::npos) {
                equals = plain.size();
            }
            plain += c;
        }
    }
    text.remove_prefix(at < text.size() ? at + 1 : at);
    if (equals == std::string::npos) {
        return {};
    }
    return {core::to_lower(core::trim(std::string_view(plain).substr(0, equals))),
            std::string(core::trim(std::string_view(plain).substr(equals + 1)))};
}

// RFC 8187 section 3.2: UTF-8'LANGUAGE'VALUE
std::string extended_value(std::string_view value) {
    const std::size_t language = value.find('\'');
    const std::size_t begin =
        language == std::string_view::npos ? language : value.find('\'', language + 1);
    if (begin == std::string_view::npos || !core::iequals(value.substr(0, language), "UTF-8")) {
        return "";
    }
    return core::percent_decode(value.substr(begin + 1)).value_or("");
}

} // namespace

std::string file_name_in(std::string_view content_disposition) {
    std::string name;
    std::string extended;
    while (!content_disposition.empty()) {
        DispositionParameter parameter = take_parameter(content_disposition);
        if (parameter.name == "filename*" && extended.empty()) {
            extended = extended_value(parameter.value);
        } else if (parameter.name == "filename" && name.empty()) {
            name = std::move(parameter.value);
        }
    }
    return extended.empty() ? name : extended;
}

} // namespace caldav
