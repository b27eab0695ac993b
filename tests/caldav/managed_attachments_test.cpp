// RFC 8607: POST on an event, what PUT may say of attachments, and who has them.
#include "core/limits.h"
#include "tests/support/dav_fixture.h"

#include <gmock/gmock.h>

namespace managed_attachments_test {

using support::condition_of;
using support::DavServer;
using support::HeaderList;
using support::simple_event;
using testing::HasSubstr;
using testing::Not;

const std::string event_path = "/calendars/anna/calendar/a.ics";

std::string unfolded(std::string text) {
    for (std::size_t at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ")) {
        text.erase(at, 3);
    }
    return text;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

// Daily at 10:00 UTC from 2026-12-01, five times.
std::string series(const std::string& uid) {
    std::string text = simple_event(uid);
    text.insert(text.find("SUMMARY"), "RRULE:FREQ=DAILY;COUNT=5\r\n");
    return text;
}

// Of anna, with bert as its attendee.
std::string meeting(const std::string& uid) {
    std::string text = simple_event(uid);
    text.insert(text.find("SUMMARY"), "ORGANIZER:mailto:anna@example.org\r\n"
                                      "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.org\r\n"
                                      "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.org\r\n");
    return text;
}

class ManagedAttachments : public support::DavFixture {
protected:
    void SetUp() override { ASSERT_EQ(server.put(event_path, simple_event("a")).status, 201); }

    core::Response post(const std::string& query, const std::string& body = "words",
                        const HeaderList& more = {}, const std::string& account = "anna",
                        const std::string& path = event_path) {
        HeaderList headers{{"Content-Type", "text/plain"},
                           {"Content-Disposition", "attachment; filename=\"form.txt\""}};
        headers.insert(headers.end(), more.begin(), more.end());
        return server.send("POST", path + "?" + query, headers, body, account);
    }
    std::string add(const std::string& body = "words") {
        const core::Response response = post("action=attachment-add", body);
        EXPECT_EQ(response.status, 201) << response.body;
        return std::string(response.headers.get("Cal-Managed-ID").value_or(""));
    }
    std::string get(const std::string& path = event_path, const std::string& account = "anna") {
        return unfolded(server.send("GET", path, {}, {}, account).body);
    }
    std::vector<std::string> files() {
        std::vector<std::string> found;
        server.folder.for_each_older({std::int64_t{1} << 40},
                                     [&](const std::string& hash) { found.push_back(hash); });
        return found;
    }
    domain::AttachmentAccess access_of(const std::string& account, const std::string& id) {
        return server.store->read([&](const storage::ReadTransaction& transaction) {
            const auto attachment = transaction.attachments().find(id);
            const domain::Principal who{account, account, account, account + "@example.org",
                                        false,   false};
            return attachment ? domain::access_to_attachment(transaction, who, *attachment)
                              : domain::AttachmentAccess::none;
        });
    }
    void share_calendar(storage::Level level, const std::string& with) {
        const auto done =
            server.store->write([&](storage::WriteTransaction& transaction) -> core::Done {
                const auto calendar = transaction.collections().find("anna", "calendar");
                transaction.grants().set(
                    {"anna", calendar->id, with, level, "anna", server.clock.now()});
                return {};
            });
        ASSERT_TRUE(done);
    }
};

TEST_F(ManagedAttachments, AreAddedByPost) {
    const core::Response response = post("action=attachment-add");

    ASSERT_EQ(response.status, 201) << response.body;
    const std::string id(*response.headers.get("Cal-Managed-ID"));
    const std::string url(*response.headers.get("Location"));
    EXPECT_EQ(url, server.policy.public_url + "/attachments/" + id + "/form.txt");
    const core::Response event = server.send("GET", event_path);
    EXPECT_EQ(response.headers.get("ETag"), event.headers.get("ETag"));
    EXPECT_THAT(unfolded(event.body),
                HasSubstr("ATTACH;MANAGED-ID=" + id
                          + ";FMTTYPE=text/plain;FILENAME=form.txt;SIZE=5:" + url + "\r\n"));
    EXPECT_EQ(files(), std::vector{storage::content_hash("words")});
}

TEST_F(ManagedAttachments, ComeWithTheEventForWhoPrefersIt) {
    const core::Response response =
        post("action=attachment-add", "words", {{"Prefer", "return=representation"}});

    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.headers.get("Content-Location"), event_path);
    EXPECT_EQ(response.headers.get("Preference-Applied"), "return=representation");
    EXPECT_EQ(unfolded(response.body), get());
}

TEST_F(ManagedAttachments, GetAnotherIdWithAnUpdate) {
    const std::string id = add();

    const core::Response response = server.send(
        "POST", event_path + "?action=attachment-update&managed-id=" + id,
        {{"Content-Type", "application/pdf"}, {"Content-Disposition", "attachment;filename=b.pdf"}},
        "other");

    EXPECT_EQ(response.status, 204) << response.body;
    const std::string now(*response.headers.get("Cal-Managed-ID"));
    EXPECT_NE(now, id);
    EXPECT_THAT(get(), HasSubstr("MANAGED-ID=" + now + ";FMTTYPE=application/pdf;FILENAME=b.pdf"));
    EXPECT_THAT(get(), Not(HasSubstr(id)));
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::none);
    EXPECT_EQ(access_of("anna", now), domain::AttachmentAccess::granted);
}

