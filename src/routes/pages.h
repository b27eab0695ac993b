// The HTML pages, rendered from the templates in web/. Pure functions: the same input gives the
// same page. Everything that people chose (names, titles) is escaped by the template engine.
#pragma once

#include "core/time.h"
#include "domain/answer_page.h"
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

// What the link that led to the answer page says the guest wants; it acts on no link.
enum class AnswerWanted { any, accept, decline, another_time };
struct AnswerPage {
    const domain::AnswerView& view;
    std::string_view token; // as in the page's own address
    AnswerWanted wanted = AnswerWanted::any;
    std::string notice{};  // something was done; may be empty
    std::string problem{}; // something was not; may be empty
};
// Of a link that can be answered.
std::string render_answer_page(const AnswerPage& page);
// Says what became of the session of a link for which there is nothing to do.
std::string render_state_page(domain::JoinState state);
// `origin` is the address that calendar clients are given, without a slash at the end.
std::string render_landing_page(std::string_view origin);
std::string render_message_page(std::string_view heading,
                                const std::vector<std::string>& paragraphs);

} // namespace routes
