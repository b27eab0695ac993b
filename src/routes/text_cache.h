// Texts that are long to make and asked for again, by a tag that is another one whenever the text
// is. Holds so many bytes and no more; what was not asked for the longest goes first. Any thread.
#pragma once

#include "domain/feeds.h"

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace routes {

class TextCache final : public domain::KeptTexts {
public:
    explicit TextCache(std::size_t bytes_max);

    [[nodiscard]] Text find(const std::string& tag) override;
    // A text of more than half of what there is room for is not kept.
    void keep(const std::string& tag, Text text) override;

private:
    struct Entry {
        std::string tag;
        Text text;
    };

    const std::size_t bytes_max_;
    std::mutex mutex_;
    std::list<Entry> entries_; // asked for last: first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_tag_;
    std::size_t bytes_ = 0;
};

} // namespace routes
