// The files of web/, carried by the program itself (cmake/embed.cmake).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace routes {

struct Asset {
    std::string_view name; // "site.css"
    std::string_view bytes;
    std::string_view version; // the beginning of the content's SHA-256
};

std::span<const Asset> assets();
const Asset* find_asset(std::string_view name); // null if there is none
// "/assets/site.css?v=VERSION": what it leads to never changes. `name` has to be embedded.
std::string asset_url(std::string_view name);
// The media type of what browsers may fetch; nothing for templates.
std::optional<std::string_view> media_type(std::string_view name);

} // namespace routes
