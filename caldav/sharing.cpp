#include "caldav/sharing.h"

#include "caldav/errors.h"
#include "caldav/grantees.h"
#include "caldav/multistatus.h"
#include "caldav/properties_table.h"
#include "caldav/xml_reader.h"
#include "caldav/xml_writer.h"
#include "core/crypto.h"
#include "core/limits.h"
#include "core/strings.h"
#include "domain/sharing.h"

#include <algorithm>
#include <vector>

namespace caldav {

namespace {

// One CS:set or CS:remove.
struct ShareChange {
    std::string href;
    bool remove = false;
    domain::ShareOffer offer; // without whom
};

core::Result<std::string> text_of(const Element& parent, std::string_view local) {
    const Element* child = parent.find(cs(local));
    const std::string_view text = child == nullptr ? "" : core::trim(child->text);
    if (text.size() > core::limits::share_text_bytes) {
        return core::fail(core::Errc::too_large, "The text of an invitation is too long.");
    }
    return std::string(text);
}

core::Result<ShareChange> read_share_change(const Element& element) {
    ShareChange change;
    const Element* href = element.find(dav("href"));
    change.remove = element.is(cs("remove"));
    const bool reads = element.find(cs("read")) != nullptr;
    const bool writes = element.find(cs("read-write")) != nullptr;
    if (href == nullptr || (!change.remove && reads == writes)) {
        return core::fail(core::Errc::invalid_input,
                          "An invitation needs an href, and read or read-write.");
    }
    change.href = core::trim(href->text);
    change.offer.level = writes ? storage::Level::write : storage::Level::read;
    change.offer.sharee_name = TRY(text_of(element, "common-name"));
    change.offer.summary = TRY(text_of(element, "summary"));
    return change;
}

core::Result<std::vector<ShareChange>> parse_share(std::string_view body) {
    const Element root = TRY(read_xml(body));
    if (!root.is(cs("share"))) {
        return core::fail(core::Errc::invalid_input, "The body has to be a CS:share.");
    }
    std::vector<ShareChange> changes;
    for (const Element& child : root.children) {
        if (child.is(cs("set")) || child.is(cs("remove"))) {
            changes.push_back(TRY(read_share_change(child)));
        }
    }
    if (changes.size() > core::limits::sharees_per_calendar) {
        return core::fail(core::Errc::too_large, "These are too many at once.");
    }
    return changes;
}

core::Done apply_share_change(const Call& call, storage::WriteTransaction& transaction,
                              const storage::Collection& calendar, const ShareChange& change) {
    const auto account = find_account(transaction, change.href);
    if (!account || (account->disabled && !change.remove)) {
        return core::fail(core::Errc::forbidden, "Nobody here has this address.",
                          core::Condition::recognized_principal);
    }
    if (change.remove) {
        domain::uninvite(transaction, calendar, account->id, call.services.clock.now());
        return {};
    }
    domain::ShareOffer offer = change.offer;
    offer.sharee = account->id;
    if (offer.sharee_name.empty()) {
        offer.sharee_name = account->name;
    }
    return domain::invite(transaction, calendar, offer, call.services.clock.now());
}

// An invitation is answered by the number that it came with, or by the address of the calendar.
std::optional<storage::Share> find_invitation(const storage::ReadTransaction& transaction,
                                              const std::string& sharee, const Element& reply) {
    const auto known = transaction.shares().list_of_sharee(sharee);
    const Element* number = reply.find(cs("in-reply-to"));
    if (number != nullptr) {
        const std::string_view wanted = core::trim(number->text);
        const auto found = std::find_if(known.begin(), known.end(), [&](const auto& share) {
            return share.invitation == wanted;
        });
        return found == known.end() ? std::nullopt : std::optional(*found);
    }
    const Element* host = reply.find(cs("hosturl"));
    const Element* href = host == nullptr ? nullptr : host->find(dav("href"));
    const auto destination = href == nullptr ? core::Result<core::Destination>(nothing_here())
                                             : core::parse_destination(core::trim(href->text));
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& share) {
        const auto calendar = transaction.collections().find(share.collection);
        return destination && calendar
               && destination->target.segments
                      == std::vector<std::string>{"calendars", calendar->owner, calendar->name};
    });
    return found == known.end() ? std::nullopt : std::optional(*found);
}

core::Response shared_as(const storage::Share& share) {
    XmlWriter writer(cs("shared-as"));
    writer.element(dav("href"), collection_href(share.sharee, share.name));
    core::Response response;
    response.headers.set("Content-Type", "application/xml; charset=utf-8");
    response.body = writer.finish();
    return response;
}

