#include "domain/feeds.h"

#include "core/strings.h"
#include "core/time.h"
#include "domain/addresses.h"
#include "domain/rendering.h"
#include "domain/session_event.h"
#include "domain/sessions.h"
#include "domain/signed_bytes.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace domain {

namespace {

constexpr std::size_t feed_id_bytes = 6;
constexpr std::size_t feed_generation_bytes = 2;
constexpr std::size_t feed_claim_bytes = feed_id_bytes + feed_generation_bytes;
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

constexpr std::string_view event_begin = "BEGIN:VEVENT\r\n";
constexpr std::string_view calendar_end = "END:VCALENDAR\r\n";

// One reader's copies of one session's occurrences, printed.
std::string print_session(const SessionEvent& session, const storage::Participant& reader,
                          core::Interval range, const Policy& policy, const Keys& keys) {
    std::string text;
    const auto occurrences = ical::occurrences(session.event, range);
    if (!occurrences) {
        return text; // a series beyond our bounds is left out; its calendar still has it
    }
    for (const ical::Occurrence& occurrence : *occurrences) {
        if (!takes_part(*occurrence.component, reader.address, session.host)
            || people_in(session, occurrence).size() < 2) {
            continue;
        }
        const OccurrenceKey key = occurrence_key(occurrence, session.session.shift_seconds);
        const bool cancelled = is_cancelled(session, occurrence);
        const std::string token = make_token(keys.join, {reader.id, key, reader.generation});
        const bool shows_notes =
            reader.role == storage::Role::host || policy.guest_details == GuestDetails::full;
        text += ical::print(render_for_reader(
            occurrence,
            {reader_uid(session, key),
             title_for(session, *occurrence.component, reader.role, policy),
             shows_notes ? occurrence.component->text("DESCRIPTION") : "",
             cancelled ? "" : join_url(policy.public_url, token), cancelled, session.modified}));
    }
    return text;
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
    return now - core::time_of_day(now.seconds);
}

// To the day, so that the content changes only when something does, or at midnight.
core::Interval feed_range(core::Instant now, const Policy& policy) {
    const core::Instant day = midnight_before(now);
    return {day - policy.feed_past_days * core::day_seconds,
            day + policy.feed_future_days * core::day_seconds};
}

std::string tag_of(std::string_view all) {
    constexpr std::size_t tag_bytes = 16;
    const core::Digest digest = core::sha256(all);
    return core::to_hex(std::span(digest).first(tag_bytes));
}

// What every part of a feed depends on, whosever it is: the day by what is in range, the
// configuration, and this program's way of writing. The epoch is another one after a restore, when
// revisions come a second time.
std::string circumstances(const storage::ReadTransaction& transaction, core::Instant now,
                          const Policy& policy) {
    constexpr std::string_view way_of_writing = "1"; // raised when the same rows read otherwise
    const core::Interval range = feed_range(now, policy);
    std::string all(way_of_writing);
    for (const std::string& part :
         {transaction.facts().find("epoch").value_or(""), std::to_string(range.start.seconds),
          std::to_string(range.end.seconds), policy.public_url,
          std::string(policy.guest_details == GuestDetails::full ? "full" : "neutral"),
          std::string(policy.language == Language::german ? "de" : "en"),
          policy.time_zone->name()}) {
        all.append("\n").append(part);
    }
    return all;
}

// Everything that the text depends on: beside the circumstances the sessions, by the feed's
// revision.
std::string etag_of(const storage::ReadTransaction& transaction, const storage::Feed& feed,
                    core::Instant now, const Policy& policy) {
    return tag_of(circumstances(transaction, now, policy) + "\n" + feed.subject + "\n"
                  + std::to_string(feed.revision));
}

// Puts a feed together out of its sessions' parts.
class FeedWriter {
public:
    FeedWriter(const storage::ReadTransaction& transaction, core::Instant now, const Policy& policy,
               const Keys& keys, KeptTexts& parts)
        : transaction_(transaction), policy_(policy), keys_(keys), parts_(parts),
          range_(feed_range(now, policy)),
          circumstances_(tag_of(circumstances(transaction, now, policy))) {
        ical::Component calendar = new_calendar();
        name_calendar(calendar);
        text_ = ical::print(calendar);
        text_.resize(text_.size() - calendar_end.size());
    }

