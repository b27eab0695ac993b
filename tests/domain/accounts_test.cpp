#include "domain/accounts.h"
#include "tests/support/domain_fixture.h"

#include <gtest/gtest.h>

namespace {

class Accounts : public testing::Test, public support::Practice {
protected:
    core::Result<storage::Account> make(const domain::NewAccount& account) {
        return store->write([&](storage::WriteTransaction& transaction) {
            return domain::create_account(transaction, account, clock.now());
        });
    }
};

TEST_F(Accounts, BeginWithACalendarForSessionsAndAListOfTasks) {
    EXPECT_TRUE(collection("calendar").sessions);
    EXPECT_EQ(collection("calendar").components, storage::components::event);
    EXPECT_FALSE(collection("tasks").sessions);
    EXPECT_EQ(collection("tasks").components, storage::components::todo);
}

TEST_F(Accounts, HaveTheirLoginAsIdWhereItIsPlain) {
    EXPECT_EQ(make({"b.en_2", "Ben", "ben@clinic.example", "12345678", false})->id, "b.en_2");
    const auto address =
        make({"eva@clinic.example", "Eva", "eva@clinic.example", "12345678", false});
    ASSERT_TRUE(address);
    EXPECT_EQ(address->id.find('@'), std::string::npos);
}

TEST_F(Accounts, RefuseWhatCouldNeverWork) {
    const std::string long_login(65, 'x');
    for (const domain::NewAccount& account : {
             domain::NewAccount{"", "N", "a@b.example", "12345678", false},
             domain::NewAccount{"a/b", "N", "a@b.example", "12345678", false},
             domain::NewAccount{"a:b", "N", "a@b.example", "12345678", false},
             domain::NewAccount{"a b", "N", "a@b.example", "12345678", false},
             domain::NewAccount{long_login, "N", "a@b.example", "12345678", false},
             domain::NewAccount{"ok", "", "a@b.example", "12345678", false},
             domain::NewAccount{"ok", "N\r\n", "a@b.example", "12345678", false},
             domain::NewAccount{"ok", "N", "nonsense", "12345678", false},
             domain::NewAccount{"ok", "N", "a@b.example", "short", false},
         }) {
        const auto refused = make(account);
        ASSERT_FALSE(refused) << account.login << account.name;
        EXPECT_EQ(refused.error().code, core::Errc::invalid_input);
    }
}

TEST_F(Accounts, RefuseALoginOrAnAddressThatIsTaken) {
    EXPECT_EQ(make({"anna", "N", "x@b.example", "12345678", false}).error().code,
              core::Errc::conflict);
    EXPECT_EQ(make({"other", "N", "ANNA@clinic.example", "12345678", false}).error().code,
              core::Errc::conflict);
}

class Authentication : public Accounts {
protected:
    core::Result<domain::Principal> login(const std::string& name, const std::string& password,
                                          const std::string& address = "192.0.2.1") {
        return authenticator.authenticate(name, password, address);
    }
    core::Errc refusal(const std::string& name, const std::string& password,
                       const std::string& address = "192.0.2.1") {
        const auto result = login(name, password, address);
        EXPECT_FALSE(result);
        return result ? core::Errc::invalid_input : result.error().code;
    }
    domain::Authenticator authenticator{*store, clock};
};

TEST_F(Authentication, TakesTheRightPasswordAndNoOther) {
    ASSERT_TRUE(login("anna", "correct horse"));
    EXPECT_EQ(login("anna", "correct horse")->account, "anna");
    EXPECT_EQ(refusal("anna", "correct horsE"), core::Errc::unauthenticated);
    EXPECT_EQ(refusal("anna", ""), core::Errc::unauthenticated);
    EXPECT_EQ(refusal("nobody", "correct horse"), core::Errc::unauthenticated);
}

// R-C8: iOS sends the login percent-encoded.
TEST_F(Authentication, TakesALoginPercentEncoded) {
    ASSERT_TRUE(make({"eva@clinic.example", "Eva", "eva@clinic.example", "12345678", false}));

    EXPECT_TRUE(login("eva%40clinic.example", "12345678"));
    EXPECT_FALSE(login("eva%4", "12345678"));
}

// R-C23
TEST_F(Authentication, TakesAPasswordInUtf8OrLatin1) {
    ASSERT_TRUE(make({"eva", "Eva", "eva@clinic.example",
                      "gr\xc3\xbc\xc3\x9f"
                      "e dich",
                      false}));

    EXPECT_TRUE(login("eva", "gr\xc3\xbc\xc3\x9f"
                             "e dich"));
    EXPECT_TRUE(login("eva", "gr\xfc\xdf"
                             "e dich"));
}

// Whatever bytes come, the answer is about the login and not about the database.
TEST_F(Authentication, TakesALoginInUtf8OrLatin1AndRefusesWhatIsNoText) {
    ASSERT_TRUE(make({"j\xc3\xbcrg", "J", "j@clinic.example", "12345678", false}));

    EXPECT_TRUE(login("j\xc3\xbcrg", "12345678"));
    EXPECT_TRUE(login("j\xfcrg", "12345678"));
    EXPECT_TRUE(login("j%C3%BCrg", "12345678"));
    EXPECT_EQ(refusal(std::string("anna\0", 5), "correct horse"), core::Errc::unauthenticated);
    EXPECT_EQ(refusal("anna%00", "correct horse"), core::Errc::unauthenticated);
    EXPECT_EQ(refusal("\xff\xfe", "correct horse"), core::Errc::unauthenticated);
}

TEST_F(Authentication, ForgetsAChangedPasswordAtOnce) {
    ASSERT_TRUE(login("anna", "correct horse"));
    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) {
        return domain::change_password(transaction, "anna", "another one");
    }));

    EXPECT_EQ(refusal("anna", "correct horse"), core::Errc::unauthenticated);
    EXPECT_TRUE(login("anna", "another one"));
}

TEST_F(Authentication, RefusesADisabledAccountAtOnce) {
    ASSERT_TRUE(login("anna", "correct horse"));
    ASSERT_TRUE(store->write([&](storage::WriteTransaction& transaction) {
        return domain::set_disabled(transaction, "anna", true);
    }));

    EXPECT_EQ(refusal("anna", "correct horse"), core::Errc::unauthenticated);
}

TEST_F(Authentication, LimitsGuessesPerAccountAndAddress) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(refusal("anna", "guess"), core::Errc::unauthenticated);
    }

    EXPECT_EQ(refusal("anna", "guess"), core::Errc::rate_limited);
    EXPECT_EQ(refusal("anna", "correct horse"), core::Errc::rate_limited);
    EXPECT_TRUE(login("anna", "correct horse", "192.0.2.2"));
    clock.advance(5 * 60);
    EXPECT_TRUE(login("anna", "correct horse"));
}

TEST_F(Authentication, LetsAVerifiedClientWorkWhileSomebodyGuesses) {
    ASSERT_TRUE(login("anna", "correct horse"));
    for (int i = 0; i < 11; ++i) {
        refusal("anna", "guess");
    }

    EXPECT_TRUE(login("anna", "correct horse"));
}

} // namespace
