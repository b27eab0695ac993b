// Calendars that their owner shares with one account at a time: the invitation, what became of it,
// and how the calendar is shown in that account's home. The right itself is a Grant
// (storage/grants.h).
#pragma once

#include "core/time.h"
#include "storage/grants.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

// As stored: numbers stay what they are.
enum class ShareStatus { unanswered = 0, accepted = 1, declined = 2 };

struct Share {
    std::int64_t collection = 0;
    std::string sharee;     // Account::id
    std::string owner;      // Account::id of the collection's owner
    std::string invitation; // names it in the sharee's notifications
    Level level = Level::read;
    ShareStatus status = ShareStatus::unanswered;
    bool unread = false; // the sharee's notification is there
    std::string summary; // what the owner called it in the invitation
    std::string sharee_name;
    std::string name; // path segment in the sharee's home while accepted, else empty
    // The sharee's own; nothing: the owner's.
    std::optional<std::string> display_name;
    std::optional<std::string> color;
    std::optional<std::string> order;
    core::Instant created;
};

// Every change raises the revision of the sharee's home.
class Shares {
public:
    virtual ~Shares() = default;
    [[nodiscard]] virtual std::optional<Share> find(std::int64_t collection,
                                                    std::string_view sharee) const = 0;
    // Of those that are accepted.
    [[nodiscard]] virtual std::optional<Share> find_by_name(std::string_view sharee,
                                                            std::string_view name) const = 0;
    [[nodiscard]] virtual std::vector<Share> list(std::int64_t collection) const = 0; // by sharee
    [[nodiscard]] virtual std::vector<Share> list_of_sharee(std::string_view sharee) const = 0;
    virtual void set(const Share& share) = 0; // replaces
    // With its dead properties.
    virtual void remove(const Share& share) = 0;
};

} // namespace storage
