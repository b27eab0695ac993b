#include "bench/session_loads.h"

#include "bench/dav_loads.h"
#include "core/clock.h"
#include "core/strings.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace bench {

namespace {

constexpr std::size_t feed_sessions = 1'000;
constexpr std::int64_t hour_seconds = 3'600;
constexpr std::string_view feed_calendar = "feed-of-1000";

// Sessions of the coming months, `guests` people in each.
Load sessions_load(Subject& subject, const std::string& calendar, std::size_t guests) {
    Load load;
    load.port = subject.port();
    const core::Instant first = core::SystemClock().now() + 24 * hour_seconds;
    load.request = [=, &subject](std::size_t number) {
        const auto count = static_cast<std::int64_t>(number % feed_sessions);
        SessionPlan plan;
        plan.uid = calendar + "-" + std::to_string(number);
        plan.start = first + 7 * hour_seconds * count;
        plan.host = "bench@practice.example";
        plan.name = calendar;
        plan.guests = guests;
        return to_bytes(
            subject.put_request(subject.path(calendar) + plan.uid + ".ics", session_text(plan)));
    };
    load.check = expect_status(201);
    return load;
}

void put_all(Load load, std::size_t count) {
    load.connections = std::min<std::size_t>(count, 32);
    load.requests_max = count;
    load.time_max = std::chrono::minutes(1);
    const LoadResult result = run_load(load);
    if (result.faults > 0 || result.answers != count) {
        throw std::runtime_error("a session was refused: " + result.first_fault);
    }
}

// The path of a URL.
std::string path_of(std::string_view url) {
    const auto authority = url.find("://") + 3;
    return std::string(core::trim(url.substr(url.find('/', authority))));
}

std::string feed_path(Subject& subject) {
    const std::string calendar(feed_calendar);
    const std::string reader = "guest0@" + calendar + ".example";
    const OneAnswer there = ask(subject.port(), subject.request("GET", subject.path(calendar)));
    if (there.status == 404) {
        subject.make_calendar(calendar);
        put_all(sessions_load(subject, calendar, 1), feed_sessions);
    }
    return path_of(subject.command({"feed", reader}));
}

} // namespace

Load put_sessions(Subject& subject) {
    constexpr std::size_t guests = 5;
    const std::string calendar = "put-with-guests";
    subject.make_calendar(calendar);
    return sessions_load(subject, calendar, guests);
}

Load read_feed(Subject& subject, bool unchanged) {
    const std::string path = feed_path(subject);
    Request request{"GET", path};
    if (unchanged) {
        const OneAnswer first = ask(subject.port(), request);
        const Answer answer{first.status, first.head, first.body};
        request.headers.emplace_back("If-None-Match", answer.field("ETag"));
    }
    Load load;
    load.port = subject.port();
    load.request = [bytes = to_bytes(request)](std::size_t) { return bytes; };
    load.check = [unchanged](const Answer& answer) -> std::string {
        if (answer.status != (unchanged ? 304 : 200)) {
            return "status " + std::to_string(answer.status);
        }
        const std::size_t found = count(answer.body, "BEGIN:VEVENT");
        return unchanged || found == feed_sessions ? "" : std::to_string(found) + " sessions";
    };
    return load;
}

Load read_changed_feed(Subject& subject) {
    Load feed = read_feed(subject, false);
    Load load = feed;
    load.request =
        [feed, change = sessions_load(subject, std::string(feed_calendar), 1)](std::size_t number) {
            return number % 2 == 0 ? change.request(0) : feed.request(0);
        };
    load.check = [feed](const Answer& answer) {
        return answer.status == 204 ? std::string() : feed.check(answer);
    };
    return load;
}

Load look_at_join_page(Subject& subject) {
    constexpr std::size_t token_length = 38;
    const std::string calendar = "join";
    subject.make_calendar(calendar);
    put_all(sessions_load(subject, calendar, 1), 1);
    const OneAnswer event =
        ask(subject.port(), subject.request("GET", subject.path(calendar) + calendar + "-0.ics"));
    const std::string text = core::replace_all(event.body, "\r\n ", "");
    const std::string_view parameter = between(text, "X-APPOINTED-JOIN=\"", "\"");
    if (parameter.size() < token_length) {
        throw std::runtime_error("the session has no link");
    }
    Request request{"GET", path_of(parameter)};
    request.headers.emplace_back("Accept", "text/html");
    Load load;
    load.port = subject.port();
    load.request = [bytes = to_bytes(request)](std::size_t) { return bytes; };
    load.check = [](const Answer& answer) -> std::string {
        if (answer.status != 200) {
            return "status " + std::to_string(answer.status);
        }
        return count(answer.body, "data-state=\"early\"") > 0 ? "" : "that is not the join page";
    };
    return load;
}

} // namespace bench
