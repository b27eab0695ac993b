#include "src/routes/answer.h"

#include "core/strings.h"
#include "core/uri.h"
#include "domain/answer_page.h"
#include "src/routes/pages.h"
#include "src/routes/replies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace routes {

namespace {

using FormFields = std::map<std::string, std::string>;

constexpr std::size_t form_bytes_max = 8'192; // 500 characters, each of four bytes and escaped

// What may follow the token: how the mail's links and our own redirects say what to show.
struct Path {
    std::string_view name;
    AnswerWanted wanted;
    std::string_view notice;
};
constexpr std::array paths{
    Path{"accept", AnswerWanted::accept, ""},
    Path{"decline", AnswerWanted::decline, ""},
    Path{"another-time", AnswerWanted::another_time, ""},
    Path{"answered", AnswerWanted::any, "Thank you. Your answer has been passed on."},
    Path{"asked", AnswerWanted::any,
         "We have asked your practice. The appointment stays as it is until they change it."},
};

// How a page is to look.
struct Showing {
    int status = 200;
    AnswerWanted wanted = AnswerWanted::any;
    std::string notice;
    std::string problem;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> statuses{
    std::pair{"accept", "ACCEPTED"}, std::pair{"maybe", "TENTATIVE"},
    std::pair{"decline", "DECLINED"}};

core::Response secret_page(int status, std::string html) {
    core::Response response = page_reply(status, std::move(html));
    keep_secret(response);
    return response;
}

core::Response answer_page(const Context& context, const std::string& token, Showing showing) {
    const Site& site = context.site;
    const domain::AnswerView view =
        site.store.read([&](const storage::ReadTransaction& transaction) {
            return domain::look_at_answer(transaction, token, site.clock.now(), site.policy,
                                          site.keys);
        });
    if (!view.can_answer()) {
        const int gone = view.session.state == domain::JoinState::unknown ? 404 : 410;
        return secret_page(gone, render_state_page(view.session.state));
    }
    return secret_page(showing.status,
                       render_answer_page({view, token, showing.wanted, std::move(showing.notice),
                                           std::move(showing.problem)}));
}

std::string value_of(const FormFields& form, const std::string& name) {
    const auto field = form.find(name);
    return field == form.end() ? std::string() : field->second;
}

std::optional<int> number_in(std::string_view text, std::size_t at, std::size_t count) {
    int value = 0;
    const std::string_view part = text.substr(at, count);
    const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
    return read.ec == std::errc() && read.ptr == part.data() + part.size() ? std::optional(value)
                                                                           : std::nullopt;
}

// "2026-11-26" and "15:00", as browsers send them.
std::optional<ical::WallTime> wall_time(std::string_view date, std::string_view time) {
    if (date.size() != 10 || date[4] != '-' || date[7] != '-' || time.size() < 5
        || time[2] != ':') {
        return std::nullopt;
    }
    const auto year = number_in(date, 0, 4);
    const auto month = number_in(date, 5, 2);
    const auto day = number_in(date, 8, 2);
    const auto hour = number_in(time, 0, 2);
    const auto minute = number_in(time, 3, 2);
    if (!year || !month || !day || !hour || !minute || *year < 1 || *month < 1 || *day < 1
        || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) {
        return std::nullopt;
    }
    const std::chrono::year_month_day civil{std::chrono::year(*year),
                                            std::chrono::month(static_cast<unsigned>(*month)),
                                            std::chrono::day(static_cast<unsigned>(*day))};
    if (!civil.ok()) {
        return std::nullopt;
    }
    const std::int64_t days = std::chrono::sys_days(civil).time_since_epoch().count();
    return ical::WallTime{days * core::day_seconds + *hour * 3'600 + *minute * 60};
}

core::Done answer(const Context& context, const std::string& token, const FormFields& form) {
    const Site& site = context.site;
    const core::Instant now = site.clock.now();
    const std::string said = value_of(form, "answer");
    const auto* const status = std::find_if(statuses.begin(), statuses.end(),
                                            [&](const auto& row) { return row.first == said; });
    const std::string scope = value_of(form, "scope");
    if (status == statuses.end() || (scope != "one" && scope != "all")) {
        return core::fail(core::Errc::invalid_input, "Please choose an answer.");
    }
    const domain::GivenAnswer given{status->second, scope == "all" ? domain::AnswerScope::all
                                                                   : domain::AnswerScope::one};
    return site.store.write([&](storage::WriteTransaction& transaction) {
        return domain::give_answer(transaction, site.calendars, token, given, now,
                                   context.client.address, site.policy, site.keys);
    });
}

core::Done propose(const Context& context, const std::string& token, const FormFields& form) {
    const Site& site = context.site;
    const core::Instant now = site.clock.now();
    const auto wall = wall_time(value_of(form, "date"), value_of(form, "time"));
    if (!wall) {
        return core::fail(core::Errc::invalid_input, "Please say a day and a time.");
    }
    return site.store.write([&](storage::WriteTransaction& transaction) {
        const domain::AnswerView view =
            domain::look_at_answer(transaction, token, now, site.policy, site.keys);
        return domain::propose_time(
            transaction, token, {view.session.zone->to_instant(*wall), value_of(form, "comment")},
            now, site.policy, site.keys);
    });
}

int status_of(const core::Error& error) {
    switch (error.code) {
    case core::Errc::rate_limited:
        return 429;
    case core::Errc::invalid_input:
        return 400;
    default:
        return 409;
    }
}

} // namespace

core::Response show_answer(const core::Request& request, const core::Target& target,
                           const Context& context) {
    Showing showing;
    if (target.segments.size() > 2) {
        const auto* const path = std::find_if(paths.begin(), paths.end(), [&](const Path& row) {
            return row.name == target.segments[2];
        });
        if (path == paths.end()) {
            return error_reply(request, 404, "There is nothing at this address.");
        }
        showing.wanted = path->wanted;
        showing.notice = path->notice;
    }
    return answer_page(context, target.segments[1], std::move(showing));
}

core::Response take_answer(const core::Request& request, const core::Target& target,
                           const Context& context) {
    // As in join.cpp: a link is its own proof, but no other site is to answer for somebody.
    if (request.headers.get("Sec-Fetch-Site") == "cross-site") {
        return error_reply(request, 403,
                           "Please open your link itself and press the button on its page.");
    }
    const std::string& token = target.segments[1];
    const FormFields form =
        request.body.size() > form_bytes_max ? FormFields() : core::parse_query(request.body);
    const bool asks_time = value_of(form, "answer") == "another-time";
    const core::Done done =
        asks_time ? propose(context, token, form) : answer(context, token, form);
    if (!done) {
        return answer_page(context, token,
                           {status_of(done.error()),
                            asks_time ? AnswerWanted::another_time : AnswerWanted::any, "",
                            done.error().detail});
    }
    core::Response response = redirect(303, "/rsvp/" + core::encode_segment(token)
                                                + (asks_time ? "/asked" : "/answered"));
    keep_secret(response);
    return response;
}

} // namespace routes
