#include "domain/busy_time.h"

#include "core/log.h"
#include "domain/addresses.h"
#include "ical/availability.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace domain {

namespace {

constexpr std::size_t availabilities_max = 100; // objects; nobody keeps more than a few

} // namespace

BusyTime::BusyTime(const storage::ReadTransaction& transaction, const Calendars& calendars,
                   core::Interval range, std::string_view email)
    : transaction_(transaction), calendars_(calendars), range_(range),
      email_(normalise_address(email)) {}

bool BusyTime::has_room() {
    too_many_ = too_many_ || periods_.size() >= ical::ExpansionLimits{}.instances;
    return !too_many_;
}

void BusyTime::add(const storage::Collection& collection) {
    std::optional<std::int64_t> left_out;
    if (!left_out_.empty()) {
        if (const auto head = transaction_.objects().find_by_uid(collection.id, left_out_)) {
            left_out = head->id;
        }
    }
    transaction_.objects().for_each_taken(
        collection.id, range_, [&](const storage::TakenTime& taken) {
            if (taken.object != left_out) {
                const core::Interval within{std::max(taken.time.start, range_.start),
                                            std::min(taken.time.end, range_.end)};
                periods_.push_back({within, taken.taken == storage::TimeTaken::tentative
                                                ? ical::BusyType::tentative
                                                : ical::BusyType::busy});
            }
            return has_room();
        });
    transaction_.objects().for_each_undecided(
        collection.id, range_, [&](const storage::Object& object) {
            return object.head.id == left_out || read(object, collection);
        });
    if ((collection.components & storage::components::availability) != 0) {
        transaction_.objects().for_each_object(
            collection.id, "VAVAILABILITY", [&](const storage::Object& object) {
                if (auto parsed = calendars_.read(object, collection)) {
                    unavailable_.push_back(std::move(parsed->calendar));
                }
                return unavailable_.size() < availabilities_max;
            });
    }
}

void BusyTime::add(const storage::Object& object, const storage::Collection& collection) {
    read(object, collection);
}

void BusyTime::add_home(const std::string& owner) {
    constexpr unsigned taking = storage::components::event | storage::components::freebusy
                                | storage::components::availability;
    for (const auto& collection : transaction_.collections().list(owner)) {
        const bool takes_time = collection.is_calendar && (collection.components & taking) != 0;
        if (takes_time && !collection.transparent) {
            add(collection);
        }
    }
}

// One bad object must not fail the answer (R-A15).
bool BusyTime::read(const storage::Object& object, const storage::Collection& collection) {
    const auto is_person = [&](std::string_view address) {
        return !email_.empty() && normalise_address(address) == email_;
    };
    ical::ExpansionLimits limits;
    limits.instances -= std::min(limits.instances, periods_.size());
    const auto parsed = calendars_.read(object, collection);
    const auto found = parsed ? ical::busy_periods(*parsed, range_, is_person, limits)
                              : tl::unexpected(parsed.error());
    if (found) {
        periods_.insert(periods_.end(), found->begin(), found->end());
        return true;
    }
    if (found.error().condition == core::Condition::max_instances) {
        too_many_ = true;
        return false;
    }
    core::log(core::LogLevel::warning, "calendar_object_not_searchable",
              {{"object", std::to_string(object.head.id)}});
    return true;
}

void BusyTime::add_unavailable(std::vector<ical::Component> calendars) {
    std::move(calendars.begin(), calendars.end(), std::back_inserter(unavailable_));
}

void BusyTime::add_blocks() {
    if (unavailable_.empty()) {
        return;
    }
    const auto blocks = ical::unavailable_periods(unavailable_, range_,
                                                  calendars_.floating_zone(storage::Collection{}));
    if (blocks) {
        periods_.insert(periods_.end(), blocks->begin(), blocks->end());
    }
    too_many_ = too_many_ || !blocks;
}

core::Result<std::vector<ical::BusyPeriod>> BusyTime::finish() {
    add_blocks();
    if (too_many_) { // To leave some out would call a person free who is not.
        return core::fail(core::Errc::forbidden, "There are too many busy times in this range.",
                          core::Condition::number_of_matches_within_limits);
    }
    return ical::coalesced(std::move(periods_));
}

} // namespace domain
