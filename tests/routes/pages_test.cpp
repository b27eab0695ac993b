#include "src/routes/assets.h"
#include "src/routes/pages.h"
#include "tests/routes/site_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace routes {

namespace {

constexpr core::Instant start{1'795'704'300}; // Thursday 2026-11-26T14:45:00Z

domain::JoinView view_of(domain::JoinState state) {
    domain::JoinView view;
    view.state = state;
    view.participant.name = "Paul Patient";
    view.title = "Video consultation with Dr Anna Chen";
    view.with = {"Dr Anna Chen"};
    view.time = core::Interval{start, start + 45 * 60};
    view.window = domain::access_window(*view.time, storage::Role::guest, domain::Policy{});
    view.time_zone = "UTC";
    return view;
}

std::string page_of(const domain::JoinView& view) {
    return render_join_page({view, "TOKEN", start - 3600});
}

} // namespace

TEST(Pages, EveryStateHasItsWordsAndOnlyItsControls) {
    using domain::JoinState;
    struct Row {
        JoinState state;
        const char* words;
        bool button;
        bool calendar;
        bool countdown;
    };
    const std::vector<Row> table{
        {JoinState::early, "Upcoming", false, true, true},
        {JoinState::open, "Open now", true, true, false},
        {JoinState::over, "This session has ended", false, false, false},
        {JoinState::cancelled, "This session was cancelled", false, false, false},
        {JoinState::removed, "This link is not valid any more", false, false, false},
        {JoinState::unknown, "We do not know this link", false, false, false},
    };

    for (const Row& row : table) {
        const std::string page = page_of(view_of(row.state));

        EXPECT_TRUE(has(page, row.words)) << row.words;
        EXPECT_EQ(has(page, "<button"), row.button) << row.words;
        EXPECT_EQ(has(page, "/session.ics"), row.calendar) << row.words;
        EXPECT_EQ(has(page, "Opens in"), row.countdown) << row.words;
    }
}

TEST(Pages, UnknownAndRemovedLinksSayNothingOfTheSession) {
    for (const auto state : {domain::JoinState::unknown, domain::JoinState::removed}) {
        const std::string page = page_of(view_of(state));

        EXPECT_FALSE(has(page, "Anna"));
        EXPECT_FALSE(has(page, "Paul"));
        EXPECT_FALSE(has(page, "T14:4")); // neither start nor opening
        EXPECT_FALSE(has(page, "November"));
    }
}

TEST(Pages, EarlyPageSaysWhoWhenAndFromWhen) {
    const std::string page = page_of(view_of(domain::JoinState::early));

    for (const char* part :
         {"Dr Anna Chen", "Paul Patient", "Thursday, 26 November 2026", "14:45 – 15:30", "UTC",
          "55 minutes", "14:40", "5 minutes before the start", "Keep this link",
          "data-opens=\"2026-11-26T14:40:00Z\"", "datetime=\"2026-11-26T14:45:00Z\""}) {
        EXPECT_TRUE(has(page, part)) << part;
    }
}

TEST(Pages, OtherZoneIsNamedBesideUtc) {
    domain::JoinView view = view_of(domain::JoinState::early);
    view.time_zone = "Australia/Sydney";
    view.zone = *ical::find_zone("Australia/Sydney");

    const std::string page = page_of(view);

    EXPECT_TRUE(has(page, "Friday, 27 November 2026"));
    EXPECT_TRUE(has(page, "01:45 – 02:30"));
    EXPECT_TRUE(has(page, "Australia/Sydney time · Thursday, 26 November 2026, 14:45 – 15:30 UTC"));
}

TEST(Pages, WholeDaysShowNoTimes) {
    domain::JoinView view = view_of(domain::JoinState::early);
    view.time = core::Interval{{start.seconds - start.seconds % 86'400},
                               {start.seconds - start.seconds % 86'400 + 86'400}};
    view.all_day = true;

    const std::string page = page_of(view);

    EXPECT_TRUE(has(page, "Thursday, 26 November 2026"));
    EXPECT_FALSE(has(page, "class=\"times\""));
}

TEST(Pages, HostIsAddressedAsHost) {
    domain::JoinView view = view_of(domain::JoinState::over);
    view.participant.role = storage::Role::host;

    EXPECT_TRUE(has(page_of(view), "make it longer in your calendar"));
    EXPECT_FALSE(has(page_of(view), "contact your practice"));
}

TEST(Pages, WhatPeopleChoseIsTextAndNothingElse) {
    const std::vector<std::string> hostile{"<script>alert(1)</script>",
                                           "\"><img src=x onerror=alert(1)>",
                                           "' onmouseover='alert(1)",
                                           "</title><script>",
                                           "{{>head}}",
                                           "{{{title}}}",
                                           "{{#with}}x{{/with}}",
                                           "{{=<% %>=}}",
                                           "&lt;b&gt;"};

    for (const std::string& text : hostile) {
        domain::JoinView view = view_of(domain::JoinState::early);
        view.title = text;
        view.with = {text};
        view.participant.name = text;
        view.time_zone = text;
        const std::string page = page_of(view);
        const std::string plain = page_of(view_of(domain::JoinState::early));

        // The text is there, escaped; the page's own markup is what it is without it.
        EXPECT_TRUE(has(page, core::xml_escaped(text))) << text;
        const auto tags = [](const std::string& html) {
            return std::count(html.begin(), html.end(), '<');
        };
        EXPECT_EQ(tags(page), tags(plain)) << text;
        EXPECT_FALSE(has(page, "=\"\"><img")) << text;
    }
}

TEST(Pages, NamesCannotTurnTheTextAroundThem) {
    domain::JoinView view = view_of(domain::JoinState::early);
    view.participant.name = "Paul\u202Egnp.exe";

    const std::string page = page_of(view);

    EXPECT_FALSE(has(page, "\u202E"));
    EXPECT_TRUE(has(page, "<bdi>Paulgnp.exe</bdi>"));
}

TEST(Pages, TokenIsEncodedInAddresses) {
    const domain::JoinView view = view_of(domain::JoinState::open);

    const std::string page = render_join_page({view, "\"/><x", start});

    EXPECT_TRUE(has(page, "action=\"/j/%22%2F%3E%3Cx/enter\""));
}

TEST(Pages, EveryPageIsCompleteAndFetchesNothingFromElsewhere) {
    std::vector<std::string> pages{render_landing_page("https://clinic.example"),
                                   render_message_page("Not Found", {"Nothing is here."})};
    for (const auto state : {domain::JoinState::early, domain::JoinState::open,
                             domain::JoinState::over, domain::JoinState::unknown}) {
        pages.push_back(page_of(view_of(state)));
    }

    for (const std::string& page : pages) {
        EXPECT_TRUE(page.starts_with("<!doctype html>"));
        EXPECT_TRUE(has(page, "<html lang=\"en\">"));
        EXPECT_TRUE(has(page, "name=\"viewport\""));
        EXPECT_TRUE(has(page, "<main"));
        EXPECT_TRUE(has(page, "</html>"));
        EXPECT_FALSE(has(page, "{{"));
        EXPECT_FALSE(has(page, "src=\"http"));
        EXPECT_FALSE(has(page, "href=\"http"));
        EXPECT_FALSE(has(page, "style=")); // the policy would block it
        EXPECT_FALSE(has(page, "onclick"));
    }
}

TEST(Pages, LandingPageShowsTheAddressForCalendarClients) {
    EXPECT_TRUE(
        has(render_landing_page("https://clinic.example"), "<code>https://clinic.example/</code>"));
}

TEST(Pages, RefusedAttemptIsExplained) {
    const domain::JoinView view = view_of(domain::JoinState::early);

    EXPECT_TRUE(has(render_join_page({view, "TOKEN", start - 3600, true}), "role=\"alert\""));
    EXPECT_FALSE(has(page_of(view), "role=\"alert\""));
}

} // namespace routes
