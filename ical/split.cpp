#include "ical/split.h"

#include "core/limits.h"
#include "core/strings.h"

#include <map>
#include <set>
#include <utility>

namespace ical {

namespace {

tl::unexpected<core::Error>
refuse_line(std::size_t line, std::string_view what,
            core::Condition condition = core::Condition::valid_calendar_data) {
    return core::fail(core::Errc::forbidden,
                      "line " + std::to_string(line) + ": " + std::string(what), condition);
}

// Lines with their folds undone, and as they came but for CRLF line ends.
class Lines {
public:
    explicit Lines(std::string_view file) : rest_(file) {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (rest_.starts_with(byte_order_mark)) {
            rest_.remove_prefix(byte_order_mark.size());
        }
    }

    bool next() {
        if (rest_.empty()) {
            return false;
        }
        number = next_number_;
        const std::string_view first = take();
        text = first;
        raw.assign(first).append("\r\n");
        while (rest_.starts_with(' ') || rest_.starts_with('\t')) {
            const std::string_view more = take();
            text += more.substr(1);
            raw.append(more).append("\r\n");
        }
        return true;
    }

    std::string text;
    std::string raw;
    std::size_t number = 0; // of the first physical line

private:
    std::string_view take() {
        const std::size_t end = rest_.find('\n');
        std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        ++next_number_;
        return line;
    }

    std::string_view rest_;
    std::size_t next_number_ = 1;
};

std::string name_of(std::string_view line) {
    return core::to_upper(core::trim(line.substr(0, line.find_first_of(";:"))));
}

std::size_t end_of_parameters(std::string_view line) {
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        quoted = line[i] == '"' ? !quoted : quoted;
        if (line[i] == ':' && !quoted) {
            return i;
        }
    }
    return line.size();
}

std::string_view value_of(std::string_view line) {
    const std::size_t end = end_of_parameters(line);
    return end == line.size() ? std::string_view() : core::trim(line.substr(end + 1));
}

// Of TZID=..., without quotes; empty if the line has no such parameter.
std::string_view zone_named_in(std::string_view line) {
    constexpr std::string_view label = ";TZID=";
    const std::string_view parameters = line.substr(0, end_of_parameters(line));
    const std::size_t at = core::to_upper(parameters).find(label);
    if (at == std::string::npos) {
        return {};
    }
    std::string_view zone = parameters.substr(at + label.size());
    if (zone.starts_with('"')) {
        zone.remove_prefix(1);
        return zone.substr(0, zone.find('"'));
    }
    return zone.substr(0, zone.find(';'));
}

// A component directly within a VCALENDAR, with all that is within it.
struct FilePart {
    std::string name; // VEVENT ...
    std::size_t line = 0;
    std::string text;
    std::string uid;             // UID of the component itself
    std::string zone;            // TZID of a VTIMEZONE
    std::set<std::string> zones; // that its lines name
};

// One VCALENDAR of the file.
struct Calendar {
    std::string product; // its PRODID line, CRLF
    std::vector<FilePart> parts;
};

class Reader {
public:
    explicit Reader(std::string_view file) : lines_(file) {}

    core::Result<std::vector<Calendar>> read() {
        while (lines_.next()) {
            if (!core::trim(lines_.text).empty()) {
                TRYV(take());
            }
        }
        if (!open_.empty()) {
            return refuse_line(lines_.number, "END:" + open_.back() + " is missing");
        }
        if (calendars_.empty()) {
            return refuse_line(1, "there is no VCALENDAR",
                               core::Condition::valid_calendar_object_resource);
        }
        return std::move(calendars_);
    }

private:
    core::Done take() {
        const std::string name = name_of(lines_.text);
        if (name == "BEGIN") {
            return begin(core::to_upper(value_of(lines_.text)));
        }
        if (open_.empty()) {
            return refuse_line(lines_.number, "the text does not begin with BEGIN:VCALENDAR",
                               core::Condition::valid_calendar_object_resource);
        }
        if (name == "END") {
            return end(core::to_upper(value_of(lines_.text)));
        }
        if (open_.size() == 1) {
            if (name == "PRODID") {
                calendars_.back().product = lines_.raw;
            }
            return {};
        }
        take_property(name);
        return {};
    }

