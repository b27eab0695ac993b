#include "caldav/proxy_members.h"

#include "caldav/errors.h"
#include "caldav/grantees.h"
#include "caldav/multistatus.h"
#include "core/limits.h"
#include "domain/teams.h"

#include <algorithm>
#include <string>

namespace caldav {

namespace {

storage::Level level_granted_by(ResourceKind proxy) {
    return proxy == ResourceKind::proxy_write ? storage::Level::write : storage::Level::read;
}

// The rights on the home when these are the proxy's members and nobody else is. The last word
// counts of one who was a member of the other proxy: nobody needs both.
core::Result<domain::Rights> with_members(const storage::ReadTransaction& transaction,
                                          const Resource& proxy, const Element* members,
                                          domain::Rights rights) {
    const storage::Level level = level_granted_by(proxy.kind);
    std::erase_if(rights, [&](const auto& right) { return right.second == level; });
    if (members == nullptr) {
        return rights;
    }
    for (const Element& member : members->children) {
        if (!member.is(dav("href"))) {
            continue;
        }
        const std::string grantee = TRY(find_grantee(transaction, member.text));
        if (grantee == proxy.owner) {
            return core::fail(core::Errc::forbidden, "Nobody acts for themselves.",
                              core::Condition::recognized_principal);
        }
        rights[grantee] = level;
    }
    if (rights.size() > core::limits::access_control_entries) {
        return core::fail(core::Errc::insufficient_storage, "These are too many.");
    }
    return rights;
}

core::Result<domain::Rights> apply(const storage::ReadTransaction& transaction,
                                   const Resource& proxy, const PropertyChange& change,
                                   domain::Rights rights) {
    if (!change.element.is(dav("group-member-set"))) {
        return core::fail(core::Errc::forbidden, "the server sets this property",
                          core::Condition::cannot_modify_protected_property);
    }
    return with_members(transaction, proxy, change.remove ? nullptr : &change.element,
                        std::move(rights));
}

} // namespace

core::Response change_proxy(const Call& call, storage::WriteTransaction& transaction,
                            const Resource& resource, const std::vector<PropertyChange>& changes) {
    domain::Rights rights = domain::rights_on(transaction, resource.owner, std::nullopt);
    std::vector<PropertyAnswer> answers;
    bool succeeded = true;
    for (const PropertyChange& change : changes) {
        auto changed = apply(transaction, resource, change, rights);
        PropertyAnswer answer{change.element.name, 200, "", core::Condition::none};
        if (changed) {
            rights = std::move(*changed);
        } else {
            succeeded = false;
            answer.status = status_of(changed.error().code);
            answer.condition = changed.error().condition;
        }
        answers.push_back(std::move(answer));
    }
    if (succeeded) {
        domain::replace_rights(transaction, resource.owner, std::nullopt, rights, call.who.login,
                               call.services.clock.now());
    } else {
        for (PropertyAnswer& answer : answers) {
            answer.status = answer.status == 200 ? 424 : answer.status;
        }
    }
    Multistatus answer;
    answer.add(resource.href, answers);
    return answer.finish();
}

} // namespace caldav