TEST_F(ManagedAttachments, AreRemovedByPost) {
    const std::string before = get();
    const std::string id = add();

    const core::Response response = post("action=attachment-remove&managed-id=" + id, "");

    EXPECT_EQ(response.status, 204) << response.body;
    EXPECT_FALSE(response.headers.has("Cal-Managed-ID"));
    EXPECT_EQ(get(), before);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::none);
}

TEST_F(ManagedAttachments, AreOfTheWholeSeriesOrOfOneOccurrence) {
    ASSERT_EQ(server.put(event_path, series("a")).status, 204);
    const core::Response whole = post("action=attachment-add");
    ASSERT_EQ(whole.status, 201);
    const std::string all(*whole.headers.get("Cal-Managed-ID"));

    const core::Response response = post("action=attachment-add&rid=20261203T100000Z", "third");

    ASSERT_EQ(response.status, 201) << response.body;
    const std::string third(*response.headers.get("Cal-Managed-ID"));
    std::string text = get();
    EXPECT_EQ(count(text, "BEGIN:VEVENT"), 2U);
    EXPECT_THAT(text, HasSubstr("RECURRENCE-ID:20261203T100000Z"));
    EXPECT_EQ(count(text, all), 4U) << "MANAGED-ID and address, in the series and its override";
    EXPECT_EQ(count(text, third), 2U);

    EXPECT_EQ(post("action=attachment-remove&rid=M&managed-id=" + all, "").status, 204);
    text = get();
    EXPECT_EQ(count(text, all), 2U) << "still in the override";
    EXPECT_EQ(access_of("anna", all), domain::AttachmentAccess::granted);
}

TEST_F(ManagedAttachments, MayBeTakenFromOneOccurrenceOfASeries) {
    ASSERT_EQ(server.put(event_path, series("a")).status, 204);
    const std::string id = add();

    const core::Response response =
        post("action=attachment-remove&rid=20261202T100000Z,20261204T100000Z&managed-id=" + id, "");

    EXPECT_EQ(response.status, 204) << response.body;
    EXPECT_EQ(count(get(), "RECURRENCE-ID"), 2U);
    EXPECT_EQ(count(get(), "MANAGED-ID=" + id), 1U);
}

