// Calendars as people have them, the same for the same seed: single events, weekly series without
// an end (5%), finite series, series with a moved occurrence, all-day events, alarms, invitations,
// in several time zones, about a kilobyte each. Each event is a pure function of its number, and
// how many of them touch a week is known by arithmetic, so that answers can be checked.
#pragma once

#include "core/time.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace bench {

// About as many as begin in one week: larger calendars are longer, not denser.
constexpr std::size_t events_per_week = 170;

class Calendar {
public:
    Calendar(std::uint64_t seed, std::size_t size);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] int weeks() const;
    [[nodiscard]] core::Interval week(int number) const; // Monday to Monday, in UTC
    [[nodiscard]] std::size_t objects_in_week(int number) const;

    [[nodiscard]] std::string name(std::size_t number) const; // "e17.ics"
    // `edits` is how often the event was changed since.
    [[nodiscard]] std::string text(std::size_t number, int edits = 0) const;

private:
    struct Plan;
    [[nodiscard]] Plan plan(std::size_t number) const;

    std::uint64_t seed_;
    std::size_t size_;
};

// A session: an event of half an hour that `host` organizes for `guests` people, the first of them
// `guest0@NAME.example`.
struct SessionPlan {
    std::string uid;
    core::Instant start;
    std::string host; // address
    std::string name; // of the guests' host
    std::size_t guests = 1;
};
std::string session_text(const SessionPlan& plan);

} // namespace bench
