#include "ical/libical.h"

#include "core/strings.h"
#include "core/time.h"

#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace ical {

namespace {

// A step in another calendar goes through ICU and costs some ten times as much as one of ours.
constexpr std::size_t steps_per_time = 10;

// libical aborts the program on malformed input unless it is told not to.
void make_errors_harmless() {
    static std::once_flag once;
    std::call_once(once, [] { icalerror_set_errors_are_fatal(false); });
}

struct ComponentDeleter {
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct IteratorDeleter {
    void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using ComponentHandle = std::unique_ptr<icalcomponent, ComponentDeleter>;
using IteratorHandle = std::unique_ptr<icalrecur_iterator, IteratorDeleter>;

// The rule that a text spells; its strings belong to the structure until an iterator copies them.
icalrecurrencetype rule_from(const std::string& text) {
    make_errors_harmless();
    return icalrecurrencetype_from_string(text.c_str());
}

void release(icalrecurrencetype& rule) {
    // RSCALE is the only part of a rule that libical allocates.
    if (rule.rscale != nullptr) {
        icalmemory_free_buffer(rule.rscale);
        rule.rscale = nullptr;
    }
}

icaltimetype to_libical(WallTime wall, bool is_date) {
    const auto in_day = static_cast<int>(core::time_of_day(wall.seconds));
    const core::Date date = core::date_from_days(core::day_of(wall.seconds));
    icaltimetype time = icaltime_null_time();
    time.year = date.year;
    time.month = date.month;
    time.day = date.day;
    time.hour = in_day / 3600;
    time.minute = in_day / 60 % 60;
    time.second = in_day % 60;
    time.is_date = is_date ? 1 : 0;
    return time;
}

WallTime from_libical(const icaltimetype& time) {
    const std::int64_t day = core::days_from_date({time.year, time.month, time.day});
    const std::int64_t in_day =
        time.is_date != 0 ? 0 : time.hour * 3600 + time.minute * 60 + time.second;
    return {day * core::day_seconds + in_day};
}

class LibicalIterator final : public RuleIterator {
public:
    LibicalIterator(std::string rule, WallTime start, bool is_date, StepBudget& budget)
        : rule_(std::move(rule)), start_(start), is_date_(is_date), budget_(budget) {
        seek(start, end_of_clock);
    }

    // From the start each time: libical cannot begin in the middle of a rule with an interval.
    void seek(WallTime from, WallTime to) override {
        icalrecurrencetype rule = rule_from(rule_);
        iterator_.reset(icalrecur_iterator_new(rule, to_libical(start_, is_date_)));
        release(rule);
        from_ = from;
        to_ = to;
    }

    std::optional<WallTime> next() override {
        while (iterator_ && budget_.spend(steps_per_time)) {
            const icaltimetype time = icalrecur_iterator_next(iterator_.get());
            if (icaltime_is_null_time(time) != 0 || from_libical(time) > to_) {
                iterator_.reset();
                break;
            }
            const WallTime wall = from_libical(time);
            if (wall >= from_) {
                return wall;
            }
        }
        return std::nullopt;
    }

private:
    std::string rule_;
    WallTime start_;
    bool is_date_;
    StepBudget& budget_;
    IteratorHandle iterator_;
    WallTime from_;
    WallTime to_;
};

// libical leaves an X-LIC-ERROR where it removed a property, and names the property in its text.
void collect(icalcomponent* component, std::vector<LibicalComplaint>& complaints) {
    constexpr std::array<std::string_view, 4> times{"DTSTART", "DTEND", "DUE", "RECURRENCE-ID"};
    for (icalproperty* property =
             icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
         property != nullptr;
         property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        const char* text = icalproperty_get_xlicerror(property);
        const std::string message = text == nullptr ? "" : text;
        const auto found = std::find_if(times.begin(), times.end(), [&](std::string_view name) {
            return message.find(" " + std::string(name) + " property") != std::string::npos;
        });
        if (found != times.end()) {
            complaints.push_back({std::string(*found), message.starts_with("No value")});
        }
    }
    icalcompiter child = icalcomponent_begin_component(component, ICAL_ANY_COMPONENT);
    for (icalcomponent* inner = icalcompiter_deref(&child); inner != nullptr;
         inner = icalcompiter_next(&child)) {
        collect(inner, complaints);
    }
}

} // namespace

std::vector<LibicalComplaint> libical_complaints(const std::string& calendar) {
    make_errors_harmless();
    std::vector<LibicalComplaint> complaints;
    const ComponentHandle root(icalparser_parse_string(calendar.c_str()));
    icalerror_clear_errno();
    if (root) {
        collect(root.get(), complaints);
    }
    return complaints;
}

bool libical_accepts_rule(const std::string& rule) {
    icalrecurrencetype parsed = rule_from(rule);
    bool accepted = parsed.freq != ICAL_NO_RECURRENCE;
    if (accepted) {
        // Some rules are refused only here (a calendar that ICU does not know).
        const IteratorHandle iterator(
            icalrecur_iterator_new(parsed, to_libical(WallTime{946'684'800}, false)));
        accepted = iterator != nullptr;
    }
    release(parsed);
    icalerror_clear_errno();
    return accepted;
}

std::unique_ptr<RuleIterator> make_libical_iterator(const std::string& rule, WallTime start,
                                                    bool is_date, StepBudget& budget) {
    return std::make_unique<LibicalIterator>(rule, start, is_date, budget);
}

} // namespace ical
