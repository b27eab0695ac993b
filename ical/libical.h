// The one door to libical: every call and every pointer of that library is in libical.cpp.
//
// It is asked for two things: what it thinks of the times in a calendar, and rules in calendars
// other than the Gregorian one (RFC 7529). Thread-safe: its error state is per thread, and only
// its reentrant functions are used.
#pragma once

#include "ical/rule.h"

#include <memory>
#include <string>
#include <vector>

namespace ical {

// A value of DTSTART, DTEND, DUE or RECURRENCE-ID that libical could not read.
struct LibicalComplaint {
    std::string property;
    bool is_empty = false; // "DTEND:"
};

// `calendar` is what print() gives: libical has no limits of its own.
std::vector<LibicalComplaint> libical_complaints(const std::string& calendar);

bool libical_accepts_rule(const std::string& rule);

// The times of a rule by libical's own iterator, which ends in the year 2582. Every time costs a
// step; only for rules whose search between two times is short (FREQ=YEARLY and MONTHLY).
std::unique_ptr<RuleIterator> make_libical_iterator(const std::string& rule, WallTime start,
                                                    bool is_date, StepBudget& budget);

} // namespace ical
