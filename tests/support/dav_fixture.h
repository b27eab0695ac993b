// A CalDAV server in the test's own process: a real store of its own, the
// real domain, caldav::handle, and a clock that stands still. Answers are read as XML, never as
// text.
#pragma once

#include "caldav/handler.h"
#include "caldav/names.h"
#include "caldav/xml_reader.h"
#include "core/uri.h"
#include "domain/attachments.h"
#include "domain/calendars.h"
#include "tests/support/manual_clock.h"
#include "tests/support/test_storage.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace support {

// A directory that goes with its owner.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "appointed-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        path_ = pattern;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// One DAV:response of a multistatus.
struct DavResponse {
    std::string href;
    int status = 0;                                          // 0: it has propstats
    std::optional<caldav::Name> condition;                   // in its DAV:error
    std::vector<std::pair<int, caldav::Element>> properties; // with the status of their propstat

    // The status that a property was answered with; 0 if it was not.
    [[nodiscard]] int status_of(const caldav::Name& name) const {
        for (const auto& [property_status, element] : properties) {
            if (element.is(name)) {
                return property_status;
            }
        }
        return 0;
    }
    // Text of a property answered with 200; empty otherwise.
    [[nodiscard]] std::string text(const caldav::Name& name) const {
        const caldav::Element* element = find(name);
        return element == nullptr ? "" : element->text;
    }
    [[nodiscard]] const caldav::Element* find(const caldav::Name& name) const {
        for (const auto& [property_status, element] : properties) {
            if (element.is(name) && property_status == 200) {
                return &element;
            }
        }
        return nullptr;
    }
};

struct DavAnswer {
    std::vector<DavResponse> responses;
    std::optional<std::string> sync_token;

    [[nodiscard]] const DavResponse* find(std::string_view href) const {
        for (const DavResponse& response : responses) {
            if (response.href == href) {
                return &response;
            }
        }
        return nullptr;
    }
    [[nodiscard]] std::vector<std::string> hrefs() const {
        std::vector<std::string> names;
        for (const DavResponse& response : responses) {
            names.push_back(response.href);
        }
        return names;
    }
};

// "HTTP/1.1 404 Not Found" is 404.
inline int read_status(const caldav::Element& element) {
    const auto blank = element.text.find(' ');
    return blank == std::string::npos ? 0 : std::atoi(element.text.c_str() + blank + 1);
}

inline DavResponse read_response(const caldav::Element& element) {
    DavResponse response;
    for (const caldav::Element& child : element.children) {
        if (child.is(caldav::dav("href"))) {
            response.href = child.text;
        } else if (child.is(caldav::dav("status"))) {
            response.status = read_status(child);
        } else if (child.is(caldav::dav("error")) && !child.children.empty()) {
            response.condition = child.children.front().name;
        } else if (child.is(caldav::dav("propstat"))) {
            const caldav::Element* status = child.find(caldav::dav("status"));
            const caldav::Element* properties = child.find(caldav::dav("prop"));
            if (status != nullptr && properties != nullptr) {
                for (const caldav::Element& property : properties->children) {
                    response.properties.emplace_back(read_status(*status), property);
                }
            }
        }
    }
    return response;
}

// A 207 answer; anything else fails the test and reads as empty.
inline DavAnswer read_multistatus(const core::Response& response) {
    DavAnswer answer;
    EXPECT_EQ(response.status, 207) << response.body;
    const auto root = caldav::read_xml(response.body);
    if (!root || !root->is(caldav::dav("multistatus"))) {
        ADD_FAILURE() << "not a multistatus: " << response.body;
        return answer;
    }
    for (const caldav::Element& child : root->children) {
        if (child.is(caldav::dav("response"))) {
            answer.responses.push_back(read_response(child));
        } else if (child.is(caldav::dav("sync-token"))) {
            answer.sync_token = child.text;
        }
    }
    return answer;
}

// The condition that an error's body names, and the first href inside it.
struct DavError {
    caldav::Name condition;
    std::string href;
};
inline std::optional<DavError> read_error(const core::Response& response) {
    const auto root = caldav::read_xml(response.body);
    if (!root || !root->is(caldav::dav("error")) || root->children.empty()) {
        return std::nullopt;
    }
    const caldav::Element& condition = root->children.front();
    const caldav::Element* href = condition.find(caldav::dav("href"));
    return DavError{condition.name, href == nullptr ? "" : href->text};
}

