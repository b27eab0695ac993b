// Calendar objects for tests, as a client would send them.
#pragma once

#include <string>

namespace support {

// A VCALENDAR around one VEVENT; `lines` are whole content lines, each ended by "\n".
inline std::string calendar_of(const std::string& components) {
    std::string text =
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//Test//EN\n" + components + "END:VCALENDAR\n";
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? "\r\n" : std::string(1, c);
    }
    return out;
}

inline std::string event_of(const std::string& lines) {
    return "BEGIN:VEVENT\nUID:one@test\nDTSTAMP:20261101T000000Z\n" + lines + "END:VEVENT\n";
}

inline std::string event(const std::string& lines) {
    return calendar_of(event_of(lines));
}

// Monday 2026-11-23, 14:00 to 14:50 in Berlin (13:00 to 13:50 UTC).
inline const std::string afternoon = "DTSTART;TZID=Europe/Berlin:20261123T140000\n"
                                     "DTEND;TZID=Europe/Berlin:20261123T145000\n"
                                     "SUMMARY:Follow-up\n";
inline const std::string invited = "ORGANIZER;CN=Anna:mailto:anna@clinic.example\n"
                                   "ATTENDEE;CN=Paul Patient:mailto:paul@mail.example\n";

// The session that most tests begin with.
inline std::string session_event(const std::string& more = "") {
    return event(afternoon + invited + more);
}

} // namespace support
