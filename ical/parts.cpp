#include "ical/parts.h"

#include "core/limits.h"

#include <utility>

namespace ical {

namespace {

constexpr std::string_view crlf_end = "\r\n";

// The next line without its end, or nothing where it has another end.
std::optional<std::string_view> whole_line(std::string_view text, std::size_t at) {
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos || end == at || text[end - 1] != '\r') {
        return std::nullopt;
    }
    return text.substr(at, end - 1 - at);
}

} // namespace

std::optional<std::vector<Part>> parts_of(std::string_view calendar) {
    constexpr std::string_view begin = "BEGIN:";
    constexpr std::string_view end = "END:";
    std::vector<Part> parts;
    std::vector<std::string_view> open;
    std::size_t part_begin = 0;
    bool closed = false;
    for (std::size_t at = 0; at < calendar.size();) {
        const auto line = whole_line(calendar, at);
        if (!line || closed) {
            return std::nullopt;
        }
        const std::size_t next = at + line->size() + crlf_end.size();
        if (line->starts_with(begin)) {
            if (open.size() == 1) {
                part_begin = at;
            }
            open.push_back(line->substr(begin.size()));
            if (open.front() != "VCALENDAR" || open.size() > core::limits::component_depth + 1) {
                return std::nullopt;
            }
        } else if (line->starts_with(end)) {
            if (open.empty() || open.back() != line->substr(end.size())) {
                return std::nullopt;
            }
            open.pop_back();
            closed = open.empty();
            if (open.size() == 1) {
                parts.push_back(
                    {line->substr(end.size()), calendar.substr(part_begin, next - part_begin)});
            }
        } else if (open.empty()) {
            return std::nullopt;
        }
        at = next;
    }
    return closed ? std::optional(std::move(parts)) : std::nullopt;
}

std::string_view tzid_of(const Part& zone) {
    constexpr std::string_view name = "\nTZID";
    const auto at = zone.text.find(name);
    const auto next = at == std::string_view::npos ? at : at + name.size();
    if (next >= zone.text.size() || (zone.text[next] != ':' && zone.text[next] != ';')) {
        return {};
    }
    const auto colon = zone.text.find(':', next);
    const auto end = zone.text.find(crlf_end, next);
    return colon < end ? zone.text.substr(colon + 1, end - colon - 1) : std::string_view();
}

} // namespace ical
