// A calendar object as a set of slots, with what describes each: the working part of recurrence.h.
//
// A slot is a time that DTSTART, an RRULE or an RDATE gives, on the clock of the master's DTSTART.
// EXDATEs take slots away, an override with the slot's RECURRENCE-ID takes its place, and an
// override with RANGE=THISANDFUTURE describes the slots from its own on (RFC 5545 section 3.8.4.4).
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/object.h"
#include "ical/recurrence.h"
#include "ical/rule.h"
#include "ical/timing.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace ical {

struct Slot {
    WallTime wall;
    std::optional<core::Instant> end; // of an RDATE that is a PERIOD
};

class Series;

// What the zone decides in which floating times and dates are read: nothing; when they are, but not
// which slots there are and how many days or seconds each takes; or that, too.
enum class ZoneDependence { none, times, slots };

// The slots of a series in ascending order, excluded ones too; none before the first seek. Ends
// early when the budget does.
class SlotStream {
public:
    SlotStream(const Series& series, StepBudget& budget);
    // Continues with the first slot at or after `from`; those after `to` may be left out.
    void seek(WallTime from, WallTime to);
    std::optional<Slot> next();

private:
    struct Source {
        const Rule* rule;
        std::unique_ptr<RuleIterator> times;
        std::int64_t left; // of COUNT
        std::optional<WallTime> current;
    };
    void advance(Source& source);

    const Series& series_;
    std::vector<Source> sources_;
    std::size_t next_date_ = 0;
    std::optional<WallTime> first_; // DTSTART, until it is passed
};

class Series {
public:
    // `object` outlives the series. Errors: valid_calendar_data, max_instances.
    static core::Result<Series> of(const Object& object);

    // Calls `visit` for every occurrence that overlaps `range`, in no certain order, until it
    // returns false; only for those that `described_by` describes, if that is not null. Errors:
    // max_instances when the steps run out.
    core::Done visit(core::Interval range, StepBudget& budget,
                     const std::function<bool(const Occurrence&)>& visit,
                     const Component* described_by = nullptr) const;
    // The first in order of start of those that end after `at`.
    [[nodiscard]] core::Result<std::optional<Occurrence>> next(core::Instant at,
                                                               StepBudget& budget) const;
    [[nodiscard]] core::Result<Lookup> find(WallTime wall, StepBudget& budget) const;

    [[nodiscard]] bool endless() const; // some rule has neither COUNT nor UNTIL
    [[nodiscard]] bool has_times() const { return timing_ || !overrides_.empty(); }
    [[nodiscard]] ZoneDependence zone_dependence() const;
    // Where the first occurrence starts at the earliest, if every slot were left.
    [[nodiscard]] core::Instant earliest() const;
    [[nodiscard]] const std::optional<Timing>& timing() const { return timing_; } // the master's
    [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
    [[nodiscard]] bool has_two_overrides_of_one_slot() const;
    // UNTIL, compared the way it was written (RFC 5545 section 3.3.10).
    [[nodiscard]] bool is_within(const Rule& rule, WallTime wall) const;

private:
    friend class SlotStream;

    struct Override {
        const Component* component;
        Timing timing;
        DateTime id;        // on the clock of the master's DTSTART, if there is a master
        core::Instant slot; // the same as an instant
        bool this_and_future;
    };
    // The slots in [from, to), and what describes those that nothing overrides.
    struct Segment {
        const Component* component;
        const Timing* timing;
        core::Instant from;
        core::Instant to;
        const Override* shift; // null for the master's own
    };

    explicit Series(const Object& object) : object_(&object) {}
    core::Done read_master(const Component& master);
    core::Done read_dates(const Component& master);
    core::Done read_overrides();
    [[nodiscard]] core::Result<DateTime> on_clock(const DateTime& id, StepBudget& budget) const;
    [[nodiscard]] core::Instant slot_instant(const DateTime& value) const;
    [[nodiscard]] std::int64_t slot_day(const DateTime& value) const;
    [[nodiscard]] DateTime slot_time(WallTime wall) const;
    [[nodiscard]] bool is_excluded(WallTime wall) const;
    [[nodiscard]] const Override* override_of(core::Instant slot) const;
    [[nodiscard]] std::vector<Segment> segments() const;
    [[nodiscard]] Occurrence occurrence(const Segment& segment, const Slot& slot) const;
    [[nodiscard]] Occurrence occurrence(const Override& override) const;
    core::Done visit_segment(const Segment& segment, core::Interval range, SlotStream& slots,
                             StepBudget& budget,
                             const std::function<bool(const Occurrence&)>& visit) const;

    const Object* object_;
    const Component* master_ = nullptr;
    std::optional<Timing> timing_;
    std::vector<Rule> rules_;
    std::vector<Slot> dates_; // RDATE, ascending
    std::vector<core::Instant> excluded_;
    std::vector<std::int64_t> excluded_days_;
    std::vector<Override> overrides_; // by slot
    std::int64_t longest_period_ = 0;
    bool recurs_ = false;
    bool days_from_instants_ = false; // of a series of dates: the zone says which day is meant
};

} // namespace ical
