#include "domain/participants.h"

#include "core/strings.h"
#include "domain/addresses.h"

#include <algorithm>
#include <array>

namespace domain {

namespace {

// What other products put their links into.
constexpr std::array<std::string_view, 6> vendor_properties = {
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-OPENPAAS-VIDEOCONFERENCE",
    "X-TELEMOST-CONFERENCE"};

// Video services whose links people paste into the notes (the meeting programs that Thunderbird
// knows, and others).
constexpr std::array<std::string_view, 20> video_hosts = {
    "zoom.us/",         "teams.microsoft.com/", "teams.live.com/",
    "meet.google.com/", "webex.com/",           "meet.goto.com/",
    "gotomeeting.com/", "bluejeans.com/",       "meet.jit.si/",
    "8x8.vc/",          "whereby.com/",         "ringcentral.com/",
    "chime.aws/",       "facetime.apple.com/",  "doxy.me/",
    "coviu.com/",       "video.attend",         "vsee.com/",
    "skype.com/",       "bigbluebutton"};

bool contains_web_link(std::string_view text) {
    return core::icontains(text, "https://") || core::icontains(text, "http://");
}

bool mentions_video_service(std::string_view text) {
    return contains_web_link(text)
           && std::any_of(video_hosts.begin(), video_hosts.end(),
                          [&](std::string_view host) { return core::icontains(text, host); });
}

bool is_person(const ical::Property& attendee) {
    const std::string_view type = attendee.parameter("CUTYPE");
    return !core::iequals(type, "ROOM") && !core::iequals(type, "RESOURCE");
}

std::string address_of(const ical::Property& property) {
    return normalise_address(property.value());
}

void add_person(std::vector<Person>& people, const ical::Property& attendee,
                const AccountOfAddress& account_of_address) {
    const std::string address = address_of(attendee);
    if (address.empty()) {
        return;
    }
    const bool chairs = core::iequals(attendee.parameter("ROLE"), "CHAIR");
    const auto known = std::find_if(people.begin(), people.end(), [&](const Person& person) {
        return person.address == address;
    });
    if (known != people.end()) {
        if (known->name.empty()) {
            known->name = attendee.parameter("CN");
        }
        known->role = chairs ? storage::Role::host : known->role;
        return;
    }
    Person person;
    person.address = address;
    person.name = attendee.parameter("CN");
    person.account = account_of_address(address);
    person.role = chairs || person.account ? storage::Role::host : storage::Role::guest;
    people.push_back(std::move(person));
}

bool invites_somebody(const ical::Component& component, std::string_view host) {
    const auto attendees = component.find_all("ATTENDEE");
    return std::any_of(attendees.begin(), attendees.end(), [&](const ical::Property* attendee) {
        const std::string address = address_of(*attendee);
        return is_person(*attendee) && !address.empty() && address != host;
    });
}

} // namespace

std::string host_address(const ical::Object& event, const Owner& owner) {
    for (const ical::Component* component : event.main_components()) {
        if (const ical::Property* organizer = component->find("ORGANIZER")) {
            const std::string address = address_of(*organizer);
            return address.empty() ? owner.email : address;
        }
    }
    return owner.email;
}

std::vector<Person> people_of(const ical::Object& event, const Owner& owner,
                              const AccountOfAddress& account_of_address) {
    std::vector<Person> people;
    people.push_back({host_address(event, owner), owner.name, storage::Role::host, owner.account});
    for (const ical::Component* component : event.main_components()) {
        for (const ical::Property* attendee : component->find_all("ATTENDEE")) {
            if (is_person(*attendee)) {
                add_person(people, *attendee, account_of_address);
            }
        }
    }
    return people;
}

bool takes_part(const ical::Component& component, std::string_view address,
                std::string_view host_address) {
    if (address == host_address) {
        return true;
    }
    const auto attendees = component.find_all("ATTENDEE");
    return std::any_of(attendees.begin(), attendees.end(), [&](const ical::Property* attendee) {
        return is_person(*attendee) && address_of(*attendee) == address;
    });
}

bool is_session(const ical::Object& event, const Owner& owner) {
    if (event.kind != ical::Kind::event) {
        return false;
    }
    const std::string host = host_address(event, owner);
    bool somebody = false;
    for (const ical::Component* component : event.main_components()) {
        if (core::iequals(core::trim(component->value("X-APPOINTED-SESSION")), "NO")
            || brings_own_conference(*component)) {
            return false;
        }
        // Somebody else's meeting in which the owner is a guest: its organizer's server gives
        // links.
        if (host != owner.email && takes_part(*component, owner.email, host)) {
            return false;
        }
        somebody = somebody || invites_somebody(*component, host);
    }
    return somebody;
}

bool brings_own_conference(const ical::Component& component) {
    return std::any_of(component.properties.begin(), component.properties.end(),
                       [](const ical::Property& property) {
                           if (property.is("CONFERENCE")) {
                               return !core::trim(property.value()).empty();
                           }
                           if (property.is("URL") || property.is("LOCATION")) {
                               return contains_web_link(property.value());
                           }
                           if (property.is("DESCRIPTION")) {
                               return mentions_video_service(property.value());
                           }
                           return std::any_of(
                                      vendor_properties.begin(), vendor_properties.end(),
                                      [&](std::string_view name) { return property.is(name); })
                                  && !core::trim(property.value()).empty();
                       });
}

} // namespace domain
