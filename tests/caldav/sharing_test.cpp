// Sharing calendars from a calendar client: what the owner, the sharee and everybody else sees.
#include "core/limits.h"
#include "core/strings.h"
#include "tests/caldav/sharing_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace caldav::sharing_test {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

} // namespace

TEST_F(Sharing, AnInvitationIsANotificationAndGivesNothing) {
    EXPECT_THAT(types("anna", calendar), ElementsAre("collection", "calendar"));
    ASSERT_EQ(share(offer("mailto:bert@example.org")).status, 200);
    EXPECT_THAT(types("anna", calendar), ElementsAre("collection", "calendar", "shared-owner"));
    EXPECT_EQ(as("bert", "PROPFIND", calendar).status, 403);
    EXPECT_THAT(list("bert", home), Contains(notifications));
    EXPECT_THAT(types("bert", notifications), ElementsAre("collection", "notification"));
    EXPECT_EQ(find("bert", "/principals/bert/", "<S:notification-URL/>")
                  .find(cs("notification-URL"))
                  ->children.at(0)
                  .text,
              notifications);

    ASSERT_EQ(invitations().size(), 1U);
    const std::string notification = invitations().front();
    const auto seen =
        find("bert", notification, "<S:notificationtype/><D:getetag/><D:getcontenttype/>");
    EXPECT_TRUE(seen.find(cs("notificationtype"))->find(cs("invite-notification")) != nullptr);
    const auto body = as("bert", "GET", notification);
    EXPECT_EQ(seen.text(dav("getetag")), *body.headers.get("ETag"));
    EXPECT_EQ(seen.text(dav("getcontenttype")), *body.headers.get("Content-Type"));
    for (const char* part : {"<CS:invite-noresponse/>", "<CS:access><CS:read-write/></CS:access>",
                             "<CS:hosturl><D:href>/calendars/anna/calendar/</D:href></CS:hosturl>",
                             "<D:href>mailto:anna@example.org</D:href>",
                             "<CS:summary>Anna&apos;s work</CS:summary>"}) {
        EXPECT_THAT(core::replace_all(body.body, "&#39;", "&apos;"), HasSubstr(part));
    }
}

TEST_F(Sharing, AnAcceptedCalendarStandsInTheShareesHome) {
    server.put(calendar + "a.ics", support::simple_event("a"));
    const std::string href = shared();
    EXPECT_THAT(href, StartsWith(home));
    EXPECT_THAT(list("bert", home), Contains(href));
    EXPECT_THAT(types("bert", href), ElementsAre("collection", "calendar", "shared"));
    EXPECT_THAT(invitations(), IsEmpty());
    const auto seen = find("bert", href,
                           "<D:displayname/><D:owner/><S:shared-url/><S:allowed-sharing-modes/>"
                           "<C:schedule-calendar-transp/><D:acl/><D:resource-id/>");
    EXPECT_EQ(seen.text(dav("displayname")), "Anna's work");
    EXPECT_EQ(seen.find(dav("owner"))->children.at(0).text, "/principals/anna/");
    EXPECT_EQ(seen.find(cs("shared-url"))->children.at(0).text, calendar);
    EXPECT_EQ(seen.status_of(cs("allowed-sharing-modes")), 404);
    EXPECT_EQ(seen.status_of(dav("acl")), 404);
    EXPECT_NE(seen.find(cal("schedule-calendar-transp"))->find(cal("transparent")), nullptr);

    EXPECT_EQ(as("bert", "GET", href + "a.ics").body, as("anna", "GET", calendar + "a.ics").body);
    EXPECT_THAT(list("bert", href), ElementsAre(href, href + "a.ics"));
}

