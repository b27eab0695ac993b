// A practice in a box for tests: a real store of its own, a clock that tests
// move, one clinician (anna) and the door for her calendars.
#pragma once

#include "domain/accounts.h"
#include "domain/calendars.h"
#include "domain/feeds.h"
#include "domain/joining.h"
#include "domain/session_list.h"
#include "tests/support/manual_clock.h"
#include "tests/support/test_storage.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace support {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "appointed-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// 2026-11-23T09:00:00Z, a Monday
constexpr core::Instant monday_nine{1'795'424'400};

class Practice {
public:
    Practice() {
        policy.public_url = "https://clinic.example";
        policy.call_url = "https://meet.example.org/{room}";
        core::Key master{};
        master.fill(7);
        keys = domain::Keys::from_master(master);
        store = storage.open();
        add_account("anna", "Dr Anna Chen", "anna@clinic.example");
    }

    void add_account(const std::string& login, const std::string& name, const std::string& email) {
        const auto made = store->write([&](storage::WriteTransaction& transaction) {
            return domain::create_account(transaction, {login, name, email, "correct horse", false},
                                          clock.now());
        });
        ASSERT_TRUE(made) << made.error().detail;
    }

    [[nodiscard]] storage::Collection collection(const std::string& name = "calendar",
                                                 const std::string& owner = "anna") {
        return *store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.collections().find(owner, name);
        });
    }

    storage::Collection add_calendar(const std::string& name, bool sessions = true) {
        return *store->write([&](storage::WriteTransaction& transaction) {
            domain::NewCalendar calendar;
            calendar.collection.sessions = sessions;
            return calendars.create(transaction, "anna", name, calendar);
        });
    }

    core::Result<domain::Stored> put(const std::string& name, const std::string& text,
                                     const std::string& calendar = "calendar") {
        const auto target = collection(calendar);
        auto checked = calendars.check(target, text);
        if (!checked) {
            return tl::unexpected(checked.error());
        }
        return store->write([&](storage::WriteTransaction& transaction) {
            return calendars.put(transaction, target, name, *checked);
        });
    }

    void remove(const std::string& name, const std::string& calendar = "calendar") {
        const auto row = object(name, calendar);
        const auto done = store->write([&](storage::WriteTransaction& transaction) -> core::Done {
            calendars.remove(transaction, row.head);
            return {};
        });
        ASSERT_TRUE(done);
    }

    [[nodiscard]] storage::Object object(const std::string& name,
                                         const std::string& calendar = "calendar") {
        const auto id = collection(calendar).id;
        return *store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.objects().find(id, name);
        });
    }

    // What GET returns.
    [[nodiscard]] std::string body(const std::string& name,
                                   const std::string& calendar = "calendar") {
        return calendars.body(object(name, calendar));
    }

    domain::JoinView look(const std::string& token) {
        return store->read([&](const storage::ReadTransaction& transaction) {
            return domain::look(transaction, token, clock.now(), policy, keys);
        });
    }

    domain::EnterOutcome enter(const std::string& token) {
        return *store->write([&](storage::WriteTransaction& transaction) {
            return domain::enter(transaction, token, clock.now(), "127.0.0.1", policy, keys);
        });
    }

    TestStorage storage;
    ManualClock clock{monday_nine};
    domain::Policy policy;
    domain::Keys keys;
    std::unique_ptr<storage::Store> store;
    domain::Calendars calendars{policy, keys, clock};
};

// The token of the join link that `address` has as an ATTENDEE in a body from GET; of the first
// component that lists them, or of the one with that RECURRENCE-ID value.
inline std::string attendee_token(const std::string& body, const std::string& address,
                                  const std::string& recurrence_id = "") {
    const auto calendar = ical::parse(body);
    for (const ical::Component& component : calendar->components) {
        if (!recurrence_id.empty() && component.value("RECURRENCE-ID") != recurrence_id) {
            continue;
        }
        for (const ical::Property* attendee : component.find_all("ATTENDEE")) {
            if (attendee->value() == "mailto:" + address) {
                const std::string link(attendee->parameter("X-APPOINTED-JOIN"));
                const std::size_t slash = link.rfind('/');
                return slash == std::string::npos ? "" : link.substr(slash + 1);
            }
        }
    }
    return "";
}

} // namespace support