TEST_F(ManagedAttachments, NameTheirPreconditions) {
    ASSERT_EQ(server.put(event_path, series("a")).status, 204);
    const std::string id = add();
    const struct {
        std::string query;
        std::string condition;
    } cases[] = {
        {"", "valid-action"},
        {"action=attachment-steal", "valid-action"},
        {"action=attachment-add&managed-id=" + id, "valid-managed-id"},
        {"action=attachment-update", "valid-managed-id"},
        {"action=attachment-update&managed-id=", "valid-managed-id"},
        {"action=attachment-update&managed-id=nobody", "valid-managed-id"},
        {"action=attachment-remove", "valid-managed-id"},
        {"action=attachment-remove&managed-id=nobody", "valid-managed-id"},
        {"action=attachment-update&rid=M&managed-id=" + id, "valid-rid"},
        {"action=attachment-add&rid=", "valid-rid"},
        {"action=attachment-add&rid=X", "valid-rid"},
        {"action=attachment-add&rid=M,", "valid-rid"},
        {"action=attachment-add&rid=20261203T110000Z", "valid-rid"},
        {"action=attachment-add&rid=20271203T100000Z", "valid-rid"},
    };
    const std::string before = get();

    for (const auto& one : cases) {
        const core::Response response = post(one.query, "never kept");
        EXPECT_EQ(response.status, 403) << one.query;
        EXPECT_EQ(condition_of(response), caldav::cal(one.condition)) << one.query;
    }

    EXPECT_EQ(get(), before);
    EXPECT_EQ(files(), std::vector{storage::content_hash("words")}) << "nothing is left behind";
}

TEST_F(ManagedAttachments, HaveBounds) {
    server.policy.attachment_bytes = 5;
    EXPECT_EQ(post("action=attachment-add", "words").status, 201);
    const core::Response large = post("action=attachment-add", "words!");
    EXPECT_EQ(large.status, 413);
    EXPECT_EQ(condition_of(large), caldav::cal("max-attachment-size"));

    core::Request request;
    request.method = "POST";
    request.target = event_path + "?action=attachment-add";
    request.body_too_large = true;
    EXPECT_EQ(condition_of(server.send(request)), caldav::cal("max-attachment-size"));

    for (std::size_t i = 1; i < core::limits::attachments_per_resource; ++i) {
        ASSERT_EQ(post("action=attachment-add").status, 201);
    }
    const core::Response many = post("action=attachment-add", "one");
    EXPECT_EQ(many.status, 403);
    EXPECT_EQ(condition_of(many), caldav::cal("max-attachments-per-resource"));
    EXPECT_EQ(files().size(), 1U);
}

TEST_F(ManagedAttachments, CountAsWhatTheAccountKeeps) {
    server.policy.account_bytes = 1024;
    const std::string id = add(std::string(500, 'x'));

    const core::Response full = post("action=attachment-add", std::string(400, 'y'));

    EXPECT_EQ(full.status, 507);
    EXPECT_EQ(condition_of(full), caldav::dav("quota-not-exceeded"));
    EXPECT_EQ(files().size(), 1U);
    EXPECT_EQ(post("action=attachment-remove&managed-id=" + id, "").status, 204);
    EXPECT_EQ(post("action=attachment-add", std::string(400, 'y')).status, 201);
}

TEST_F(ManagedAttachments, AreOfTheTypesThatThePracticeAllows) {
    server.policy.attachment_types = {"application/pdf", "image/*"};
    const auto of_type = [&](const std::string& type) {
        return server
            .send("POST", event_path + "?action=attachment-add", {{"Content-Type", type}}, "x")
            .status;
    };

    EXPECT_EQ(of_type("application/pdf"), 201);
    EXPECT_EQ(of_type("Image/PNG; q=1"), 201);
    EXPECT_EQ(of_type("text/html"), 415);
    EXPECT_EQ(of_type("imagery/png"), 415);
    EXPECT_EQ(of_type(""), 415);
}

