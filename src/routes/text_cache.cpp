#include "src/routes/text_cache.h"

#include <utility>

namespace routes {

namespace {

constexpr std::size_t entry_bytes = 256; // about what an entry takes beside its tag and its text

std::size_t size_of(const std::string& tag, const TextCache::Text& text) {
    return tag.size() + text->size() + entry_bytes;
}

} // namespace

TextCache::TextCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

TextCache::Text TextCache::find(const std::string& tag) {
    const std::lock_guard lock(mutex_);
    const auto found = by_tag_.find(tag);
    if (found == by_tag_.end()) {
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().text;
}

void TextCache::keep(const std::string& tag, Text text) {
    const std::size_t bytes = size_of(tag, text);
    if (bytes > bytes_max_ / 2) {
        return;
    }
    const std::lock_guard lock(mutex_);
    if (by_tag_.contains(tag)) {
        return;
    }
    bytes_ += bytes;
    entries_.push_front({tag, std::move(text)});
    by_tag_.emplace(entries_.front().tag, entries_.begin());
    while (bytes_ > bytes_max_) {
        bytes_ -= size_of(entries_.back().tag, entries_.back().text);
        by_tag_.erase(entries_.back().tag);
        entries_.pop_back();
    }
}

} // namespace routes