core::Result<core::Response> answer(const Call& call, storage::WriteTransaction& transaction,
                                    const Resource& home, const Element& reply) {
    const bool accepts = reply.find(cs("invite-accepted")) != nullptr;
    const bool declines = reply.find(cs("invite-declined")) != nullptr;
    if (!reply.is(cs("invite-reply")) || accepts == declines) {
        return core::fail(core::Errc::invalid_input,
                          "An invite-reply is either accepted or declined.");
    }
    const std::string name = TRY(text_of(reply, "summary"));
    auto share = find_invitation(transaction, home.owner, reply);
    if (!share) {
        return core::fail(core::Errc::forbidden, "This invitation is not there any more.");
    }
    if (declines) {
        domain::decline(transaction, std::move(*share), call.services.clock.now());
        core::Response response;
        response.status = 204;
        return response;
    }
    if (!name.empty()) {
        share->display_name = name;
    }
    const std::string by = share->owner;
    return shared_as(domain::accept(transaction, std::move(*share), by, call.services.clock.now()));
}

} // namespace

// All that can be done is done; 207 says of whom it could not.
core::Result<core::Response> share_calendar(const Call& call) {
    const std::vector<ShareChange> changes = TRY(parse_share(call.request.body));
    return call.services.store.write(
        [&](storage::WriteTransaction& transaction) -> core::Result<core::Response> {
            const Resource resource = TRY(
                resolve_existing(transaction, call.target, call.who, domain::Privilege::write_acl));
            if (resource.kind != ResourceKind::calendar) {
                return core::fail(core::Errc::method_not_allowed, "Calendars are shared.");
            }
            Multistatus answers;
            bool all_well = true;
            for (const ShareChange& change : changes) {
                const auto done =
                    apply_share_change(call, transaction, *resource.collection, change);
                all_well = all_well && done;
                answers.add_status(change.href, done ? 200 : status_of(done.error().code),
                                   done ? core::Condition::none : done.error().condition);
            }
            return all_well ? core::Response() : answers.finish();
        });
}

core::Result<core::Response> answer_invitation(const Call& call) {
    const Element reply = TRY(read_xml(call.request.body));
    return call.services.store.write(
        [&](storage::WriteTransaction& transaction) -> core::Result<core::Response> {
            const Resource home = TRY(
                resolve_existing(transaction, call.target, call.who, domain::Privilege::write_acl));
            return answer(call, transaction, home, reply);
        });
}

void append_access(std::string& out, storage::Level level) {
    out += level == storage::Level::write ? "<CS:access><CS:read-write/></CS:access>"
                                          : "<CS:access><CS:read/></CS:access>";
}

void append_status(std::string& out, storage::ShareStatus status) {
    switch (status) {
    case storage::ShareStatus::unanswered:
        out += "<CS:invite-noresponse/>";
        return;
    case storage::ShareStatus::accepted:
        out += "<CS:invite-accepted/>";
        return;
    case storage::ShareStatus::declined:
        break;
    }
    out += "<CS:invite-declined/>";
}

void append_person(std::string& out, const storage::Account& account) {
    append_href(out, account.email.empty() ? principal_href(account.id)
                                           : "mailto:" + core::to_lower(account.email));
    out += "<CS:common-name>";
    core::append_xml_escaped(out, account.name);
    out += "</CS:common-name>";
}

std::string notification_text(const storage::ReadTransaction& transaction,
                              const storage::Share& invitation) {
    std::string content =
        "<CS:dtstamp>" + core::to_ical_utc(invitation.created)
        + "</CS:dtstamp><CS:invite-notification shared-type=\"calendar\"><CS:uid>";
    core::append_xml_escaped(content, invitation.invitation);
    content += "</CS:uid>";
    if (const auto sharee = transaction.accounts().find(invitation.sharee)) {
        append_href(content, sharee->email.empty() ? principal_href(sharee->id)
                                                   : "mailto:" + core::to_lower(sharee->email));
    }
    append_status(content, invitation.status);
    append_access(content, invitation.level);
    content += "<CS:hosturl>";
    const auto calendar = transaction.collections().find(invitation.collection);
    append_href(content,
                calendar ? collection_href(calendar->owner, calendar->name) : std::string());
    content += "</CS:hosturl><CS:organizer>";
    if (const auto owner = transaction.accounts().find(invitation.owner)) {
        append_person(content, *owner);
    }
    content += "</CS:organizer><CS:summary>";
    core::append_xml_escaped(content, invitation.summary);
    content += "</CS:summary></CS:invite-notification>";
    XmlWriter writer(cs("notification"));
    writer.raw(content);
    return writer.finish();
}

std::string notification_etag(std::string_view text) {
    constexpr std::size_t digits = 32;
    return core::to_hex(core::sha256(text)).substr(0, digits);
}

} // namespace caldav
