#include "domain/feeds.h"

#include "core/strings.h"
#include "domain/addresses.h"
#include "domain/rendering.h"
#include "domain/session_event.h"
#include "domain/signed_bytes.h"

#include <algorithm>

namespace domain {

namespace {

constexpr std::size_t feed_id_bytes = 6;
constexpr std::size_t feed_generation_bytes = 2;
constexpr std::size_t feed_claim_bytes = feed_id_bytes + feed_generation_bytes;
constexpr std::int64_t day_seconds = 86'400;
constexpr std::size_t events_max = 5'000;
constexpr std::string_view account_subject = "account:";
constexpr std::string_view address_subject = "address:";

std::string url_of(const storage::Feed& feed, const Policy& policy, const Keys& keys) {
    std::vector<unsigned char> claim;
    append_number(claim, static_cast<std::uint64_t>(feed.id), feed_id_bytes);
    append_number(claim, static_cast<std::uint64_t>(feed.generation), feed_generation_bytes);
    return policy.public_url + "/feeds/" + sign_bytes(keys.feed, claim) + "/sessions.ics";
}

// A person with an account has one feed, whichever way they are named.
core::Result<std::string> subject_of(const storage::ReadTransaction& transaction,
                                     std::string_view login_or_address) {
    auto account = transaction.accounts().find_by_login(login_or_address);
    const std::string address = normalise_address(login_or_address);
    if (!account) {
        account = transaction.accounts().find_by_email(address);
    }
    if (account) {
        return std::string(account_subject) + account->id;
    }
    if (!is_email_address(address)) {
        return core::fail(core::Errc::invalid_input, "That is neither a login nor an address: "
                                                         + std::string(login_or_address));
    }
    return std::string(address_subject) + address;
}

storage::Feed find_or_make(storage::WriteTransaction& transaction, const std::string& subject,
                           core::Instant now) {
    if (const auto feed = transaction.feeds().find_by_subject(subject)) {
        return *feed;
    }
    storage::Feed feed;
    feed.subject = subject;
    feed.created = now;
    feed.modified = now;
    feed.id = transaction.feeds().insert(feed);
    return feed;
}

std::optional<storage::Feed> find_by_token(const storage::ReadTransaction& transaction,
                                           std::string_view token, const Keys& keys) {
    const auto claim = verify_bytes(keys.feed, token, feed_claim_bytes);
    if (!claim) {
        return std::nullopt;
    }
    const auto id = static_cast<std::int64_t>(read_number(*claim, 0, feed_id_bytes));
    const auto generation =
        static_cast<int>(read_number(*claim, feed_id_bytes, feed_generation_bytes));
    auto feed = transaction.feeds().find(id);
    return feed && feed->generation == generation ? feed : std::nullopt;
}

std::vector<storage::Participation> participations_of(const storage::ReadTransaction& transaction,
                                                      std::string_view subject) {
    if (subject.starts_with(account_subject)) {
        return transaction.sessions().participations_of_account(
            subject.substr(account_subject.size()));
    }
    return transaction.sessions().participations_of_address(subject.substr(address_subject.size()));
}

// One reader's copies of one session's occurrences.
void append_session(ical::Component& calendar, const SessionEvent& session,
                    const storage::Participant& reader, core::Interval range, const Policy& policy,
                    const Keys& keys) {
    const auto occurrences = ical::occurrences(session.event, range);
    if (!occurrences) {
        return; // a series beyond our bounds is left out; its calendar still has it
    }
    for (const ical::Occurrence& occurrence : *occurrences) {
        if (calendar.components.size() >= events_max
            || !takes_part(*occurrence.component, reader.address, session.host)
            || people_in(session, occurrence).size() < 2) {
            continue;
        }
        const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
        const bool cancelled = is_cancelled(session, occurrence);
        const std::string token = make_token(keys.join, {reader.id, key, reader.generation});
        const bool shows_notes =
            reader.role == storage::Role::host || policy.guest_details == GuestDetails::full;
        calendar.components.push_back(render_for_reader(
            occurrence,
            {reader_uid(session, key),
             title_for(session, *occurrence.component, reader.role, policy),
             shows_notes ? occurrence.component->text("DESCRIPTION") : "",
             cancelled ? "" : join_url(policy.public_url, token), cancelled, session.modified}));
    }
}

void name_calendar(ical::Component& calendar) {
    const auto add = [&](std::string name, std::string value) {
        calendar.properties.emplace_back(std::move(name), std::move(value));
    };
    add("NAME", "Video consultations");
    add("X-WR-CALNAME", "Video consultations");
    ical::Property refresh("REFRESH-INTERVAL", "PT30M");
    refresh.set_parameter("VALUE", "DURATION");
    calendar.properties.push_back(std::move(refresh));
    add("X-PUBLISHED-TTL", "PT30M");
}

core::Instant midnight_before(core::Instant now) {
    return now - ((now.seconds % day_seconds) + day_seconds) % day_seconds;
}

// To the day, so that the content changes only when something does, or at midnight.
core::Interval feed_range(core::Instant now, const Policy& policy) {
    const core::Instant day = midnight_before(now);
    return {day - policy.feed_past_days * day_seconds, day + policy.feed_future_days * day_seconds};
}

// Everything that the text depends on: the sessions by the feed's revision, the day by what is in
// range, the configuration, and this program's way of writing. The epoch is another one after a
// restore, when revisions come a second time.
std::string etag_of(const storage::ReadTransaction& transaction, const storage::Feed& feed,
                    core::Instant now, const Policy& policy) {
    constexpr std::string_view way_of_writing = "1"; // raised when the same rows read otherwise
    constexpr std::size_t etag_bytes = 16;
    const core::Interval range = feed_range(now, policy);
    std::string all(way_of_writing);
    for (const std::string& part :
         {transaction.facts().find("epoch").value_or(""), feed.subject,
          std::to_string(feed.revision), std::to_string(range.start.seconds),
          std::to_string(range.end.seconds), policy.public_url,
          std::string(policy.guest_details == GuestDetails::full ? "full" : "neutral"),
          policy.time_zone->name()}) {
        all.append("\n").append(part);
    }
    const core::Digest digest = core::sha256(all);
    return core::to_hex(std::span(digest).first(etag_bytes));
}

} // namespace

core::Result<std::string> feed_url(storage::WriteTransaction& transaction,
                                   std::string_view login_or_address, core::Instant now,
                                   const Policy& policy, const Keys& keys) {
    const std::string subject = TRY(subject_of(transaction, login_or_address));
    return url_of(find_or_make(transaction, subject, now), policy, keys);
}

core::Result<std::string> revoke_feed(storage::WriteTransaction& transaction,
                                      std::string_view login_or_address, core::Instant now,
                                      const Policy& policy, const Keys& keys) {
    const std::string subject = TRY(subject_of(transaction, login_or_address));
    storage::Feed feed = find_or_make(transaction, subject, now);
    ++feed.generation;
    transaction.feeds().update(feed);
    return url_of(feed, policy, keys);
}

core::Result<FeedVersion> feed_version(const storage::ReadTransaction& transaction,
                                       std::string_view token, core::Instant now,
                                       const Policy& policy, const Keys& keys) {
    auto feed = find_by_token(transaction, token, keys);
    if (!feed) {
        return core::fail(core::Errc::not_found, "There is no such feed.");
    }
    FeedVersion version;
    version.etag = etag_of(transaction, *feed, now, policy);
    // What is in range changes at midnight, whatever else does.
    version.modified = std::max(feed->modified, midnight_before(now));
    version.feed = std::move(*feed);
    return version;
}

std::string feed_text(const storage::ReadTransaction& transaction, const storage::Feed& feed,
                      core::Instant now, const Policy& policy, const Keys& keys) {
    ical::Component calendar = new_calendar();
    name_calendar(calendar);
    const core::Interval range = feed_range(now, policy);
    for (storage::Participation& place : participations_of(transaction, feed.subject)) {
        const bool long_gone = !place.session.object && place.session.modified < range.start;
        if (place.participant.removed || long_gone) {
            continue;
        }
        const auto session = read_session_event(transaction, std::move(place.session), policy);
        if (session) {
            append_session(calendar, *session, place.participant, range, policy, keys);
        }
    }
    return ical::print(calendar);
}

void raise_feeds(storage::WriteTransaction& transaction, const storage::Participant& person,
                 core::Instant now) {
    transaction.feeds().raise(std::string(address_subject) + person.address, now);
    if (person.account) {
        transaction.feeds().raise(std::string(account_subject) + *person.account, now);
    }
}

} // namespace domain