TEST_F(ManagedAttachments, HaveHarmlessNamesAndTypes) {
    const auto line_of = [&](const std::string& type, const std::string& disposition) {
        const core::Response response = server.send("POST", event_path + "?action=attachment-add",
                                                    {{"Content-Type", type},
                                                     {"Content-Disposition", disposition},
                                                     {"Prefer", "return=representation"}},
                                                    "x");
        EXPECT_EQ(response.status, 201) << response.body;
        const std::string text = unfolded(response.body);
        const auto begin = text.rfind("ATTACH;");
        return text.substr(begin, text.find("\r\n", begin) - begin);
    };

    EXPECT_THAT(line_of("text/plain\r\nX: y", "attachment; filename=\"../../etc/passwd\""),
                HasSubstr("FMTTYPE=application/octet-stream;FILENAME=passwd;"));
    EXPECT_THAT(line_of("nonsense", "attachment; filename=\"C:\\\\a;b,c.txt\""),
                HasSubstr("FILENAME=\"a;b,c.txt\";"));
    EXPECT_THAT(line_of("a/b", "attachment; filename*=UTF-8''%C3%A9%0D%0Ax%00.txt"),
                HasSubstr("FILENAME=\u00e9x.txt;"));
    EXPECT_THAT(line_of("a/b", "attachment; filename*=UTF-8''%FF"), HasSubstr("=attachment;"));
    EXPECT_THAT(line_of("a/b", "attachment; filename=\"..\""), HasSubstr("=attachment;"));
    EXPECT_THAT(line_of("a/b", ""), HasSubstr("=attachment;"));
    EXPECT_THAT(line_of("a/b", "attachment; filename=" + std::string(5'000, 'n')),
                HasSubstr("FILENAME=" + std::string(180, 'n') + ";"));
}

TEST_F(ManagedAttachments, AreNotAddedByPagesOfOtherSites) {
    EXPECT_EQ(post("action=attachment-add", "x", {{"Origin", "https://evil.example"}}).status, 403);
    EXPECT_EQ(post("action=attachment-add", "x", {{"Origin", "null"}}).status, 403);
    EXPECT_EQ(post("action=attachment-add", "x", {{"Origin", "https://cal.example.org"}}).status,
              201);
}

TEST_F(ManagedAttachments, AreAddedOnlyToWhatTheClientKnows) {
    EXPECT_EQ(post("action=attachment-add", "x", {{"If-Match", "\"other\""}}).status, 412);
    EXPECT_TRUE(files().empty());
    EXPECT_EQ(
        post("action=attachment-add", "x", {}, "anna", "/calendars/anna/calendar/none.ics").status,
        404);
    EXPECT_EQ(post("action=attachment-add", "x", {}, "anna", "/calendars/anna/calendar/").status,
              403)
        << "that is add-member";
    ASSERT_EQ(server.send("MKCOL", "/calendars/anna/files/").status, 201);
    ASSERT_EQ(server.send("PUT", "/calendars/anna/files/a.txt", {}, "x").status, 201);
    EXPECT_EQ(
        condition_of(post("action=attachment-add", "x", {}, "anna", "/calendars/anna/files/a.txt")),
        caldav::cal("valid-action"));
}

TEST_F(ManagedAttachments, AreWrittenByWhoMayWriteAndReadByWhoMayRead) {
    const std::string id = add();
    EXPECT_EQ(post("action=attachment-add", "x", {}, "bert").status, 403);
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::refused);

    share_calendar(storage::Level::free_busy, "bert");
    EXPECT_EQ(post("action=attachment-add", "x", {}, "bert").status, 403);
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::refused);

    share_calendar(storage::Level::read, "bert");
    EXPECT_EQ(post("action=attachment-add", "x", {}, "bert").status, 403);
    EXPECT_EQ(post("action=attachment-remove&managed-id=" + id, "", {}, "bert").status, 403);
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::granted);
    EXPECT_EQ(files().size(), 1U);

    share_calendar(storage::Level::write, "bert");
    EXPECT_EQ(post("action=attachment-remove&managed-id=" + id, "", {}, "bert").status, 204);
}

