#include "domain/calendars.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace domain {

namespace {

// The events of sessions and those with attachments, if their links begin with another public URL
// than the policy's.
std::optional<std::vector<std::int64_t>>
objects_of_another_url(const storage::ReadTransaction& transaction, const Policy& policy) {
    if (transaction.facts().find(link_base_fact) == policy.public_url) {
        return std::nullopt;
    }
    std::vector<std::int64_t> objects;
    for (const storage::Session& session : transaction.sessions().list()) {
        if (session.object) {
            objects.push_back(*session.object);
        }
    }
    transaction.attachments().for_each([&](const storage::Attachment& attachment) {
        for (const storage::AttachmentUse& use : transaction.attachments().uses(attachment.id)) {
            objects.push_back(use.object);
        }
    });
    std::sort(objects.begin(), objects.end());
    objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
    return objects;
}

} // namespace

// A few sessions at a time, so that no other writer waits for all of them. Whoever is interrupted,
// or starts beside another node, does them again: that changes nothing.
core::Done Calendars::follow_public_url(storage::Store& store) const {
    constexpr std::size_t at_once = 10;
    const auto objects = store.read([&](const storage::ReadTransaction& transaction) {
        return objects_of_another_url(transaction, policy_);
    });
    if (!objects) {
        return {};
    }
    for (std::size_t begin = 0; begin < objects->size(); begin += at_once) {
        const auto few =
            std::span(*objects).subspan(begin, std::min(at_once, objects->size() - begin));
        TRYV(store.write([&](storage::WriteTransaction& transaction) -> core::Done {
            for (const std::int64_t id : few) {
                if (const auto object = transaction.objects().find(id)) {
                    settle_again(transaction, *object);
                }
            }
            return {};
        }));
    }
    return store.write([&](storage::WriteTransaction& transaction) -> core::Done {
        transaction.facts().set(link_base_fact, policy_.public_url);
        return {};
    });
}

} // namespace domain
