// When somebody is busy, and nothing else of what is in their calendars: for free-busy-query (RFC
// 4791 section 7.10) and requests for busy time (RFC 6638 section 5). Most of it comes from the
// store's index; only what depends on a zone or on somebody's answer is read.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "domain/calendars.h"
#include "ical/free_busy.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

// Adds up what takes the time of one person. The transaction and the door outlive it.
class BusyTime {
public:
    // `email`: what the person declines or accepts tentatively is theirs by it.
    BusyTime(const storage::ReadTransaction& transaction, const Calendars& calendars,
             core::Interval range, std::string_view email);

    // An event of that UID takes no time: whoever moves it asks when else there is time.
    void leave_out(std::string_view uid) { left_out_ = uid; }
    void add(const storage::Object& object, const storage::Collection& collection);
    void add(const storage::Collection& collection);
    // The calendars that schedule-calendar-transp (RFC 6638 section 9.1) calls opaque.
    void add_home(const std::string& owner);

    // Calendars of VAVAILABILITYs (RFC 7953), beside those in the person's calendars.
    void add_unavailable(std::vector<ical::Component> calendars);

    // In order of time. Errors: forbidden with number_of_matches_within_limits.
    core::Result<std::vector<ical::BusyPeriod>> finish();

private:
    bool has_room();
    bool read(const storage::Object& object, const storage::Collection& collection);
    void add_blocks();

    const storage::ReadTransaction& transaction_;
    const Calendars& calendars_;
    core::Interval range_;
    std::string email_;
    std::string left_out_;
    std::vector<ical::BusyPeriod> periods_;
    std::vector<ical::Component> unavailable_;
    bool too_many_ = false;
};

} // namespace domain
