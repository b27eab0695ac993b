#include "core/unavailable.h"
#include "src/routes/router.h"
#include "tests/routes/site_fixture.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace routes {

namespace {

// A store whose environment has failed, or that fails in a way nobody thought of.
class FailingStore final : public storage::Store {
public:
    explicit FailingStore(bool unavailable) : unavailable_(unavailable) {}

private:
    void do_read(const std::function<void(const storage::ReadTransaction&)>&) override { fail(); }
    void do_write(const std::function<bool(storage::WriteTransaction&)>&) override { fail(); }
    void fail() const {
        if (unavailable_) {
            throw core::Unavailable("disk full: /var/secret/place");
        }
        throw std::logic_error("a bug in /var/secret/place");
    }

    bool unavailable_;
};

core::Response serve_with(Clinic& clinic, storage::Store& store, const std::string& target) {
    const Site broken{store,
                      clinic.practice.calendars,
                      clinic.attachments,
                      clinic.authenticator,
                      clinic.practice.clock,
                      clinic.practice.policy,
                      clinic.practice.keys,
                      clinic.exposure,
                      clinic.feed_texts};
    core::Request request;
    request.method = "GET";
    request.target = target;
    request.peer_address = "127.0.0.1";
    return serve(request, broken);
}

const std::vector<std::string> dav_paths{"/principals", "/principals/anna/", "/calendars/anna/",
                                         "/calendars/anna/calendar/",
                                         "/calendars/anna/calendar/one.ics"};

} // namespace

