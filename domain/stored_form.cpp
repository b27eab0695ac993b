#include "domain/stored_form.h"

#include "core/crypto.h"
#include "core/strings.h"

#include <algorithm>
#include <span>

namespace domain {

std::string etag_of(std::string_view text) {
    constexpr std::size_t etag_bytes = 16;
    const core::Digest digest = core::sha256(text);
    return core::to_hex(std::span(digest).first(etag_bytes));
}

std::string schedule_tag_of(const ical::Object& object, std::string_view text) {
    const auto components = object.main_components();
    const bool schedules =
        std::any_of(components.begin(), components.end(), [](const ical::Component* component) {
            return component->find("ORGANIZER") != nullptr
                   && component->find("ATTENDEE") != nullptr;
        });
    return schedules ? etag_of(text) : "";
}

} // namespace domain