    void add(storage::Participation place) {
        const bool long_gone = !place.session.object && place.session.modified < range_.start;
        if (place.participant.removed || long_gone || events_left_ == 0) {
            return;
        }
        if (place.revision == 0) {
            append(make(place)); // what is cancelled has no revision
            return;
        }
        const std::string tag = tag_of_part(place);
        KeptTexts::Text part = parts_.find(tag);
        if (!part) {
            part = std::make_shared<const std::string>(make(place));
            parts_.keep(tag, part);
        }
        append(*part);
    }

    std::string finish() { return std::move(text_.append(calendar_end)); }

private:
    std::string make(storage::Participation& place) {
        const auto session = read_session_event(transaction_, std::move(place.session), policy_);
        return session ? print_session(*session, place.participant, range_, policy_, keys_) : "";
    }

    // As many of the part's events as there is room for.
    void append(std::string_view part) {
        for (auto at = part.find(event_begin); at != std::string_view::npos;
             at = part.find(event_begin, at + event_begin.size())) {
            const bool begins_line = at == 0 || part[at - 1] == '\n'; // or a title ends so
            if (!begins_line) {
                continue;
            }
            if (events_left_ == 0) {
                part = part.substr(0, at);
                break;
            }
            --events_left_;
        }
        text_ += part;
    }

    // The text of the event is named by its object's revision, and it says who takes part; the rest
    // is of the session and of its reader, its owner and its calendar.
    std::string tag_of_part(const storage::Participation& place) {
        const storage::Session& session = place.session;
        const storage::Participant& reader = place.participant;
        std::string tag = circumstances_;
        for (const std::int64_t number :
             {session.id, session.object.value_or(0), place.collection, place.revision,
              session.shift_seconds, reader.id, std::int64_t{reader.generation},
              std::int64_t{reader.role == storage::Role::host ? 1 : 0}}) {
            tag.append(" ").append(std::to_string(number));
        }
        return tag.append(" ")
            .append(reader.address)
            .append(" ")
            .append(tag_of_owner(session.owner))
            .append(tag_of_zone(place.collection));
    }

    const std::string& tag_of_owner(const std::string& account) {
        std::string& tag = owners_[account];
        if (tag.empty()) {
            const Owner owner = owner_of(transaction_, account);
            tag = tag_of(owner.email + "\n" + owner.name);
        }
        return tag;
    }

    const std::string& tag_of_zone(std::int64_t id) {
        std::string& tag = zones_[id];
        if (tag.empty()) {
            const auto collection = transaction_.collections().find(id);
            tag = tag_of(collection ? collection->time_zone : "");
        }
        return tag;
    }

    const storage::ReadTransaction& transaction_;
    const Policy& policy_;
    const Keys& keys_;
    KeptTexts& parts_;
    core::Interval range_;
    std::string circumstances_;
    std::map<std::string, std::string> owners_;
    std::map<std::int64_t, std::string> zones_;
    std::string text_;
    std::size_t events_left_ = events_max;
};

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
                      core::Instant now, const Policy& policy, const Keys& keys, KeptTexts& parts) {
    FeedWriter writer(transaction, now, policy, keys, parts);
    for (storage::Participation& place : participations_of(transaction, feed.subject)) {
        writer.add(std::move(place));
    }
    return writer.finish();
}

FeedCopy feed_copy(const storage::ReadTransaction& transaction, const storage::Participant& person,
                   core::Instant changed) {
    const auto feed = transaction.feeds().find_by_subject(
        person.account ? std::string(account_subject) + *person.account
                       : std::string(address_subject) + person.address);
    if (!feed || feed->fetched < 0) {
        return FeedCopy::none;
    }
    const bool is_behind = feed->fetched < feed->revision && changed >= feed->fetched_at;
    return is_behind ? FeedCopy::behind : FeedCopy::current;
}

bool is_followed(const storage::ReadTransaction& transaction, std::int64_t session) {
    return transaction.feeds().is_followed(session, address_subject);
}

void note_fetched(storage::Store& store, const storage::Feed& feed, core::Instant now) {
    if (feed.fetched >= feed.revision) {
        return;
    }
    (void)store.write([&](storage::WriteTransaction& transaction) -> core::Done {
        transaction.feeds().note_fetched(feed, now);
        return {};
    });
}

void raise_feeds(storage::WriteTransaction& transaction, const storage::Participant& person,
                 core::Instant now) {
    transaction.feeds().raise(std::string(address_subject) + person.address, now);
    if (person.account) {
        transaction.feeds().raise(std::string(account_subject) + *person.account, now);
    }
}

} // namespace domain
