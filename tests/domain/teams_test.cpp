#include "domain/access.h"
#include "domain/teams.h"
#include "tests/support/domain_fixture.h"

namespace domain::teams_test {

namespace {

class Teams : public testing::Test {
protected:
    Teams() { practice.add_account("bert", "Bert", "bert@clinic.example"); }
    core::Done write(const std::function<core::Done(storage::WriteTransaction&)>& f) {
        return practice.store->write(f);
    }
    core::Done give(const Delegation& delegation, storage::Level level) {
        return write([&](storage::WriteTransaction& transaction) {
            return delegate(transaction, delegation, level, "test", practice.clock.now());
        });
    }
    core::Done make(const std::string& id, const std::string& name = "Front desk") {
        return write([&](storage::WriteTransaction& transaction) {
            return create_group(transaction, id, name, practice.clock.now());
        });
    }
    bool may(Privilege privilege, Place place) {
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            return access_to(transaction, {"bert", "bert", "", "", false}, "anna")
                .may(privilege, place, practice_calendar);
        });
    }
    support::Practice practice;
    std::int64_t practice_calendar = practice.collection().id;
};

TEST_F(Teams, WhatIsGrantedIsHeldUntilItIsTakenBack) {
    const Delegation all{"anna", "bert", std::nullopt};
    EXPECT_FALSE(may(Privilege::read, Place::home));
    ASSERT_TRUE(give(all, storage::Level::read));
    EXPECT_TRUE(may(Privilege::read, Place::home));
    EXPECT_FALSE(may(Privilege::write_content, Place::member));
    const auto end = [&](storage::WriteTransaction& t) {
        return end_delegation(t, all, practice.clock.now());
    };
    ASSERT_TRUE(write(end));
    EXPECT_FALSE(may(Privilege::read, Place::home));
    EXPECT_EQ(write(end).error().code, core::Errc::not_found);
}

TEST_F(Teams, OneCalendarIsNotTheHome) {
    ASSERT_TRUE(give({"anna", "bert", "calendar"}, storage::Level::write));
    EXPECT_TRUE(may(Privilege::bind, Place::calendar));
    EXPECT_FALSE(may(Privilege::write_properties, Place::calendar));
    EXPECT_FALSE(may(Privilege::read, Place::home));
}

TEST_F(Teams, AGroupIsCalledLikeNoAccount) {
    ASSERT_TRUE(make("desk"));
    EXPECT_EQ(make("desk").error().code, core::Errc::conflict);
    EXPECT_EQ(make("anna").error().code, core::Errc::conflict);
    for (const char* id : {"", "../x", "a b", "A", ".a", "a/b"}) {
        EXPECT_EQ(make(id).error().code, core::Errc::invalid_input) << id;
    }
    EXPECT_EQ(make("x", "a\nb").error().code, core::Errc::invalid_input);
    const auto account = practice.store->write([&](storage::WriteTransaction& transaction) {
        return create_account(transaction,
                              {"desk", "Desk", "desk@clinic.example", "correct horse", false},
                              practice.clock.now());
    });
    ASSERT_FALSE(account);
    EXPECT_EQ(account.error().code, core::Errc::conflict);
}

TEST_F(Teams, WhoIsNotThereIsNamed) {
    EXPECT_EQ(give({"nobody", "bert", {}}, storage::Level::read).error().code,
              core::Errc::not_found);
    EXPECT_EQ(give({"anna", "nobody", {}}, storage::Level::read).error().code,
              core::Errc::not_found);
    EXPECT_EQ(give({"anna", "bert", "none"}, storage::Level::read).error().code,
              core::Errc::not_found);
    EXPECT_EQ(give({"anna", "anna", {}}, storage::Level::read).error().code,
              core::Errc::invalid_input);
}

TEST_F(Teams, AMemberLosesWithTheGroupWhatItWasGranted) {
    ASSERT_TRUE(make("desk"));
    ASSERT_TRUE(write([](auto& transaction) { return add_member(transaction, "desk", "bert"); }));
    ASSERT_TRUE(give({"anna", "desk", {}}, storage::Level::write));
    EXPECT_TRUE(may(Privilege::unbind, Place::home));
    ASSERT_TRUE(
        write([](auto& transaction) { return remove_member(transaction, "desk", "bert"); }));
    EXPECT_FALSE(may(Privilege::read_free_busy, Place::home));
    EXPECT_FALSE(
        write([](auto& transaction) { return remove_member(transaction, "desk", "bert"); }));
    ASSERT_TRUE(write([](auto& transaction) { return remove_group(transaction, "desk"); }));
    EXPECT_FALSE(write([](auto& transaction) { return remove_group(transaction, "desk"); }));
    EXPECT_FALSE(write([](auto& transaction) { return add_member(transaction, "desk", "bert"); }));
}

} // namespace

} // namespace domain::teams_test
