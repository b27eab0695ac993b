#include "domain/notes_block.h"

#include "core/strings.h"
#include "domain/links.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace domain {

namespace {

constexpr std::string_view opener = "----( Video Call )----";
constexpr std::string_view closer = "---===---";
constexpr std::size_t block_lines_max = 12; // a client may have wrapped or spaced it

bool is_line(std::string_view line, std::string_view delimiter) {
    return core::trim(line) == delimiter;
}

bool holds_web_link(std::string_view line) {
    return core::icontains(line, "http://") || core::icontains(line, "https://");
}

struct Block {
    std::size_t last = 0; // the line that closes it
    bool foreign = false; // it holds somebody else's link and none of ours
};
std::optional<Block> block_at(const std::vector<std::string>& lines, std::size_t at) {
    Block block;
    bool ours = false;
    for (std::size_t i = at + 1; i < lines.size() && i <= at + block_lines_max; ++i) {
        if (is_line(lines[i], opener)) {
            return std::nullopt;
        }
        if (is_line(lines[i], closer)) {
            block.last = i;
            block.foreign = block.foreign && !ours;
            return block;
        }
        ours = ours || contains_join_link(lines[i]);
        block.foreign = block.foreign || holds_web_link(lines[i]);
    }
    return std::nullopt;
}

// The line without join links; nothing if only punctuation is left of it.
std::optional<std::string> without_links(std::string line) {
    bool found = false;
    while (const auto link = find_join_link(line)) {
        line.erase(link->begin, link->end - link->begin);
        found = true;
    }
    const bool only_punctuation = std::all_of(line.begin(), line.end(), [](char c) {
        return std::string_view(" \t\r<>()[]\"'.,").find(c) != std::string_view::npos;
    });
    if (found && only_punctuation) {
        return std::nullopt;
    }
    return line;
}

std::string join_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += (i == 0 ? "" : "\n") + lines[i];
    }
    return out;
}

void drop_blank_line_before_block(std::vector<std::string>& kept) {
    if (!kept.empty() && core::trim(kept.back()).empty()) {
        kept.pop_back();
    }
}

} // namespace

std::string add_notes_block(std::string_view notes, std::string_view link) {
    std::string out(notes);
    out += notes.empty() ? "" : "\n\n";
    out += opener;
    out += '\n';
    out += link;
    out += '\n';
    out += closer;
    return out;
}

std::string remove_notes_block(std::string_view notes) {
    std::vector<std::string> lines;
    for (const std::string_view line : core::split(notes, '\n')) {
        lines.emplace_back(line);
    }
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_line(lines[i], opener)) {
            const auto block = block_at(lines, i);
            if (block && block->foreign) {
                kept.insert(kept.end(), lines.begin() + static_cast<std::ptrdiff_t>(i),
                            lines.begin() + static_cast<std::ptrdiff_t>(block->last + 1));
            } else {
                drop_blank_line_before_block(kept);
            }
            i = block ? block->last : i;
        } else if (!is_line(lines[i], closer)) {
            if (auto line = without_links(lines[i])) {
                kept.push_back(std::move(*line));
            }
        }
    }
    return join_lines(kept);
}

} // namespace domain