TEST_F(ManagedAttachments, AreKeptByAPutThatHasThem) {
    const std::string id = add();
    std::string text = server.send("GET", event_path).body;
    text.insert(text.find("SUMMARY"), "LOCATION:Room 1\r\n");

    const core::Response response = server.put(event_path, text);

    EXPECT_EQ(response.status, 204);
    EXPECT_TRUE(response.headers.has("ETag")) << "it is stored as it was sent";
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::granted);
    ASSERT_EQ(server.put(event_path, simple_event("a")).status, 204);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::none);
    ASSERT_EQ(server.put(event_path, text).status, 204) << "the client took its change back";
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::granted);
}

TEST_F(ManagedAttachments, MayBePutIntoAnotherEventOfTheSameOwner) {
    const std::string id = add();
    std::string text = simple_event("b");
    text.insert(text.find("SUMMARY"),
                "ATTACH;MANAGED-ID=" + id
                    + ";FMTTYPE=text/html;SIZE=99;ENCODING=BASE64;VALUE=BINARY:https://evil/\r\n");

    EXPECT_EQ(server.put("/calendars/anna/calendar/b.ics", text).status, 201);

    const std::string stored = get("/calendars/anna/calendar/b.ics");
    EXPECT_THAT(stored, HasSubstr("FMTTYPE=text/plain"));
    EXPECT_THAT(stored, HasSubstr("SIZE=5"));
    EXPECT_THAT(stored, Not(HasSubstr("evil")));
    EXPECT_THAT(stored, Not(HasSubstr("BINARY")));
    server.send("DELETE", event_path);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::granted);
}

TEST_F(ManagedAttachments, OfSomebodyElseAreNotToBePut) {
    const std::string id = add();
    std::string text = simple_event("b");
    text.insert(text.find("SUMMARY"), "ATTACH;MANAGED-ID=" + id + ":https://x/\r\n");

    const core::Response response = server.send("PUT", "/calendars/bert/calendar/b.ics",
                                                {{"Content-Type", "text/calendar"}}, text, "bert");

    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(condition_of(response), caldav::cal("valid-managed-id"));
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::refused);
}

TEST_F(ManagedAttachments, GoAlongWithCopyAndMove) {
    const std::string id = add();

    EXPECT_EQ(
        server.send("COPY", event_path, {{"Destination", "/calendars/anna/tasks/x.ics"}}).status,
        403);
    server.make_collection("anna", "other", true);
    EXPECT_EQ(
        server.send("COPY", event_path, {{"Destination", "/calendars/anna/other/c.ics"}}).status,
        201);
    EXPECT_EQ(server.send("DELETE", event_path).status, 204);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::granted);
    EXPECT_EQ(
        server.send("MOVE", "/calendars/anna/other/c.ics", {{"Destination", event_path}}).status,
        201);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::granted);
    EXPECT_EQ(server.send("DELETE", event_path).status, 204);
    EXPECT_EQ(access_of("anna", id), domain::AttachmentAccess::none);
}

