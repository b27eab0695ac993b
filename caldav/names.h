// Qualified XML names and the namespaces of the specifications that the server speaks.
#pragma once

#include <string>
#include <string_view>

namespace caldav {

struct Name {
    std::string name_space;
    std::string local;

    friend auto operator<=>(const Name&, const Name&) = default;
};

namespace ns {
constexpr std::string_view dav = "DAV:";                             // RFC 4918
constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav"; // RFC 4791
constexpr std::string_view calendarserver = "http://calendarserver.org/ns/";
constexpr std::string_view apple = "http://apple.com/ns/ical/";
} // namespace ns

inline Name dav(std::string_view local) {
    return {std::string(ns::dav), std::string(local)};
}
inline Name cal(std::string_view local) {
    return {std::string(ns::caldav), std::string(local)};
}
inline Name cs(std::string_view local) {
    return {std::string(ns::calendarserver), std::string(local)};
}
inline Name apple(std::string_view local) {
    return {std::string(ns::apple), std::string(local)};
}

} // namespace caldav
