#include "src/routes/json.h"

#include "core/http.h"
#include "src/routes/display.h"

#include <boost/json.hpp>

namespace routes {

namespace json = boost::json;

namespace {

constexpr std::size_t text_max = 1'000; // characters of a name or a title

json::string text(std::string_view value) {
    return json::string(display_text(value, text_max));
}

void add_session(json::object& answer, const domain::JoinView& view) {
    answer["title"] = text(view.title);
    answer["role"] = view.participant.role == storage::Role::host ? "host" : "guest";
    answer["participant"] = json::object{{"name", text(view.participant.name)}};
    json::array with;
    for (const std::string& name : view.with) {
        with.emplace_back(text(name));
    }
    answer["with"] = std::move(with);
    if (view.time) {
        answer["start"] = core::to_rfc3339(view.time->start);
        answer["end"] = core::to_rfc3339(view.time->end);
        answer["all_day"] = view.all_day;
        answer["time_zone"] = text(view.time_zone);
    }
    if (view.window) {
        answer["opens"] = core::to_rfc3339(view.window->opens);
        answer["closes"] = core::to_rfc3339(view.window->closes);
    }
    answer["session"] = text(view.session_id);
}

} // namespace

std::string problem_json(int status, std::string_view detail) {
    return json::serialize(json::object{
        {"title", core::reason_phrase(status)}, {"status", status}, {"detail", detail}});
}

std::string join_json(const domain::JoinView& view, std::string_view token, core::Instant now,
                      std::string_view call_url) {
    using domain::JoinState;
    json::object answer{{"state", domain::to_string(view.state)}};
    if (view.state != JoinState::unknown && view.state != JoinState::removed) {
        add_session(answer, view);
    }
    json::object links;
    if (view.state == JoinState::early || view.state == JoinState::open) {
        const std::string base = "/j/" + std::string(token);
        links["enter"] = base + "/enter";
        links["calendar"] = base + "/session.ics";
    }
    answer["links"] = std::move(links);
    if (!call_url.empty()) {
        answer["call_url"] = call_url;
    }
    answer["now"] = core::to_rfc3339(now);
    return json::serialize(answer);
}

} // namespace routes
