// Tells cheaply that an object cannot match a filter: parsing each object of a calendar to look for
// a word costs some twenty times as much as looking for it in the text as it is stored.
#pragma once

#include "ical/filter.h"

#include <string>
#include <string_view>
#include <vector>

namespace ical {

class WordSearch {
public:
    explicit WordSearch(const ComponentFilter& filter);

    // False: no object of that text matches the filter. True says nothing.
    [[nodiscard]] bool may_match(std::string_view text) const;

private:
    struct Word {
        std::string text; // folded, not empty
        bool is_unicode = false;
    };

    void add_words(const ComponentFilter& filter);
    void add_word(const TextMatch& match);

    std::vector<Word> words_; // each stands in every match
};

} // namespace ical
