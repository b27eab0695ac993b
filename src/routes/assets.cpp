#include "src/routes/assets.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace routes {

namespace {

struct MediaType {
    std::string_view suffix;
    std::string_view type;
};

// Templates (.html) are missing on purpose: they are not for browsers.
constexpr std::array media_types{
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".svg", "image/svg+xml"},
    MediaType{".ico", "image/x-icon"},
};

} // namespace

const Asset* find_asset(std::string_view name) {
    const auto all = assets();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Asset& asset) { return asset.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::string asset_url(std::string_view name) {
    const Asset* asset = find_asset(name);
    assert(asset != nullptr);
    return "/assets/" + std::string(name) + "?v=" + std::string(asset->version);
}

std::optional<std::string_view> media_type(std::string_view name) {
    for (const MediaType& row : media_types) {
        if (name.ends_with(row.suffix)) {
            return row.type;
        }
    }
    return std::nullopt;
}

} // namespace routes