TEST_F(Sharing, EveryAnswerNamesWhatIsBelowTheShareesOwnAddress) {
    server.put(calendar + "a.ics", support::simple_event("a"));
    const std::string href = shared();
    const std::string all = "<C:calendar-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
                            "xmlns:D=\"DAV:\"><D:prop><D:getetag/></D:prop><C:filter>"
                            "<C:comp-filter name=\"VCALENDAR\"/></C:filter></C:calendar-query>";
    const std::string some = "<C:calendar-multiget xmlns:C=\"urn:ietf:params:xml:ns:caldav\" "
                             "xmlns:D=\"DAV:\"><D:prop><D:getetag/></D:prop><D:href>"
                             + href + "a.ics</D:href><D:href>" + href
                             + "none.ics</D:href></C:calendar-multiget>";
    const std::string sync = "<D:sync-collection xmlns:D=\"DAV:\"><D:sync-token/><D:sync-level>1"
                             "</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>";
    EXPECT_THAT(support::read_multistatus(as("bert", "REPORT", href, all)).hrefs(),
                ElementsAre(href + "a.ics"));
    EXPECT_THAT(support::read_multistatus(as("bert", "REPORT", href, some)).hrefs(),
                ElementsAre(href + "a.ics", href + "none.ics"));
    const auto first = support::read_multistatus(as("bert", "REPORT", href, sync));
    EXPECT_THAT(first.hrefs(), ElementsAre(href + "a.ics"));

    ASSERT_EQ(as("bert", "DELETE", href + "a.ics").status, 204);
    const auto second = support::read_multistatus(
        as("bert", "REPORT", href,
           core::replace_all(sync, "<D:sync-token/>",
                             "<D:sync-token>" + *first.sync_token + "</D:sync-token>")));
    EXPECT_THAT(second.hrefs(), ElementsAre(href + "a.ics"));
    EXPECT_EQ(second.responses.at(0).status, 404);
}

TEST_F(Sharing, WhatAShareePlansIsTheOwnersSession) {
    const std::string href = shared();
    const auto text = core::replace_all(support::simple_event("new"), "SUMMARY",
                                        "ORGANIZER:mailto:bert@example.org\r\n"
                                        "ATTENDEE:mailto:paul@mail.example\r\nSUMMARY");
    const auto put = as("bert", "PUT", href + "new.ics", text, {{"Content-Type", "text/calendar"}});
    ASSERT_EQ(put.status, 201) << put.body;
    EXPECT_EQ(*put.headers.get("Location"), href + "new.ics");
    EXPECT_EQ(as("anna", "GET", calendar + "new.ics").status, 200);
    EXPECT_TRUE(server.store->read([](const storage::ReadTransaction& transaction) {
        return transaction.sessions().find("anna", "new").has_value();
    }));
    const auto twice = as("bert", "PUT", href + "other.ics", text);
    EXPECT_EQ(support::read_error(twice)->href, href + "new.ics");

    const auto posted =
        as("bert", "POST", href, support::simple_event("p"), {{"Content-Type", "text/calendar"}});
    EXPECT_EQ(posted.status, 201);
    EXPECT_THAT(std::string(*posted.headers.get("Location")), StartsWith(href));
    EXPECT_EQ(
        as("bert", "MOVE", href + "new.ics", "", {{"Destination", href + "moved.ics"}}).status,
        201);
    EXPECT_EQ(as("anna", "GET", calendar + "moved.ics").status, 200);
    EXPECT_EQ(as("bert", "MOVE", href + "moved.ics", "", {{"Destination", home + "calendar/x.ics"}})
                  .status,
              403);
}

TEST_F(Sharing, AReadingShareeChangesNothingAndSeesNoLinks) {
    server.put(calendar + "a.ics",
               core::replace_all(support::simple_event("a"), "SUMMARY",
                                 "ORGANIZER:mailto:anna@example.org\r\n"
                                 "ATTENDEE:mailto:paul@mail.example\r\nSUMMARY"));
    const std::string href = shared("read");
    EXPECT_THAT(as("bert", "GET", href + "a.ics").body, Not(HasSubstr("/j/")));
    EXPECT_THAT(as("anna", "GET", calendar + "a.ics").body, HasSubstr("/j/"));
    for (const char* method : {"PUT", "DELETE"}) {
        EXPECT_EQ(as("bert", method, href + "a.ics", support::simple_event("a")).status, 403);
    }
    const auto refused = as("bert", "PUT", href + "n.ics", support::simple_event("n"));
    EXPECT_EQ(support::read_error(refused)->href, "");
    EXPECT_THAT(refused.body, HasSubstr("<D:href>" + href + "</D:href>"));
    EXPECT_THAT(refused.body, HasSubstr("<D:bind/>"));
}

