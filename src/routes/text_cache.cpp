#include "src/routes/text_cache.h"

#include <utility>

namespace routes {

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
    if (text->size() > bytes_max_ / 2) {
        return;
    }
    const std::lock_guard lock(mutex_);
    if (by_tag_.contains(tag)) {
        return;
    }
    bytes_ += text->size();
    entries_.push_front({tag, std::move(text)});
    by_tag_.emplace(entries_.front().tag, entries_.begin());
    while (bytes_ > bytes_max_) {
        bytes_ -= entries_.back().text->size();
        by_tag_.erase(entries_.back().tag);
        entries_.pop_back();
    }
}

} // namespace routes
