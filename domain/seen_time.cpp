#include "domain/seen_time.h"

#include "core/result.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace domain {

namespace {

constexpr std::string_view seen_time_fact = "seen_time";

std::optional<std::int64_t> number(const std::optional<std::string>& text) {
    std::int64_t value = 0;
    if (!text
        || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) {
        return std::nullopt;
    }
    return value;
}

} // namespace

core::Instant seen_time(storage::Store& store, core::Instant now, std::int64_t step_seconds) {
    return *store.write([&](storage::WriteTransaction& transaction) -> core::Result<core::Instant> {
        core::Instant seen = now;
        if (const auto before = number(transaction.facts().find(seen_time_fact))) {
            seen = std::min(now, core::Instant{*before} + step_seconds);
        }
        transaction.facts().set(seen_time_fact, std::to_string(seen.seconds));
        return seen;
    });
}

} // namespace domain