TEST_F(Sharing, NameColourAndOrderAreTheSharees) { // R-A18
    const std::string href = shared("read");
    const auto change = [&](const std::string& properties) {
        return support::read_multistatus(
                   as("bert", "PROPPATCH", href,
                      "<D:propertyupdate xmlns:D=\"DAV:\" xmlns:A=\"http://apple.com/ns/ical/\" "
                      "xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:set><D:prop>"
                          + properties + "</D:prop></D:set></D:propertyupdate>"))
            .responses.at(0);
    };
    const auto done = change("<D:displayname>Mine</D:displayname><A:calendar-color>#112233"
                             "</A:calendar-color><A:calendar-order>7</A:calendar-order>"
                             "<x xmlns=\"urn:dead\">kept</x>");
    EXPECT_EQ(done.status_of(dav("displayname")), 200);
    const std::string properties =
        "<D:displayname/><A:calendar-color/><A:calendar-order/><x xmlns=\"urn:dead\"/>";
    const auto berts = find("bert", href, properties);
    EXPECT_EQ(berts.text(dav("displayname")), "Mine");
    EXPECT_EQ(berts.text(apple("calendar-color")), "#112233");
    EXPECT_EQ(berts.text(apple("calendar-order")), "7");
    EXPECT_EQ(berts.text({"urn:dead", "x"}), "kept");
    const auto annas = find("anna", calendar, properties);
    EXPECT_EQ(annas.text(dav("displayname")), "calendar");
    EXPECT_EQ(annas.status_of(apple("calendar-color")), 404);
    EXPECT_EQ(annas.status_of({"urn:dead", "x"}), 404);

    const auto refused = change("<C:calendar-description>no</C:calendar-description>"
                                "<D:displayname>Other</D:displayname>");
    EXPECT_EQ(refused.status_of(cal("calendar-description")), 403);
    EXPECT_EQ(refused.status_of(dav("displayname")), 424);
    EXPECT_EQ(find("bert", href, properties).text(dav("displayname")), "Mine");
}

TEST_F(Sharing, TheOwnerSeesWhoAnswered) {
    ASSERT_EQ(share(offer("mailto:bert@example.org", "read")).status, 200);
    const auto invite = [&](const std::string& who, const std::string& target) {
        const Element* found = nullptr;
        const auto response = find(who, target, "<S:invite/>");
        found = response.find(cs("invite"));
        return found == nullptr ? std::string() : to_xml(*found);
    };
    EXPECT_THAT(invite("anna", calendar), HasSubstr("invite-noresponse"));
    const std::string number = number_of(invitations().at(0));
    EXPECT_EQ(reply("declined", number).status, 204);
    EXPECT_THAT(invite("anna", calendar), HasSubstr("invite-declined"));
    ASSERT_EQ(share(offer("/principals/bert/", "read")).status, 200);
    const auto accepted = reply("accepted", number_of(invitations().at(0)));
    ASSERT_EQ(accepted.status, 200);
    const std::string href = read_xml(accepted.body)->find(dav("href"))->text;
    EXPECT_THAT(invite("anna", calendar), HasSubstr("invite-accepted"));
    EXPECT_THAT(invite("anna", calendar), HasSubstr("Bert B."));

    server.add_account("carl");
    ASSERT_EQ(share(offer("mailto:carl@example.org")).status, 200);
    EXPECT_THAT(invite("anna", calendar), HasSubstr("carl@example.org"));
    EXPECT_THAT(invite("bert", href), HasSubstr("bert@example.org"));
    EXPECT_THAT(invite("bert", href), Not(HasSubstr("carl")));
}

TEST_F(Sharing, DeletingASharedCalendarLeavesItWhereItIs) {
    server.put(calendar + "a.ics", support::simple_event("a"));
    const std::string href = shared();
    EXPECT_EQ(as("bert", "MOVE", href, "", {{"Destination", home + "else/"}}).status, 403);
    ASSERT_EQ(as("bert", "DELETE", href).status, 204);
    EXPECT_EQ(as("bert", "PROPFIND", href).status, 404);
    EXPECT_EQ(as("bert", "PROPFIND", calendar).status, 403);
    EXPECT_EQ(as("anna", "GET", calendar + "a.ics").status, 200);
}

