#include "domain/deliveries.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/answers.h"
#include "domain/invitations.h"
#include "domain/links.h"
#include "domain/scheduling_lines.h"
#include "domain/stored_form.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace domain {

namespace {

constexpr std::size_t deliveries_at_once = 10;
constexpr std::string_view status_parameter = "SCHEDULE-STATUS";

namespace delivery_status { // RFC 6638 section 3.2.9
constexpr std::string_view pending = "1.0";
constexpr std::string_view sent = "1.1"; // whether it arrives nobody says
constexpr std::string_view answered = "2.0";
constexpr std::string_view not_delivered = "5.1"; // another time it might
constexpr std::string_view no_such_guest = "5.2"; // not to that address
} // namespace delivery_status

constexpr std::array<std::string_view, 10> told_always = {
    "DTSTART", "DTEND",  "DURATION", "RRULE",         "RDATE",
    "EXDATE",  "STATUS", "TRANSP",   "RECURRENCE-ID", "UID"};
constexpr std::array<std::string_view, 3> told_in_full = {"SUMMARY", "LOCATION", "DESCRIPTION"};

template <class Names>
bool is_any_of(const ical::Property& line, const Names& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return line.is(name); });
}

// What guests may be told of, as it is written: the same moment written otherwise differs, and is
// found to have been told to nobody once the change has settled.
std::multiset<std::string> told_of(const ical::Object& event, const Policy& policy) {
    std::multiset<std::string> forms;
    for (const ical::Component* component : event.main_components()) {
        ical::Component shown;
        shown.name = component->name;
        for (const ical::Property& line : component->properties) {
            if (is_any_of(line, told_always)
                || (policy.guest_details == GuestDetails::full && is_any_of(line, told_in_full))) {
                shown.properties.push_back(line);
            }
        }
        forms.insert(ical::print(shown));
    }
    return forms;
}

const ical::Property* guest_line(const ical::Component& component, const std::string& address) {
    for (const ical::Property* line : component.find_all("ATTENDEE")) {
        if (normalise_address(line->value()) == address) {
            return line;
        }
    }
    return nullptr;
}

// What `component` was: the same occurrence, else the series.
const ical::Component* former_component(const ical::Object* former,
                                        const ical::Component& component) {
    if (former == nullptr) {
        return nullptr;
    }
    for (const ical::Component* was : former->main_components()) {
        if (was->value("RECURRENCE-ID") == component.value("RECURRENCE-ID")) {
            return was;
        }
    }
    return former->master();
}

bool set_delivery_status(ical::Property& line, std::string_view status) {
    if (line.parameter(status_parameter) == status) {
        return false;
    }
    if (status.empty()) {
        line.remove_parameter(status_parameter);
    } else {
        line.set_parameter(status_parameter, std::string(status));
    }
    return true;
}

bool is_about_a_change(const storage::Mail& mail) {
    return mail.subject == "new" || mail.subject == "changed" || mail.subject == "cancelled";
}

int badness(const storage::Mail& mail) {
    switch (mail.state) {
    case storage::MailState::sent:
        break;
    case storage::MailState::waiting:
        return 1;
    case storage::MailState::failed:
        return 2;
    }
    return 0;
}

// By recipient the mail of the last change, the worst if there was one for each occurrence.
std::map<std::string, storage::Mail> last_mails(const storage::Outbox& outbox,
                                                std::int64_t session) {
    std::map<std::string, storage::Mail> last;
    for (storage::Mail& mail : outbox.mails_of(session)) {
        if (!is_about_a_change(mail)) {
            continue;
        }
        const auto known = last.find(mail.recipient);
        if (known == last.end() || known->second.created < mail.created
            || (known->second.created == mail.created && badness(known->second) < badness(mail))) {
            last.insert_or_assign(mail.recipient, std::move(mail));
        }
    }
    return last;
}

// RFC 3463 section 2: of a mail server's answer, or of a report that came back.
bool is_permanent(const storage::Mail& failed) {
    std::string_view reason = failed.failure;
    if (reason.starts_with(came_back)) {
        reason.remove_prefix(came_back.size());
    }
    return reason.starts_with('5');
}

// Whoever answers has the mail, whatever a mail server says.
bool has_answered_since(const ical::Property& line, core::Instant written) {
    const std::string_view version = line.parameter(replied_parameter);
    const std::size_t slash = version.find('/');
    return slash != std::string_view::npos
           && version.substr(slash + 1) >= core::to_ical_utc(written);
}

