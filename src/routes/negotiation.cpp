#include "src/routes/negotiation.h"

#include "core/strings.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace routes {

namespace {

// In thousandths (RFC 9110 section 12.4.2); what is no qvalue weighs nothing.
int parse_weight(std::string_view text) {
    int weight = 0;
    int scale = 1000;
    bool fraction = false;
    for (const char c : text) {
        if (c == '.' && !fraction) {
            fraction = true;
        } else if (c >= '0' && c <= '9' && scale > 0) {
            weight += (c - '0') * scale;
            scale /= 10;
        } else {
            return 0;
        }
    }
    return text.empty() ? 0 : std::min(weight, 1000);
}

struct Range {
    std::string_view type; // "text/html", "text/*", "*/*"
    int weight = 1000;
};

Range parse_range(std::string_view element) {
    const auto parts = core::split(element, ';');
    Range range{core::trim(parts.front()), 1000};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view parameter = core::trim(parts[i]);
        if (core::istarts_with(parameter, "q=")) {
            range.weight = parse_weight(core::trim(parameter.substr(2)));
        }
    }
    return range;
}

// The weight of the most specific range that matches; `names` are the type's names from the most
// specific on.
int weight_of(std::string_view accept, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        int best = -1;
        for (const std::string_view element : core::split(accept, ',')) {
            const Range range = parse_range(element);
            if (core::iequals(range.type, name)) {
                best = std::max(best, range.weight);
            }
        }
        if (best >= 0) {
            return best;
        }
    }
    return 0;
}

} // namespace

Form preferred_form(const core::Headers& headers) {
    const std::string accept = headers.joined("Accept");
    const int html = weight_of(accept, {"text/html", "text/*", "*/*"});
    const int json = std::max(weight_of(accept, {"application/json", "application/*", "*/*"}),
                              weight_of(accept, {"application/problem+json"}));
    return json > html ? Form::json : Form::html;
}

} // namespace routes
