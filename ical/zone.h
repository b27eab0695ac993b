// Time zones: wall-clock time to instants and back, for any year.
//
// IANA zones are read from the system's tz database (TZif, RFC 8536, with its POSIX footer, so the
// rules go on after 2037). A TZID that is no IANA name is tried as a Windows name, then as a
// prefixed IANA name ("/freeassociation.sourceforge.net/Europe/Berlin"), and last the VTIMEZONE
// that came with the object decides. Zones are immutable, cached and shared between threads.
#pragma once

#include "core/result.h"
#include "core/time.h"
#include "ical/component.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ical {

// A wall-clock time: seconds since 1970-01-01T00:00:00 on that clock.
struct WallTime {
    std::int64_t seconds = 0;

    friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

class Zone {
public:
    virtual ~Zone() = default;
    [[nodiscard]] virtual const std::string& name() const = 0; // IANA name, or the TZID
    // RFC 5545 section 3.3.5: a time that a gap leaves out is read with the offset before the gap;
    // a time that occurs twice is its first occurrence.
    [[nodiscard]] virtual core::Instant to_instant(WallTime wall) const = 0;
    [[nodiscard]] virtual WallTime to_wall(core::Instant at) const = 0;
};

using ZonePtr = std::shared_ptr<const Zone>; // never null

ZonePtr utc();
// IANA name (any case), Windows name, or prefixed IANA name; nothing if it is none of them.
// Throws core::Unavailable if the system has no tz database: guessing would be worse.
std::optional<ZonePtr> find_zone(std::string_view tzid);
// Which release of the tz database the system had when this was first asked, "2026f"; empty if its
// files do not say. Releases compare as texts.
const std::string& zone_data_release();
// From a VTIMEZONE component: its TZID as above, else an IANA name in X-LIC-LOCATION, else its
// observances. Errors: valid_calendar_data.
core::Result<ZonePtr> zone_from_component(const Component& vtimezone);
// A VTIMEZONE for `zone` in the form that every client reads (R-F4, T2): for IANA zones the lasting
// rules, RRULE style with DTSTART in 1970. Where the database foresees that other rules hold for a
// while from `from` on (Cuba in 2026), the lasting ones start when they do, and the changes until
// then stand before them one by one. For a zone that a VTIMEZONE defined, a copy of that.
Component to_vtimezone(const Zone& zone, core::Instant from);

// The zones of one calendar object, by TZID, and the zone for floating times.
class ZoneTable {
public:
    explicit ZoneTable(ZonePtr floating) : floating_(std::move(floating)) {}
    // Reads every VTIMEZONE of a VCALENDAR. One that makes no sense is an error only for who asks
    // for it. Errors: valid_calendar_data for absurdly many zones of the sender's own making.
    static core::Result<ZoneTable> of(const Component& calendar, ZonePtr floating);

    // By the TZID without blanks at its ends: what was sent, else find_zone.
    // Errors: valid_calendar_data for a TZID that nothing explains.
    [[nodiscard]] core::Result<ZonePtr> find(std::string_view tzid) const;
    [[nodiscard]] const ZonePtr& floating() const { return floating_; }
    void read_floating_in(ZonePtr zone) { floating_ = std::move(zone); }

private:
    ZonePtr floating_;
    std::vector<std::pair<std::string, core::Result<ZonePtr>>> sent_; // a TZID once
};

} // namespace ical
