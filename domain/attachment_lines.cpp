#include "domain/attachment_lines.h"

#include "core/limits.h"
#include "core/strings.h"
#include "core/uri.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace domain {

namespace {

constexpr std::string_view managed_id_name = "MANAGED-ID";

// The server's parameters, as the line of that attachment has them.
bool says_the_same(const ical::Property& line, const ical::Property& right) {
    return line.value() == right.value()
           && std::all_of(right.parameters().begin(), right.parameters().end(),
                          [&](const ical::Parameter& parameter) {
                              return line.parameter(parameter.name) == parameter.values.front();
                          });
}

void correct(ical::Property& line, const ical::Property& right) {
    line.set_value(right.value());
    for (const ical::Parameter& parameter : right.parameters()) {
        line.set_parameter(parameter.name, parameter.values.front());
    }
    for (const std::string_view inline_only : {"VALUE", "ENCODING"}) {
        if (line.has_parameter(inline_only)) {
            line.remove_parameter(inline_only);
        }
    }
}

// Of events, tasks and the like. The ATTACH of an alarm is its sound.
template <class Visit>
void for_each_managed(ical::Component& calendar, const Visit& visit) {
    for (ical::Component& component : calendar.components) {
        for (ical::Property& property : component.properties) {
            if (!managed_id_of(property).empty()) {
                visit(property);
            }
        }
    }
}

std::set<std::string> managed_ids(ical::Component& calendar) {
    std::set<std::string> ids;
    for_each_managed(calendar,
                     [&](const ical::Property& line) { ids.emplace(managed_id_of(line)); });
    return ids;
}

bool may_come(const storage::ReadTransaction& transaction, const storage::Attachment& attachment,
              const AttachmentContext& context) {
    if (attachment.owner == context.owner) {
        return true;
    }
    const auto uses = transaction.attachments().uses(attachment.id);
    return std::any_of(uses.begin(), uses.end(), [&](const storage::AttachmentUse& use) {
        return use.owner == context.owner
               || (use.object != 0
                   && (use.object == context.object || use.object == context.copied_from));
    });
}

} // namespace

std::string_view managed_id_of(const ical::Property& property) {
    return property.is("ATTACH") ? core::trim(property.parameter(managed_id_name)) : "";
}

std::string attachment_url(std::string_view public_url, const storage::Attachment& attachment) {
    return std::string(public_url) + "/attachments/" + attachment.managed_id + "/"
           + core::encode_segment(attachment.file_name);
}

ical::Property attachment_line(std::string_view public_url, const storage::Attachment& attachment) {
    ical::Property line("ATTACH", attachment_url(public_url, attachment));
    line.set_parameter(std::string(managed_id_name), attachment.managed_id);
    line.set_parameter("FMTTYPE", attachment.content_type);
    line.set_parameter("FILENAME", attachment.file_name);
    line.set_parameter("SIZE", std::to_string(attachment.size));
    return line;
}

core::Result<AcceptedAttachments> accept_attachments(const storage::ReadTransaction& transaction,
                                                     ical::Component& calendar,
                                                     const AttachmentContext& context) {
    AcceptedAttachments accepted;
    const std::set<std::string> ids = managed_ids(calendar);
    if (ids.size() > core::limits::attachments_per_resource) {
        return core::fail(core::Errc::forbidden, "There are too many attachments.",
                          core::Condition::max_attachments_per_resource);
    }
    std::map<std::string, ical::Property, std::less<>> lines;
    for (const std::string& id : ids) {
        auto attachment = transaction.attachments().find(id);
        if (attachment && may_come(transaction, *attachment, context)) {
            lines.emplace(id, attachment_line(context.public_url, *attachment));
            accepted.attachments.push_back(std::move(*attachment));
        } else if (context.unknown == Unknown::refused) {
            return core::fail(core::Errc::forbidden,
                              "A MANAGED-ID is that of no attachment of this account.",
                              core::Condition::valid_managed_id);
        }
    }
    for_each_managed(calendar, [&](ical::Property& line) {
        const auto right = lines.find(managed_id_of(line));
        if (right == lines.end()) {
            line.remove_parameter(managed_id_name);
            accepted.changed = true;
        } else if (!says_the_same(line, right->second)) {
            correct(line, right->second);
            accepted.changed = true;
        }
    });
    return accepted;
}

void set_attachments(storage::WriteTransaction& transaction, std::int64_t object,
                     const std::vector<storage::Attachment>& attachments) {
    std::set<std::int64_t> former;
    for (const storage::Attachment& attachment : transaction.attachments().list_of_object(object)) {
        former.insert(attachment.id);
    }
    for (const storage::Attachment& attachment : attachments) {
        if (former.erase(attachment.id) == 0) {
            transaction.attachments().use(object, attachment.id);
        }
    }
    for (const std::int64_t left : former) {
        transaction.attachments().release(object, left);
    }
}

std::vector<storage::Attachment> attachments_in(const storage::ReadTransaction& transaction,
                                                const ical::Component& calendar) {
    std::set<std::string> ids;
    for (const ical::Component& component : calendar.components) {
        for (const ical::Property& property : component.properties) {
            ids.emplace(managed_id_of(property));
        }
    }
    ids.erase("");
    std::vector<storage::Attachment> known;
    for (const std::string& id : ids) {
        if (auto attachment = transaction.attachments().find(id)) {
            known.push_back(std::move(*attachment));
        }
    }
    return known;
}

} // namespace domain