std::string_view status_after(const ical::Property& line, const storage::Mail& mail) {
    if (has_answered_since(line, mail.created)) {
        return delivery_status::answered;
    }
    switch (mail.state) {
    case storage::MailState::waiting:
        return delivery_status::pending;
    case storage::MailState::sent:
        return delivery_status::sent;
    case storage::MailState::failed:
        break;
    }
    return is_permanent(mail) ? delivery_status::no_such_guest : delivery_status::not_delivered;
}

bool write_guest_statuses(ical::Object& event, const std::set<std::string>& guests,
                          const std::map<std::string, storage::Mail>& mails) {
    bool changed = false;
    for (ical::Component& component : event.calendar.components) {
        for (ical::Property& line : component.properties) {
            const std::string address =
                line.is("ATTENDEE") ? normalise_address(line.value()) : std::string();
            if (!guests.contains(address) || is_told_by_others(line)) {
                continue;
            }
            if (const auto mail = mails.find(address); mail != mails.end()) {
                changed = set_delivery_status(line, status_after(line, mail->second)) || changed;
            } else if (line.parameter(status_parameter) == delivery_status::pending) {
                changed = set_delivery_status(line, "") || changed; // there was nothing to tell
            }
        }
    }
    return changed;
}

void write_delivery(storage::WriteTransaction& transaction, const Calendars& calendars,
                    std::int64_t id) {
    const auto session = transaction.sessions().find(id);
    auto row = session && session->object ? transaction.objects().find(*session->object)
                                          : std::optional<storage::Object>();
    const auto collection =
        row ? transaction.collections().find(row->head.collection) : std::nullopt;
    if (!collection) {
        return; // the event is gone
    }
    std::set<std::string> guests;
    for (const storage::Participant& person : transaction.sessions().participants(id)) {
        if (gets_mail(person) && !person.removed) {
            guests.insert(person.address);
        }
    }
    auto event = ical::read_object(row->text, calendars.floating_zone(*collection));
    if (event && write_guest_statuses(*event, guests, last_mails(transaction.outbox(), id))) {
        calendars.put_statuses(transaction, std::move(*row), *event);
    }
}

} // namespace

bool mark_pending(ical::Object& event, const ical::Object* former, const IsGuest& is_guest,
                  const Policy& policy) {
    const bool is_changed = former == nullptr || told_of(event, policy) != told_of(*former, policy);
    bool changed = false;
    for (ical::Component& component : event.calendar.components) {
        const ical::Component* const was = former_component(former, component);
        for (ical::Property& line : component.properties) {
            if (!line.is("ATTENDEE") || is_told_by_others(line) || !is_guest(line)) {
                continue;
            }
            const ical::Property* const known =
                was == nullptr ? nullptr : guest_line(*was, normalise_address(line.value()));
            const bool is_news = is_changed || known == nullptr || is_told_by_others(*known);
            changed = set_delivery_status(line, is_news ? delivery_status::pending
                                                        : known->parameter(status_parameter))
                      || changed;
        }
    }
    return changed;
}

void note_delivery(storage::Outbox& outbox, const storage::Mail& mail, core::Instant now) {
    if (is_about_a_change(mail)) {
        outbox.note_delivery(mail.session, now);
    }
}

std::size_t write_deliveries(storage::Store& store, const Calendars& calendars, core::Instant now) {
    const auto done =
        store.write([&](storage::WriteTransaction& transaction) -> core::Result<std::size_t> {
            const auto due = transaction.outbox().due_deliveries(now, deliveries_at_once);
            for (const std::int64_t session : due) {
                write_delivery(transaction, calendars, session);
                transaction.outbox().delivery_written(session);
            }
            return due.size();
        });
    return done.value_or(0);
}

// Whom a mail reached modifies no event: its time of change stays, and so do feeds, which show it.
void Calendars::put_statuses(storage::WriteTransaction& transaction, storage::Object row,
                             const ical::Object& event) const {
    row.head.revision = transaction.collections().next_revision(row.head.collection);
    row.text = ical::print(event.calendar);
    if (!row.links.empty()) {
        row.links = placeholder_offsets(row.text);
    }
    row.head.etag = etag_of(row.text);
    row.head.size = static_cast<std::int64_t>(row.text.size());
    transaction.objects().update(row);
}

} // namespace domain