TEST_F(ManagedAttachments, OfAMeetingAreInTheCopiesOfItsAttendees) {
    ASSERT_EQ(server.put("/calendars/anna/calendar/m.ics", meeting("m")).status, 201);
    const core::Response added =
        post("action=attachment-add", "words", {}, "anna", "/calendars/anna/calendar/m.ics");
    ASSERT_EQ(added.status, 201) << added.body;
    const std::string id(*added.headers.get("Cal-Managed-ID"));
    std::string copy;
    server.store->read([&](const storage::ReadTransaction& transaction) {
        copy = transaction.objects().find_by_owner_and_uid("bert", "m").front().head.name;
    });
    const std::string copy_path = "/calendars/bert/calendar/" + copy;

    EXPECT_THAT(get(copy_path, "bert"), HasSubstr("MANAGED-ID=" + id));
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::granted);
    const core::Response theirs = post("action=attachment-add", "mine", {}, "bert", copy_path);
    EXPECT_EQ(theirs.status, 403);
    EXPECT_EQ(condition_of(theirs), caldav::cal("allowed-attendee-scheduling-object-change"));
    EXPECT_EQ(post("action=attachment-remove&managed-id=" + id, "", {}, "bert", copy_path).status,
              403);
    EXPECT_EQ(files().size(), 1U);

    // They answer, which leaves the attachment where it is, and are no longer invited.
    std::string answer = server.send("GET", copy_path, {}, {}, "bert").body;
    answer.replace(answer.find("NEEDS-ACTION"), 12, "ACCEPTED");
    EXPECT_LT(
        server.send("PUT", copy_path, {{"Content-Type", "text/calendar"}}, answer, "bert").status,
        300);
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::granted);
    EXPECT_EQ(post("action=attachment-remove&managed-id=" + id, "", {}, "anna",
                   "/calendars/anna/calendar/m.ics")
                  .status,
              204);
    EXPECT_THAT(get(copy_path, "bert"), Not(HasSubstr("MANAGED-ID")));
    EXPECT_EQ(access_of("bert", id), domain::AttachmentAccess::none);
}

TEST_F(ManagedAttachments, OfAnotherServerBecomeLinksWithAnImport) {
    std::string text = simple_event("b");
    text.insert(text.find("SUMMARY"), "ATTACH;MANAGED-ID=far;FILENAME=x:https://far.example/x\r\n");
    const auto collection = *server.store->read([](const storage::ReadTransaction& transaction) {
        return transaction.collections().find("anna", "calendar");
    });
    const auto checked = server.calendars.check(collection, text);

    const auto stored = server.store->write([&](storage::WriteTransaction& transaction) {
        return server.calendars.put(transaction, collection, "b.ics", *checked,
                                    domain::Cause::import);
    });

    ASSERT_TRUE(stored);
    EXPECT_THAT(get("/calendars/anna/calendar/b.ics"),
                HasSubstr("ATTACH;FILENAME=x:https://far.example/x\r\n"));
}

TEST_F(ManagedAttachments, FollowThePublicAddress) {
    const std::string id = add();
    server.policy.public_url = "https://new.example";

    ASSERT_TRUE(server.calendars.follow_public_url(*server.store));

    EXPECT_THAT(get(), HasSubstr(":https://new.example/attachments/" + id + "/form.txt\r\n"));
}

TEST_F(ManagedAttachments, AreToldOfInPropertiesAndInTheHeader) {
    EXPECT_THAT(std::string(*server.send("OPTIONS", "/calendars/anna/").headers.get("DAV")),
                HasSubstr("calendar-managed-attachments"));
    const std::string ask = "<D:propfind xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>"
                            "<D:prop><C:max-attachment-size/><C:max-attachments-per-resource/>"
                            "<C:managed-attachments-server-URL/></D:prop></D:propfind>";
    const auto answer = support::read_multistatus(
        server.send("PROPFIND", "/calendars/anna/", {{"Depth", "1"}}, ask));
    const auto* calendar = answer.find("/calendars/anna/calendar/");
    const auto* home = answer.find("/calendars/anna/");

    EXPECT_EQ(calendar->text(caldav::cal("max-attachment-size")),
              std::to_string(core::limits::attachment_bytes));
    EXPECT_EQ(calendar->text(caldav::cal("max-attachments-per-resource")), "100");
    const caldav::Element* const url = home->find(caldav::cal("managed-attachments-server-URL"));
    ASSERT_NE(url, nullptr);
    ASSERT_EQ(url->children.size(), 1U);
    EXPECT_EQ(url->children.front().text, server.policy.public_url);
}

} // namespace managed_attachments_test