TEST_F(Sharing, WhatTheOwnerTakesBackIsGone) {
    const std::string href = shared();
    ASSERT_EQ(share("<S:remove><D:href>mailto:bert@example.org</D:href></S:remove>").status, 200);
    EXPECT_EQ(as("bert", "PROPFIND", href).status, 404);
    EXPECT_EQ(as("bert", "PUT", href + "a.ics", support::simple_event("a")).status, 409);
    EXPECT_THAT(list("bert", home), Not(Contains(href)));
    EXPECT_THAT(types("anna", calendar), ElementsAre("collection", "calendar"));
    // Also by deleting the calendar.
    const std::string again = shared();
    ASSERT_EQ(as("anna", "DELETE", calendar).status, 204);
    EXPECT_EQ(as("bert", "PROPFIND", again).status, 404);
    EXPECT_THAT(list("bert", home), Not(Contains(again)));
}

TEST_F(Sharing, ATagOfTheHomeTellsOfChangesInSharedCalendars) {
    const std::string href = shared();
    const auto tag = [&] { return find("bert", home, "<S:getctag/>").text(cs("getctag")); };
    const std::string before = tag();
    EXPECT_EQ(tag(), before);
    server.put(calendar + "a.ics", support::simple_event("a"));
    EXPECT_NE(tag(), before);
}

TEST_F(Sharing, ADismissedNotificationIsGoneAndTheInvitationStays) {
    ASSERT_EQ(share(offer("mailto:bert@example.org")).status, 200);
    const std::string notification = invitations().at(0);
    const std::string number = number_of(notification);
    EXPECT_EQ(as("bert", "DELETE", notification).status, 204);
    EXPECT_EQ(as("bert", "DELETE", notification).status, 404);
    EXPECT_THAT(invitations(), IsEmpty());
    EXPECT_EQ(reply("accepted", number).status, 200);
    EXPECT_EQ(reply("accepted", number).status, 200); // and once more, as after a lost answer
}

TEST_F(Sharing, AnInvitationCanBeAnsweredByTheCalendarsAddress) {
    ASSERT_EQ(share(offer("mailto:bert@example.org")).status, 200);
    const auto answer = [&](const std::string& href) {
        return as("bert", "POST", home,
                  document("invite-reply", "<S:invite-accepted/><S:summary>My name</S:summary>"
                                           "<S:hosturl><D:href>"
                                               + href + "</D:href></S:hosturl>"),
                  xml);
    };
    EXPECT_EQ(answer("/calendars/anna/tasks/").status, 403);
    EXPECT_EQ(answer("").status, 403);
    const auto accepted = answer("https://cal.example.org" + calendar);
    ASSERT_EQ(accepted.status, 200) << accepted.body;
    const std::string href = read_xml(accepted.body)->find(dav("href"))->text;
    EXPECT_EQ(find("bert", href, "<D:displayname/>").text(dav("displayname")), "My name");
}

TEST_F(Sharing, WhoIsNotHereIsNamedAndTheOthersAreInvited) {
    const auto answer = support::read_multistatus(share(offer("mailto:nobody@example.org")
                                                        + offer("mailto:bert@example.org")
                                                        + offer("mailto:anna@example.org")));
    EXPECT_EQ(answer.responses.at(0).status, 403);
    EXPECT_EQ(answer.responses.at(1).status, 200);
    EXPECT_EQ(answer.responses.at(2).status, 403);
    EXPECT_EQ(invitations().size(), 1U);
}

TEST_F(Sharing, OnlyTheOwnerShares) {
    const std::string href = shared();
    server.add_account("carl");
    const std::string content = offer("mailto:carl@example.org");
    for (const std::string& target : {href, calendar}) {
        const auto refused = share(content, "bert", target);
        EXPECT_EQ(refused.status, 403);
        EXPECT_THAT(refused.body, HasSubstr("<D:write-acl/>"));
    }
    EXPECT_EQ(share(content, "carl").status, 403);
    EXPECT_EQ(share(content, "anna", "/calendars/anna/").status, 400); // no reply to an invitation
    EXPECT_EQ(share(content, "anna", "/calendars/anna/inbox/").status, 405);
    EXPECT_EQ(as("bert", "ACL", href, "<D:acl xmlns:D=\"DAV:\"/>").status, 403);
}

