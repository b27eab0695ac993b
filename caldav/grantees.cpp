#include "caldav/grantees.h"

#include "core/strings.h"
#include "core/uri.h"
#include "domain/addresses.h"

namespace caldav {

namespace {

// The ID of /principals/ID/; empty: it is something else.
std::string principal_id(std::string_view href) {
    const auto destination = core::parse_destination(core::trim(href));
    if (!destination) {
        return {};
    }
    const auto& segments = destination->target.segments;
    return segments.size() == 2 && segments[0] == "principals" ? segments[1] : std::string();
}

} // namespace

std::optional<storage::Account> find_account(const storage::ReadTransaction& transaction,
                                             std::string_view href) {
    href = core::trim(href);
    const bool is_address = core::istarts_with(href, "mailto:");
    const std::string key = is_address ? domain::normalise_address(href) : principal_id(href);
    if (key.empty() || key.find('\0') != std::string::npos || !core::is_valid_utf8(key)) {
        return std::nullopt; // an address may decode to anything
    }
    auto account =
        is_address ? transaction.accounts().find_by_email(key) : transaction.accounts().find(key);
    return account && !account->disabled ? account : std::nullopt;
}

core::Result<std::string> find_grantee(const storage::ReadTransaction& transaction,
                                       std::string_view href) {
    if (const auto account = find_account(transaction, href)) {
        return account->id;
    }
    if (const auto group = transaction.grants().group(principal_id(href))) {
        return group->id;
    }
    return core::fail(core::Errc::forbidden, "Nobody here is called " + std::string(href) + ".",
                      core::Condition::recognized_principal, std::string(core::trim(href)));
}

} // namespace caldav
