#include "src/routes/join.h"
#include "tests/routes/site_fixture.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace routes {

namespace {

namespace json = boost::json;

constexpr const char* paul = "paul@mail.example";
constexpr std::int64_t minute = 60;

// The session of tests/support/events.h: Monday 13:00 to 13:50 UTC; it is 09:00.
struct SessionSite : Clinic {
    std::string token;

    SessionSite() {
        EXPECT_TRUE(practice.put("one.ics", support::session_event()));
        token = support::attendee_token(practice.body("one.ics"), paul);
    }

    void at(std::int64_t minutes_after_start) {
        practice.clock.set(support::monday_nine + (4 * 60 + minutes_after_start) * minute);
    }
    [[nodiscard]] std::string page() const { return "/j/" + token; }

    // Brings the session into that state.
    void become(domain::JoinState state) {
        switch (state) {
        case domain::JoinState::early:
            return at(-6);
        case domain::JoinState::open:
            return at(-5);
        case domain::JoinState::over:
            return at(50);
        case domain::JoinState::cancelled:
            return practice.remove("one.ics");
        case domain::JoinState::removed: {
            const std::string other = "ORGANIZER:mailto:anna@clinic.example\n"
                                      "ATTENDEE:mailto:somebody.else@mail.example\n";
            EXPECT_TRUE(practice.put("one.ics", support::event(support::afternoon + other)));
            return;
        }
        case domain::JoinState::unknown:
            token.back() = token.back() == 'A' ? 'B' : 'A';
            return;
        }
    }

    std::size_t attempts() {
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            const auto claim = domain::read_token(practice.keys.join, token);
            return claim ? transaction.sessions().attempts(claim->participant, 100).size() : 0;
        });
    }
};

struct StateRow {
    domain::JoinState state;
    int look;
    int enter;
    const char* words;
};

const std::vector<StateRow>& states() {
    using domain::JoinState;
    static const std::vector<StateRow> rows{
        {JoinState::early, 200, 403, "Opens in"},
        {JoinState::open, 200, 303, "Join the session"},
        {JoinState::over, 410, 410, "This session has ended"},
        {JoinState::cancelled, 410, 410, "This session was cancelled"},
        {JoinState::removed, 410, 410, "This link is not valid any more"},
        {JoinState::unknown, 404, 404, "We do not know this link"},
    };
    return rows;
}