TEST_F(Sharing, NobodyElseSeesAnInvitationOrASharedCalendar) {
    ASSERT_EQ(share(offer("mailto:bert@example.org")).status, 200);
    const std::string notification = invitations().at(0);
    const std::string number = number_of(notification);
    server.add_account("eve");
    const auto trust = [&](storage::WriteTransaction& transaction) -> core::Done {
        transaction.grants().set(
            {"bert", std::nullopt, "eve", storage::Level::write, "test", server.clock.now()});
        return {};
    };
    for (const bool trusted : {false, true}) { // a delegate of bert's is nobody to anna
        if (trusted) {
            ASSERT_TRUE(server.store->write(trust));
        }
        for (const char* method : {"GET", "PROPFIND", "DELETE"}) {
            EXPECT_EQ(as("eve", method, notification).status, 403) << method;
        }
        EXPECT_EQ(as("eve", "PROPFIND", notifications).status, 403);
        EXPECT_EQ(reply("accepted", number, "eve").status, 403);
        EXPECT_EQ(reply("accepted", number, "eve", "/calendars/eve/").status, 403);
    }
    const auto accepted = reply("accepted", number);
    const std::string href = read_xml(accepted.body)->find(dav("href"))->text;
    server.put(calendar + "a.ics", support::simple_event("a"));
    EXPECT_THAT(list("eve", home), Not(Contains(href)));
    EXPECT_EQ(as("eve", "PROPFIND", href).status, 404);
    EXPECT_EQ(as("eve", "GET", href + "a.ics").status, 404);
    EXPECT_EQ(as("eve", "DELETE", href).status, 404);
    EXPECT_EQ(as("eve", "MKCOL", href).status, 405); // its name is taken all the same
    EXPECT_EQ(as("anna", "PROPFIND", href).status, 403);
}

TEST_F(Sharing, RefusesWhatItDoesNotUnderstand) {
    for (const std::string& content :
         {std::string("<S:set/>"), std::string("<S:remove/>"),
          std::string("<S:set><D:href>mailto:bert@example.org</D:href></S:set>"),
          "<S:set><D:href>mailto:bert@example.org</D:href><S:read/><S:read-write/></S:set>"
              + std::string()}) {
        EXPECT_EQ(share(content).status, 400) << content;
    }
    const auto post = [&](const std::string& target, const std::string& body,
                          const std::string& type) {
        return as(target == calendar ? "anna" : "bert", "POST", target, body,
                  {{"Content-Type", type}})
            .status;
    };
    for (const std::string& body : {std::string("<x"), document("other", "")}) {
        EXPECT_EQ(post(calendar, body, "application/xml"), 400) << body;
        EXPECT_EQ(post(home, body, "text/xml"), 400) << body;
    }
    // No form and no script of another page sends such a type unasked.
    EXPECT_EQ(post(calendar, document("share", ""), "text/plain"), 403);
    EXPECT_EQ(post(home, document("invite-reply", ""), "text/plain"), 415);
    const std::string long_text(core::limits::share_text_bytes + 1, 'x');
    EXPECT_EQ(
        share(core::replace_all(offer("mailto:bert@example.org"), "Anna's work", long_text)).status,
        413);
    std::string many;
    for (std::size_t i = 0; i <= core::limits::sharees_per_calendar; ++i) {
        many += offer("mailto:bert@example.org");
    }
    EXPECT_EQ(share(many).status, 413);
    EXPECT_EQ(reply("accepted", "none").status, 403);
    EXPECT_THAT(invitations(), IsEmpty());
    EXPECT_EQ(as("bert", "GET", notifications + "none.xml").status, 404);
    EXPECT_EQ(as("bert", "PUT", notifications + "none.xml", "x").status, 405);
    EXPECT_EQ(as("bert", "MKCALENDAR", notifications).status, 405);
}

} // namespace caldav::sharing_test
