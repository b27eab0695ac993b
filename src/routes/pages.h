// The HTML pages, rendered from the templates in web/. Pure functions: the same input gives the
// same page. Everything that people chose (names, titles) is escaped by the template engine.
#pragma once

#include "core/time.h"
#include "domain/joining.h"

#include <string>
#include <string_view>
#include <vector>

namespace routes {

struct JoinPage {
    const domain::JoinView& view;
    std::string_view token; // as in the page's own address
    core::Instant now;
    bool refused = false; // the page answers an attempt to enter before the time
};

std::string render_join_page(const JoinPage& page);
// `origin` is the address that calendar clients are given, without a slash at the end.
std::string render_landing_page(std::string_view origin);
std::string render_message_page(std::string_view heading,
                                const std::vector<std::string>& paragraphs);

} // namespace routes
