// Each person's sessions as a calendar to subscribe to, with that person's own links and nobody
// else's (R-F1 to R-F4).
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/policy.h"
#include "storage/store.h"

#include <memory>
#include <string>
#include <string_view>

namespace domain {

// The feed address of a login or an e-mail address, made at the first asking:
// "PUBLIC_URL/feeds/TOKEN/sessions.ics". Errors: invalid_input (neither a login nor an address).
core::Result<std::string> feed_url(storage::WriteTransaction& transaction,
                                   std::string_view login_or_address, core::Instant now,
                                   const Policy& policy, const Keys& keys);
// The same with a new token; the old address answers 404 from now on.
core::Result<std::string> revoke_feed(storage::WriteTransaction& transaction,
                                      std::string_view login_or_address, core::Instant now,
                                      const Policy& policy, const Keys& keys);

// What a feed is now, known without reading what is in it, whatever its size.
struct FeedVersion {
    storage::Feed feed;
    std::string etag; // without quotes; another one whenever the text may be another
    core::Instant modified;
};

// Errors: not_found for a token that is wrong or revoked, decided before any database work where
// the MAC is wrong.
core::Result<FeedVersion> feed_version(const storage::ReadTransaction& transaction,
                                       std::string_view token, core::Instant now,
                                       const Policy& policy, const Keys& keys);

// Keeps made texts for as long as there is room, each by a tag that is another one whenever the
// text is. Any thread.
class KeptTexts {
public:
    using Text = std::shared_ptr<const std::string>;

    KeptTexts() = default;
    KeptTexts(const KeptTexts&) = delete;
    KeptTexts& operator=(const KeptTexts&) = delete;
    virtual ~KeptTexts() = default;
    [[nodiscard]] virtual Text find(const std::string& tag) = 0; // null: it is not here
    virtual void keep(const std::string& tag, Text text) = 0;
};

// text/calendar. Each session's part is taken from `parts` where it is as it was, so that after the
// change of one session one is read and made anew.
std::string feed_text(const storage::ReadTransaction& transaction, const storage::Feed& feed,
                      core::Instant now, const Policy& policy, const Keys& keys, KeptTexts& parts);

// What somebody sees of their sessions in the calendar program that fetches their feed.
enum class FeedCopy { none, current, behind };
// Of a session that last changed then; `none`: nobody fetches it.
FeedCopy feed_copy(const storage::ReadTransaction& transaction, const storage::Participant& person,
                   core::Instant changed);
// Whether anybody without an account who is or was in that session fetches their feed.
bool is_followed(const storage::ReadTransaction& transaction, std::int64_t session);
// Its reader has this version now; written only if it is another than before. Throws what
// storage::Store::write does.
void note_fetched(storage::Store& store, const storage::Feed& feed, core::Instant now);

// A session changed, of which this person is a participant or was one.
void raise_feeds(storage::WriteTransaction& transaction, const storage::Participant& person,
                 core::Instant now);

} // namespace domain