// R-C1, R-C2, client rule 1
TEST(Router, WellKnownLeadsToTheRootBeforeAskingForCredentials) {
    Clinic site;
    site.peer = "203.0.113.9";

    for (const char* method : {"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "PUT"}) {
        for (const char* path : {"/.well-known/caldav", "/.well-known/caldav/",
                                 "//.well-known//caldav", "/.well%2Dknown/caldav?x=y"}) {
            const auto response = site.send(method, path);

            EXPECT_EQ(response.status, 301) << method << ' ' << path;
            EXPECT_EQ(field(response, "Location"), "https://clinic.example/");
            EXPECT_FALSE(response.headers.has("WWW-Authenticate"));
        }
    }
}

TEST(Router, WellKnownKeepsTheHostThatTheClientUses) {
    Clinic site;
    site.exposure.trusted_proxies = {"10.0.0.1"};
    site.peer = "10.0.0.1";

    const auto response = site.send("PROPFIND", "/.well-known/caldav",
                                    {{"Host", "inner:8080"},
                                     {"X-Forwarded-Host", "cal.example"},
                                     {"X-Forwarded-Proto", "https"},
                                     {"X-Forwarded-For", "203.0.113.9"}});

    EXPECT_EQ(field(response, "Location"), "https://cal.example/");
}

// R-C4, client rules 2 and 3
TEST(Router, DavAsksForThePasswordUnlessItIsRight) {
    Clinic site;
    const std::vector<Fields> refused{{},
                                      {basic_field("anna:wrong")},
                                      {basic_field("nobody:correct horse")},
                                      {{"Authorization", "Basic !!!"}},
                                      {{"Authorization", "Bearer abc"}},
                                      {{"Authorization", ""}}};

    for (const Fields& fields : refused) {
        for (const char* method : {"PROPFIND", "PUT", "REPORT", "GET", "BREW"}) {
            const auto response = site.send(method, "/calendars/anna/calendar/", fields);

            EXPECT_EQ(response.status, 401) << method;
            EXPECT_EQ(field(response, "WWW-Authenticate"),
                      "Basic realm=\"Appointed\", charset=\"UTF-8\"");
            EXPECT_FALSE(response.body.empty());
        }
    }
}

TEST(Router, DavAnswersTheRightUser) {
    Clinic site;

    const auto root = site.send("PROPFIND", "/", {as_anna, {"Depth", "0"}});
    const auto own = site.send("PROPFIND", "/calendars/anna/", {as_anna, {"Depth", "0"}});

    EXPECT_EQ(root.status, 207);
    EXPECT_TRUE(has(root.body, "current-user-principal") || has(root.body, "resourcetype"));
    EXPECT_EQ(own.status, 207);
}

TEST(Router, DavRefusesSomebodyElse) {
    Clinic site;
    site.practice.add_account("ben", "Ben", "ben@clinic.example");

    const Fields as_ben{basic_field("ben:correct horse"), {"Depth", "0"}};
    for (const char* path :
         {"/calendars/anna/", "/calendars/anna/calendar/", "/calendars/anna/calendar/one.ics"}) {
        const int status = site.send("PROPFIND", path, as_ben).status;
        EXPECT_TRUE(status == 403 || status == 404) << path << ' ' << status;
    }
}

// client rule 8: Thunderbird's set-up does that.
TEST(Router, ThunderbirdsProbeIsRefusedAndCreatesNothing) {
    Clinic site;
    site.send("PROPFIND", "/", {as_anna, {"Depth", "0"}});
    const std::string before = site.bytes_at_rest();

    const auto response = site.send("PUT", "/", {as_anna, {"If-Match", "nothing"}});

    EXPECT_TRUE(response.status == 403 || response.status == 405) << response.status;
    EXPECT_TRUE(site.bytes_at_rest() == before);
}

// R-C5
TEST(Router, OptionsWorksWithoutCredentials) {
    Clinic site;
    site.peer = "203.0.113.9"; // and over plain http: it tells nothing

    for (const std::string& path : dav_paths) {
        const auto response = site.send("OPTIONS", path);

        EXPECT_EQ(response.status, 200) << path;
        EXPECT_TRUE(has(field(response, "DAV"), "calendar-access")) << path;
    }
    EXPECT_EQ(site.send("OPTIONS", "/").status, 200);
    EXPECT_EQ(site.send("OPTIONS", "*").status, 200);
}

// R-C22
TEST(Router, PasswordsAreRefusedWhereOthersCouldReadThem) {
    Clinic site;
    site.exposure.trusted_proxies = {"10.0.0.1"};
    struct Row {
        const char* peer;
        Fields fields;
        int status;
    };
    const std::vector<Row> table{
        {"203.0.113.9", {as_anna}, 403},
        {"203.0.113.9", {}, 403},
        {"203.0.113.9", {as_anna, {"X-Forwarded-Proto", "https"}}, 403},
        {"10.0.0.1", {as_anna, {"X-Forwarded-Proto", "http"}}, 403},
        {"10.0.0.1", {as_anna, {"X-Forwarded-Proto", "https"}}, 207},
        {"127.0.0.1", {as_anna}, 207},
        {"::1", {as_anna}, 207},
        // A proxy on this machine that nobody named: its clients are not local.
        {"127.0.0.1", {as_anna, {"X-Forwarded-For", "203.0.113.9"}}, 403},
        {"127.0.0.1", {as_anna, {"X-Forwarded-Proto", "https"}}, 403},
        {"::1", {as_anna, {"Forwarded", "for=203.0.113.9;proto=https"}}, 403},
        {"::1", {as_anna, {"Via", "1.1 proxy"}}, 403},
    };

    for (const Row& row : table) {
        site.peer = row.peer;
        Fields fields = row.fields;
        fields.emplace_back("Depth", "0");
        const auto response = site.send("PROPFIND", "/calendars/anna/", fields);

        EXPECT_EQ(response.status, row.status) << row.peer;
        EXPECT_FALSE(response.headers.has("WWW-Authenticate")) << row.peer;
        EXPECT_EQ(has(response.body, "https"), row.status == 403);
    }
}

TEST(Router, WrongPasswordsAreLimitedPerForwardedAddress) {
    Clinic site;
    site.exposure.trusted_proxies = {"10.0.0.1"};
    site.peer = "10.0.0.1";
    const auto attempt = [&](const std::string& address, const std::string& credentials) {
        return site.send("PROPFIND", "/",
                         {basic_field(credentials),
                          {"X-Forwarded-Proto", "https"},
                          {"X-Forwarded-For", "6.6.6.6, " + address},
                          {"Depth", "0"}});
    };

    core::Response response;
    for (int i = 0; i < 50 && response.status != 429; ++i) {
        response = attempt("203.0.113.9", "anna:wrong");
    }

    EXPECT_EQ(response.status, 429);
    EXPECT_TRUE(response.headers.has("Retry-After"));
    EXPECT_FALSE(response.headers.has("WWW-Authenticate"));
    EXPECT_EQ(attempt("203.0.113.10", "anna:correct horse").status, 207);
}

TEST(Router, MethodsThatAPathDoesNotHaveAreNamed) {
    Clinic site;
    struct Row {
        const char* path;
        const char* allow;
    };
    const std::vector<Row> table{
        {"/j/x", "GET, HEAD, OPTIONS"},
        {"/j/x/enter", "POST, GET, HEAD, OPTIONS"},
        {"/j/x/session.ics", "GET, HEAD, OPTIONS"},
        {"/feeds/x/a.ics", "GET, HEAD, OPTIONS"},
        {"/call/x", "GET, HEAD, OPTIONS"},
        {"/assets/site.css", "GET, HEAD, OPTIONS"},
        {"/favicon.ico", "GET, HEAD, OPTIONS"},
        {"/robots.txt", "GET, HEAD, OPTIONS"},
        {"/healthz", "GET, HEAD, OPTIONS"},
    };

    for (const Row& row : table) {
        for (const char* method : {"PUT", "DELETE", "PROPFIND", "get", "TRACE", ""}) {
            const auto response = site.send(method, row.path);
            EXPECT_EQ(response.status, 405) << method << ' ' << row.path;
            EXPECT_EQ(field(response, "Allow"), row.allow) << row.path;
        }
        EXPECT_EQ(site.send("OPTIONS", row.path).status, 204);
        EXPECT_EQ(field(site.send("OPTIONS", row.path), "Allow"), row.allow);
    }
}

TEST(Router, NothingElseIsThere) {
    Clinic site;

    for (const char* path : {"/x", "/j", "/j/", "/j/x/y", "/feeds", "/feeds/x", "/.well-known/",
                             "/.well-known/carddav", "/call", "/Calendars/anna", "/api/v1"}) {
        for (const char* method : {"GET", "POST", "PROPFIND"}) {
            EXPECT_EQ(site.send(method, path).status, 404) << method << ' ' << path;
        }
    }
}

TEST(Router, HostilePathsAreRefusedOrNotFound) {
    Clinic site;
    const std::vector<std::string> paths{"",
                                         "x",
                                         "/..",
                                         "/../../etc/passwd",
                                         "/%2e%2e/x",
                                         "/j/%2e%2e/enter",
                                         "/calendars/..%2fanna/",
                                         "/%",
                                         "/%zz",
                                         "/%00",
                                         "/a%0d%0aSet-Cookie:x",
                                         "/\xFF",
                                         "/a#b",
                                         "http:///",
                                         "javascript:alert(1)",
                                         "/" + std::string(5'000, 'a'),
                                         "/" + std::string(300, 'a')};

    for (const std::string& path : paths) {
        const auto response = site.get(path);

        EXPECT_TRUE(response.status == 400 || response.status == 404) << path;
        for (const auto& [name, value] : response.headers.all()) {
            EXPECT_FALSE(has(value, "\n")) << name;
        }
    }
}

TEST(Router, ErrorsArePagesOrProblemsAsTheClientLikes) {
    Clinic site;

    const auto page = site.get("/x", {{"Accept", "text/html"}});
    const auto problem = site.get("/x", {{"Accept", "application/json"}});

    EXPECT_EQ(field(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_TRUE(has(page.body, "<h1>Not Found</h1>"));
    EXPECT_EQ(field(problem, "Content-Type"), "application/problem+json");
    const auto document = boost::json::parse(problem.body).as_object();
    EXPECT_EQ(document.at("status").as_int64(), 404);
    EXPECT_EQ(document.at("title").as_string(), "Not Found");
    EXPECT_EQ(field(problem, "Vary"), "Accept");
}

TEST(Router, BodiesOverTheLimitAreRefused) {
    Clinic site;
    const auto status_of = [&](const std::string& method, const std::string& target,
                               const Fields& fields) {
        core::Request request;
        request.method = method;
        request.target = target;
        request.peer_address = "127.0.0.1";
        request.body_too_large = true;
        for (const auto& [name, value] : fields) {
            request.headers.set(name, value);
        }
        return serve(request, site.site).status;
    };

    EXPECT_EQ(status_of("POST", "/j/x/enter", {}), 413);
    EXPECT_EQ(status_of("GET", "/feeds/x/a.ics", {}), 413);
    EXPECT_EQ(status_of("PUT", "/calendars/anna/calendar/one.ics", {}), 401);
    // The DAV layer names the precondition itself.
    const int put = status_of("PUT", "/calendars/anna/calendar/one.ics", {as_anna});
    EXPECT_TRUE(put == 413 || put == 403) << put;
}

TEST(Router, LostStoreIs503AndTellsNothing) {
    Clinic site;
    FailingStore store(true);

    for (const char* path : {"/healthz", "/j/x", "/feeds/x/a.ics", "/j/x/session.ics"}) {
        const auto response = serve_with(site, store, path);

        EXPECT_EQ(response.status, 503) << path;
        EXPECT_EQ(field(response, "Retry-After"), "5");
        EXPECT_FALSE(has(response.body, "secret"));
    }
}

TEST(Router, AnyOtherExceptionIs500AndTellsNothing) {
    Clinic site;
    FailingStore store(false);

    const auto response = serve_with(site, store, "/healthz");

    EXPECT_EQ(response.status, 500);
    EXPECT_FALSE(has(response.body, "secret"));
}

} // namespace routes