// The precondition that a refusal names.
inline caldav::Name condition_of(const core::Response& response) {
    const auto error = read_error(response);
    return error ? error->condition : caldav::Name{};
}

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// An event of one hour on 2026-12-01 at `hour` UTC, CRLF line ends.
inline std::string simple_event(const std::string& uid, int hour = 10,
                                const std::string& summary = "Session") {
    const auto two_digits = [](int number) {
        return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:" + uid
           + "\r\nDTSTAMP:20261122T100000Z\r\nDTSTART:20261201T" + two_digits(hour)
           + "0000Z\r\nDURATION:PT1H\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

class DavServer {
public:
    DavServer()
        : store(storage.open()), calendars(policy, keys, clock),
          services{*store, calendars, attachments, clock, "https://cal.example.org"} {
        add_account("anna");
        add_account("bert");
    }

    // With a calendar `calendar` (events, sessions on) and a list `tasks`; no password.
    void add_account(const std::string& id) {
        const auto done = store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            storage::Account account;
            account.id = id;
            account.login = id;
            account.name = id;
            account.email = id + "@example.org";
            account.created = clock.now();
            transaction.accounts().insert(account);
            add_collection(transaction, id, "calendar", storage::components::event);
            add_collection(transaction, id, "tasks", storage::components::todo);
            return {};
        });
        EXPECT_TRUE(done);
    }

    // What the pipeline does once somebody is known.
    core::Response send(const std::string& method, const std::string& target,
                        const HeaderList& headers = {}, std::string body = {},
                        const std::string& account = "anna") {
        core::Request request;
        request.method = method;
        request.target = target;
        request.body = std::move(body);
        request.headers.add("Host", "cal.example.org");
        for (const auto& [name, value] : headers) {
            request.headers.add(name, value);
        }
        return send(request, account);
    }
    core::Response send(const core::Request& request, const std::string& account = "anna") {
        const auto target = core::parse_target(request.target);
        if (!target) {
            core::Response refused;
            refused.status = 400;
            return refused;
        }
        const domain::Principal who{account, account,  account, account + "@example.org",
                                    false,   directory};
        return caldav::handle(request, *target, who, services);
    }

    core::Response put(const std::string& target, std::string body,
                       const HeaderList& headers = {}) {
        HeaderList all = headers;
        all.emplace_back("Content-Type", "text/calendar; charset=utf-8");
        return send("PUT", target, all, std::move(body));
    }

    DavAnswer report(const std::string& target, const std::string& body,
                     const HeaderList& headers = {}) {
        return read_multistatus(send("REPORT", target, headers, body));
    }

    // Makes a plain collection or another calendar without passing through MKCOL.
    void make_collection(const std::string& owner, const std::string& name, bool is_calendar) {
        const auto done = store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            storage::Collection collection;
            collection.is_calendar = is_calendar;
            return calendars.create(transaction, owner, name, {collection, {}})
                .map([](const storage::Collection&) {});
        });
        EXPECT_TRUE(done);
    }

    bool directory = false; // whether everybody may find the others
    TestStorage storage;
    ManualClock clock{core::Instant{1795334400}}; // 2026-11-22T08:00:00Z
    domain::Policy policy;
    domain::Keys keys = domain::Keys::from_master(core::Key{});
    std::unique_ptr<storage::Store> store;
    domain::Calendars calendars;
    TemporaryDirectory files;
    storage::ContentFolder folder{files.path() / "attachments"};
    domain::Attachments attachments{calendars, folder, policy, clock};
    caldav::Services services;

private:
    void add_collection(storage::WriteTransaction& transaction, const std::string& owner,
                        const std::string& name, unsigned components) {
        storage::Collection collection;
        collection.owner = owner;
        collection.name = name;
        collection.display_name = name;
        collection.components = components;
        collection.sessions = components == storage::components::event;
        collection.created = clock.now();
        transaction.collections().insert(collection);
    }
};

class DavFixture : public testing::Test {
protected:
    DavServer server;
};

} // namespace support