void expect_kept_secret(const core::Response& response) {
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
    EXPECT_EQ(field(response, "X-Robots-Tag"), "noindex, nofollow");
    EXPECT_EQ(field(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_FALSE(response.headers.has("Set-Cookie"));
}

} // namespace

TEST(Join, EveryStateHasItsStatusAndItsPage) {
    for (const StateRow& row : states()) {
        SessionSite site;
        site.become(row.state);

        const auto response = site.get(site.page());

        EXPECT_EQ(response.status, row.look) << row.words;
        EXPECT_TRUE(has(response.body, row.words)) << row.words;
        EXPECT_EQ(field(response, "Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(field(response, "Vary"), "Accept");
        expect_kept_secret(response);
    }
}

TEST(Join, EveryStateIsTheSameAsJson) {
    for (const StateRow& row : states()) {
        SessionSite site;
        site.become(row.state);

        const auto response = site.get(site.page(), {{"Accept", "application/json"}});
        const auto answer = json::parse(response.body).as_object();

        EXPECT_EQ(response.status, row.look);
        EXPECT_EQ(field(response, "Content-Type"), "application/json");
        EXPECT_EQ(answer.at("state").as_string(), std::string(domain::to_string(row.state)));
        EXPECT_TRUE(answer.contains("now"));
        expect_kept_secret(response);
    }
}

TEST(Join, JsonSaysWhatThePageShows) {
    SessionSite site;

    const auto response = site.get(site.page(), {{"Accept", "application/json"}});
    const auto answer = json::parse(response.body).as_object();

    EXPECT_EQ(answer.at("role").as_string(), "guest");
    EXPECT_EQ(answer.at("participant").as_object().at("name").as_string(), "Paul Patient");
    EXPECT_EQ(answer.at("start").as_string(), "2026-11-23T13:00:00Z");
    EXPECT_EQ(answer.at("end").as_string(), "2026-11-23T13:50:00Z");
    EXPECT_EQ(answer.at("opens").as_string(), "2026-11-23T12:55:00Z");
    EXPECT_EQ(answer.at("closes").as_string(), "2026-11-23T13:50:00Z");
    EXPECT_EQ(answer.at("time_zone").as_string(), "Europe/Berlin");
    EXPECT_EQ(answer.at("now").as_string(), "2026-11-23T09:00:00Z");
    EXPECT_EQ(answer.at("with").as_array().size(), 1U);
    const auto& links = answer.at("links").as_object();
    EXPECT_EQ(links.at("enter").as_string(), site.page() + "/enter");
    EXPECT_EQ(links.at("calendar").as_string(), site.page() + "/session.ics");
}

TEST(Join, JsonOfUnknownAndRemovedSaysNothingElse) {
    for (const auto state : {domain::JoinState::unknown, domain::JoinState::removed}) {
        SessionSite site;
        site.become(state);

        const auto response = site.get(site.page(), {{"Accept", "application/json"}});
        const auto answer = json::parse(response.body).as_object();

        EXPECT_EQ(answer.size(), 3U) << response.body; // state, links, now
        EXPECT_TRUE(answer.at("links").as_object().empty());
    }
}

TEST(Join, LookingChangesNothing) {
    for (const StateRow& row : states()) {
        SessionSite site;
        site.become(row.state);
        const std::string before = site.bytes_at_rest();

        for (const char* method : {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND", "POST"}) {
            site.send(method, site.page());
        }
        for (const char* path : {"/enter", "/session.ics"}) {
            site.get(site.page() + path);
            site.send("HEAD", site.page() + path);
        }

        EXPECT_TRUE(site.bytes_at_rest() == before) << row.words;
    }
}

TEST(Join, PostAdmitsInsideTheWindowAndSaysWhyNotOutside) {
    for (const StateRow& row : states()) {
        SessionSite site;
        site.become(row.state);

        const auto response = site.send("POST", site.page() + "/enter");

        EXPECT_EQ(response.status, row.enter) << row.words;
        expect_kept_secret(response);
        const bool admitted = row.enter == 303;
        EXPECT_EQ(field(response, "Location").starts_with("https://meet.example.org/"), admitted);
        EXPECT_EQ(has(response.body, row.words), !admitted) << row.words;
    }
}

TEST(Join, WindowOpensAndClosesToTheSecond) {
    SessionSite site;
    struct Row {
        std::int64_t seconds_after_start;
        int status;
    };
    const std::vector<Row> table{{-5 * minute - 1, 403},
                                 {-5 * minute, 303},
                                 {0, 303},
                                 {50 * minute - 1, 303},
                                 {50 * minute, 410}};

    for (const Row& row : table) {
        site.at(0);
        site.practice.clock.advance(row.seconds_after_start);

        EXPECT_EQ(site.send("POST", site.page() + "/enter").status, row.status)
            << row.seconds_after_start;
    }
}

TEST(Join, AttemptsAreRecorded) {
    SessionSite site;

    site.send("POST", site.page() + "/enter");
    site.at(0);
    site.send("POST", site.page() + "/enter");

    EXPECT_EQ(site.attempts(), 2U);
}

TEST(Join, AttemptsByTheDozenAreToldToWait) {
    SessionSite site;
    core::Response response;
    for (int i = 0; i < 31; ++i) {
        response = site.send("POST", site.page() + "/enter");
    }

    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(field(response, "Retry-After"), "60");
    EXPECT_EQ(site.attempts(), 30U);
}

TEST(Join, JsonClientIsToldTheAddressOfTheCall) {
    SessionSite site;
    site.at(0);

    const auto response =
        site.send("POST", site.page() + "/enter", {{"Accept", "application/json"}});
    const auto answer = json::parse(response.body).as_object();

    EXPECT_EQ(response.status, 303);
    EXPECT_EQ(answer.at("call_url").as_string(), field(response, "Location"));
}

TEST(Join, PressedOnAnotherSiteIsRefused) {
    SessionSite site;
    site.at(0);
    struct Row {
        const char* sec_fetch_site;
        int status;
    };

    for (const Row& row : {Row{"cross-site", 403}, Row{"same-origin", 303}, Row{"same-site", 303},
                           Row{"none", 303}}) {
        const auto response =
            site.send("POST", site.page() + "/enter",
                      {{"Sec-Fetch-Site", row.sec_fetch_site}, {"Origin", "null"}});
        EXPECT_EQ(response.status, row.status) << row.sec_fetch_site;
    }
    EXPECT_EQ(site.attempts(), 3U);
}

TEST(Join, AddressOfTheFormLeadsBackToThePage) {
    SessionSite site;

    for (const char* method : {"GET", "HEAD"}) {
        const auto response = site.send(method, site.page() + "/enter");

        EXPECT_EQ(response.status, 303);
        EXPECT_EQ(field(response, "Location"), site.page());
        expect_kept_secret(response);
    }
}

TEST(Join, SeriesLinkLeadsToItsOccurrence) {
    Clinic site;
    ASSERT_TRUE(
        site.practice.put("one.ics", support::session_event("RRULE:FREQ=WEEKLY;COUNT=4\n")));
    const std::string series = support::attendee_token(site.practice.body("one.ics"), paul);

    const auto response = site.get("/j/" + series);
    const std::string location = field(response, "Location");

    EXPECT_EQ(response.status, 302);
    EXPECT_TRUE(location.starts_with("/j/"));
    EXPECT_NE(location, "/j/" + series);
    EXPECT_EQ(site.get(location).status, 200);
    expect_kept_secret(response);
}

TEST(Join, RescheduledSessionShowsItsNewTimeUnderTheSameLink) {
    SessionSite site;
    const std::string later = "DTSTART;TZID=Europe/Berlin:20261124T100000\n"
                              "DTEND;TZID=Europe/Berlin:20261124T105000\n"
                              "SUMMARY:Follow-up\n";

    ASSERT_TRUE(site.practice.put("one.ics", support::event(later + support::invited)));

    EXPECT_TRUE(has(site.get(site.page()).body, "Tuesday, 24 November 2026"));
}

TEST(Join, CalendarFileHoldsThisLinkAndNobodyElse) {
    SessionSite site;

    const auto response = site.get(site.page() + "/session.ics");

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(field(response, "Content-Type"), "text/calendar; charset=utf-8; method=PUBLISH");
    EXPECT_EQ(field(response, "Content-Disposition"), "attachment; filename=\"session.ics\"");
    EXPECT_TRUE(has(response.body, "BEGIN:VEVENT"));
    EXPECT_FALSE(has(response.body, paul));
    expect_kept_secret(response);
}

TEST(Join, CalendarFileOfAGoneSessionIsRefused) {
    SessionSite cancelled;
    cancelled.become(domain::JoinState::cancelled);
    SessionSite unknown;
    unknown.become(domain::JoinState::unknown);

    EXPECT_EQ(cancelled.get(cancelled.page() + "/session.ics").status, 410);
    EXPECT_EQ(unknown.get(unknown.page() + "/session.ics").status, 404);
}

TEST(Join, TokensThatAreNoneAreUnknown) {
    SessionSite site;
    const std::vector<std::string> tokens{"x",
                                          std::string(255, 'A'),
                                          "%3Cscript%3E",
                                          "%E2%80%AE",
                                          "~",
                                          site.token.substr(1),
                                          site.token + "A",
                                          site.token.substr(0, 16) + std::string(22, '~'),
                                          "%00"};

    for (const std::string& token : tokens) {
        const auto response = site.get("/j/" + token);
        EXPECT_TRUE(response.status == 404 || response.status == 400) << token;
        EXPECT_FALSE(has(response.body, "<script>")) << token;
        EXPECT_FALSE(has(response.body, "Anna")) << token;
    }
}

TEST(Join, FormMayLeadToTheCallsOrigin) {
    struct Row {
        const char* call_url;
        const char* source;
    };
    const std::vector<Row> table{
        {"https://meet.example.org/{room}", "https://meet.example.org"},
        {"HTTPS://meet.example.org:8443/a/{room}?x", "https://meet.example.org:8443"},
        {"https://{room}.meet.example.org/", "https://*.meet.example.org"},
        {"https://meet-{room}.example.org/", "https:"},
        {"https://a;script-src b/{room}", "https:"},
        {"https:///{room}", "https:"},
        {"javascript://x/{room}", ""},
        {"nonsense", ""},
        {"", "https://clinic.example"}, // our own /call/ROOM, at the public address
    };

    for (const Row& row : table) {
        domain::Policy policy;
        policy.public_url = "https://clinic.example";
        policy.call_url = row.call_url;

        EXPECT_EQ(call_source(policy), row.source) << row.call_url;
    }
}

TEST(Join, PolicyOfThePageRunsNothingButOurOwnFiles) {
    SessionSite site;

    const std::string policy = field(site.get(site.page()), "Content-Security-Policy");

    for (const char* part : {"default-src 'none'", "script-src 'self'", "style-src 'self'",
                             "connect-src 'self'", "form-action 'self' https://meet.example.org;",
                             "base-uri 'none'", "frame-ancestors 'none'"}) {
        EXPECT_TRUE(has(policy, part)) << part;
    }
    EXPECT_FALSE(has(policy, "unsafe"));
}

TEST(Join, HostileNamesAreShownAsText) {
    SessionSite site;
    const std::string names = "ORGANIZER:mailto:anna@clinic.example\n"
                              "ATTENDEE;CN=\"<script>alert(1)</script>{{>head}}\":mailto:"
                              + std::string(paul) + "\n";
    ASSERT_TRUE(site.practice.put("one.ics", support::event(support::afternoon + names)));

    const auto page = site.get(site.page());
    const auto answer =
        json::parse(site.get(site.page(), {{"Accept", "application/json"}}).body).as_object();

    EXPECT_FALSE(has(page.body, "<script>alert"));
    EXPECT_TRUE(has(page.body, "&lt;script&gt;alert(1)&lt;/script&gt;{{&gt;head}}"));
    EXPECT_EQ(answer.at("participant").as_object().at("name").as_string(),
              "<script>alert(1)</script>{{>head}}");
}

} // namespace routes
