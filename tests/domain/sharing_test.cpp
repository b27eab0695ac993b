#include "domain/access.h"
#include "domain/sharing.h"
#include "domain/teams.h"
#include "tests/support/domain_fixture.h"

namespace domain::sharing_test {

namespace {

using storage::Level;
using storage::ShareStatus;

class Sharing : public testing::Test {
protected:
    Sharing() { practice.add_account("bert", "Bert", "bert@clinic.example"); }

    core::Done write(const std::function<core::Done(storage::WriteTransaction&)>& f) {
        return practice.store->write(f);
    }
    core::Done offer(Level level, const std::string& summary = "Work") {
        return write([&](storage::WriteTransaction& transaction) {
            return invite(transaction, calendar, {"bert", level, "Bert", summary},
                          practice.clock.now());
        });
    }
    core::Done settle(bool yes) {
        return write([&](storage::WriteTransaction& transaction) -> core::Done {
            if (yes) {
                accept(transaction, *transaction.shares().find(calendar.id, "bert"), "anna",
                       practice.clock.now());
            } else {
                decline(transaction, *transaction.shares().find(calendar.id, "bert"),
                        practice.clock.now());
            }
            return {};
        });
    }
    core::Done give(const std::string& to, Level level) {
        return write([&](storage::WriteTransaction& transaction) {
            return delegate(transaction, {"anna", to, calendar.name}, level, "test",
                            practice.clock.now());
        });
    }
    std::optional<storage::Share> share() {
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            return transaction.shares().find(calendar.id, "bert");
        });
    }
    bool may(Privilege privilege) {
        return practice.store->read([&](const storage::ReadTransaction& transaction) {
            return access_to(transaction, {"bert", "bert", "", "", false}, "anna")
                .may(privilege, Place::member, calendar.id);
        });
    }
    support::Practice practice;
    storage::Collection calendar = practice.collection();
};

} // namespace

TEST_F(Sharing, AnInvitationGivesNothingUntilItIsAccepted) {
    ASSERT_TRUE(offer(Level::write));
    EXPECT_FALSE(may(Privilege::read));
    EXPECT_TRUE(share()->unread);
    ASSERT_TRUE(settle(true));
    EXPECT_TRUE(may(Privilege::write_content));
    EXPECT_FALSE(share()->unread);
    EXPECT_FALSE(share()->name.empty());
    EXPECT_EQ(share()->display_name, "Work");
}

TEST_F(Sharing, WhoAcceptedHoldsWhatTheOwnerOffersNow) {
    ASSERT_TRUE(offer(Level::write));
    ASSERT_TRUE(settle(true));
    const std::string name = share()->name;
    ASSERT_TRUE(offer(Level::read));
    EXPECT_EQ(share()->status, ShareStatus::accepted);
    EXPECT_EQ(share()->name, name);
    EXPECT_TRUE(may(Privilege::read));
    EXPECT_FALSE(may(Privilege::write_content));
}

TEST_F(Sharing, WhatIsDeclinedIsGoneAndCanBeOfferedAgain) {
    ASSERT_TRUE(offer(Level::read));
    ASSERT_TRUE(settle(true));
    ASSERT_TRUE(settle(false));
    EXPECT_FALSE(may(Privilege::read));
    EXPECT_EQ(share()->status, ShareStatus::declined);
    EXPECT_TRUE(share()->name.empty());
    ASSERT_TRUE(offer(Level::read));
    EXPECT_EQ(share()->status, ShareStatus::unanswered);
    EXPECT_FALSE(may(Privilege::read));
}

TEST_F(Sharing, WhatIsTakenBackIsGone) {
    ASSERT_TRUE(offer(Level::read));
    ASSERT_TRUE(settle(true));
    const auto end = [&](storage::WriteTransaction& transaction) -> core::Done {
        EXPECT_TRUE(uninvite(transaction, calendar, "bert", practice.clock.now()));
        EXPECT_FALSE(uninvite(transaction, calendar, "bert", practice.clock.now()));
        return {};
    };
    ASSERT_TRUE(write(end));
    EXPECT_FALSE(may(Privilege::read));
    EXPECT_EQ(share(), std::nullopt);
}

TEST_F(Sharing, NobodyIsInvitedToTheirOwnOrToBusyTimes) {
    const auto to_anna = [&](storage::WriteTransaction& transaction) {
        return invite(transaction, calendar, {"anna", Level::read, "", ""}, {});
    };
    EXPECT_EQ(write(to_anna).error().code, core::Errc::forbidden);
    EXPECT_EQ(offer(Level::free_busy).error().code, core::Errc::forbidden);
}

TEST_F(Sharing, ACalendarThatWasGrantedStandsInTheGranteesHome) {
    ASSERT_TRUE(give("bert", Level::read));
    EXPECT_EQ(share()->status, ShareStatus::accepted);
    EXPECT_EQ(share()->level, Level::read);
    ASSERT_TRUE(give("bert", Level::write));
    EXPECT_EQ(share()->level, Level::write);
    ASSERT_TRUE(give("bert", Level::free_busy)); // nothing to show
    EXPECT_EQ(share(), std::nullopt);
    EXPECT_FALSE(may(Privilege::read));
    ASSERT_TRUE(give("bert", Level::read));
    ASSERT_TRUE(write([&](storage::WriteTransaction& transaction) {
        return end_delegation(transaction, {"anna", "bert", calendar.name}, practice.clock.now());
    }));
    EXPECT_EQ(share(), std::nullopt);
}

TEST_F(Sharing, OneNameStandsForOneCalendar) {
    const auto make = [&](storage::WriteTransaction& transaction) -> core::Done {
        storage::Collection own;
        own.owner = "bert";
        own.name = "shared-" + std::to_string(calendar.id);
        transaction.collections().insert(own);
        return {};
    };
    ASSERT_TRUE(write(make));
    ASSERT_TRUE(give("bert", Level::read));
    EXPECT_EQ(share()->name, "shared-" + std::to_string(calendar.id) + "-2");
}

TEST_F(Sharing, RightsAreReplacedAsAWhole) {
    practice.add_account("carl", "Carl", "carl@clinic.example");
    ASSERT_TRUE(give("bert", Level::read));
    ASSERT_TRUE(write([&](storage::WriteTransaction& transaction) -> core::Done {
        replace_rights(transaction, "anna", calendar.id, {{"carl", Level::write}}, "anna", {});
        EXPECT_EQ(rights_on(transaction, "anna", calendar.id), (Rights{{"carl", Level::write}}));
        EXPECT_EQ(rights_on(transaction, "anna", std::nullopt), Rights{});
        return {};
    }));
    EXPECT_EQ(share(), std::nullopt);
    EXPECT_FALSE(may(Privilege::read));
}

} // namespace domain::sharing_test