    core::Done begin(std::string name) {
        if (open_.empty()) {
            if (name != "VCALENDAR") {
                return refuse_line(lines_.number, "the text does not begin with BEGIN:VCALENDAR",
                                   core::Condition::valid_calendar_object_resource);
            }
            calendars_.emplace_back();
        } else if (open_.size() == core::limits::component_depth) {
            return refuse_line(lines_.number, "components are nested too deeply");
        } else if (open_.size() == 1) {
            calendars_.back().parts.push_back({.name = name,
                                               .line = lines_.number,
                                               .text = lines_.raw,
                                               .uid = {},
                                               .zone = {},
                                               .zones = {}});
        } else {
            part().text += lines_.raw;
        }
        open_.push_back(std::move(name));
        return {};
    }

    core::Done end(const std::string& name) {
        if (name != open_.back()) {
            return refuse_line(lines_.number, "END:" + open_.back() + " is expected here");
        }
        if (open_.size() > 1) {
            part().text += lines_.raw;
        }
        open_.pop_back();
        return {};
    }

    void take_property(const std::string& name) {
        FilePart& open = part();
        open.text += lines_.raw;
        if (open_.size() == 2 && name == "UID" && open.uid.empty()) {
            open.uid = value_of(lines_.text);
        } else if (open_.size() == 2 && name == "TZID") {
            open.zone = value_of(lines_.text);
        } else if (const std::string_view zone = zone_named_in(lines_.text); !zone.empty()) {
            open.zones.emplace(core::trim(zone));
        }
    }

    FilePart& part() { return calendars_.back().parts.back(); }

    Lines lines_;
    std::vector<std::string> open_;
    std::vector<Calendar> calendars_;
};

std::string assemble(const Calendar& calendar, const std::vector<const FilePart*>& parts,
                     const std::map<std::string_view, const FilePart*>& zones) {
    std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";
    text += calendar.product.empty() ? "PRODID:-//Appointed//Appointed//EN\r\n" : calendar.product;
    std::set<std::string_view> named;
    for (const FilePart* part : parts) {
        named.insert(part->zones.begin(), part->zones.end());
    }
    for (const std::string_view zone : named) {
        if (const auto known = zones.find(zone); known != zones.end()) {
            text += known->second->text;
        }
    }
    for (const FilePart* part : parts) {
        text += part->text;
    }
    return text + "END:VCALENDAR\r\n";
}

void append_objects(const Calendar& calendar, std::vector<SplitObject>& out) {
    std::map<std::string_view, const FilePart*> zones;
    std::map<std::string_view, std::size_t> places; // in `groups`, by UID
    std::vector<std::vector<const FilePart*>> groups;
    for (const FilePart& part : calendar.parts) {
        if (part.name == "VTIMEZONE") {
            zones.emplace(part.zone, &part);
            continue;
        }
        const auto [place, is_new] = part.uid.empty() ? std::pair(places.end(), true)
                                                      : places.emplace(part.uid, groups.size());
        if (is_new) {
            groups.emplace_back();
        }
        groups[is_new ? groups.size() - 1 : place->second].push_back(&part);
    }
    for (const std::vector<const FilePart*>& parts : groups) {
        out.push_back({parts.front()->uid, parts.front()->line, assemble(calendar, parts, zones)});
    }
}

} // namespace

core::Result<std::vector<SplitObject>> split_calendar(std::string_view file) {
    const std::vector<Calendar> calendars = TRY(Reader(file).read());
    std::vector<SplitObject> objects;
    for (const Calendar& calendar : calendars) {
        append_objects(calendar, objects);
    }
    return objects;
}

} // namespace ical
