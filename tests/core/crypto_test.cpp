#include "core/crypto.h"
#include "core/strings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

using core::Key;

namespace {

// HMAC pads its key with zeros, so a shorter key of the RFC's vectors fits ours.
Key key_of(std::string_view bytes) {
    Key key{};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

} // namespace

TEST(Sha256, AnswersTheVectorsOfFips180) {
    EXPECT_EQ(core::to_hex(core::sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(core::to_hex(core::sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        core::to_hex(core::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(HmacSha256, AnswersTheVectorsOfRfc4231Section4) {
    EXPECT_EQ(core::to_hex(core::hmac_sha256(key_of(std::string(20, '\x0b')), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(core::to_hex(core::hmac_sha256(key_of("Jefe"), "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(
        core::to_hex(core::hmac_sha256(key_of(std::string(20, '\xaa')), std::string(50, '\xdd'))),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(DeriveKey, GivesEachPurposeItsOwnKey) {
    const Key master = key_of("master");

    EXPECT_EQ(core::derive_key(master, "links"), core::derive_key(master, "links"));
    EXPECT_NE(core::derive_key(master, "links"), core::derive_key(master, "cookies"));
    EXPECT_NE(core::derive_key(master, "links"), core::derive_key(key_of("other"), "links"));
    EXPECT_NE(core::derive_key(master, ""), master);
}

TEST(ConstantTimeEqual, ComparesEveryByteAndTheLength) {
    EXPECT_TRUE(core::constant_time_equal("", ""));
    EXPECT_TRUE(core::constant_time_equal("secret", "secret"));
    EXPECT_FALSE(core::constant_time_equal("secret", "secreT"));
    EXPECT_FALSE(core::constant_time_equal("secret", "Secret"));
    EXPECT_FALSE(core::constant_time_equal("secret", "secret "));
    EXPECT_FALSE(core::constant_time_equal("secret", ""));
    EXPECT_FALSE(core::constant_time_equal({"a\0b", 3}, {"a\0c", 3}));
}

TEST(RandomToken, HasTheWidthOfItsBytesAndDoesNotRepeat) {
    std::set<std::string> tokens;

    for (int i = 0; i < 200; ++i) {
        tokens.insert(core::random_token(16));
    }

    EXPECT_EQ(tokens.size(), 200U);
    for (const std::string& token : tokens) {
        const auto bytes = core::from_base64url(token);
        ASSERT_TRUE(bytes.has_value()) << token;
        EXPECT_EQ(bytes->size(), 16U);
    }
    EXPECT_EQ(core::random_token(0), "");
}

TEST(RandomBytes, IsReadyForThreadsThatStartTogether) {
    std::vector<std::thread> threads;
    std::vector<Key> keys(4);

    for (Key& key : keys) {
        threads.emplace_back([&key] { core::random_bytes(key); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(std::set<Key>(keys.begin(), keys.end()).size(), keys.size());
}

TEST(HashPassword, IsSaltedArgon2idThatVerifiesOnlyThePassword) {
    const std::string hash = core::hash_password("correct horse");

    EXPECT_TRUE(hash.starts_with("$argon2id$")) << hash;
    EXPECT_NE(hash, core::hash_password("correct horse"));
    EXPECT_TRUE(core::verify_password(hash, "correct horse"));
    EXPECT_FALSE(core::verify_password(hash, "correct hors"));
    EXPECT_FALSE(core::verify_password(hash, std::string_view("correct horse\0", 14)));
    EXPECT_FALSE(core::verify_password(hash, ""));
}

TEST(VerifyPassword, RefusesWhatIsNoHash) {
    EXPECT_FALSE(core::verify_password("", ""));
    EXPECT_FALSE(core::verify_password("plain", "plain"));
    EXPECT_FALSE(core::verify_password("$argon2id$v=19$m=65536,t=2,p=1$", ""));
    EXPECT_FALSE(core::verify_password(std::string(5000, '$'), "x"));
}
