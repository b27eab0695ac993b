// Calendar objects: lookups, changes since a revision (RFC 6578), candidates for a time range.
#include "core/unavailable.h"
#include "tests/contract/store_contract.h"

#include <algorithm>
#include <random>

namespace contract {

using storage::Change;
using storage::Object;
using storage::ReadTransaction;
using storage::WriteTransaction;

std::vector<std::string> StoreContract::candidates(std::int64_t collection, core::Interval range,
                                                   std::string_view component) {
    std::vector<std::string> names;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_candidate(collection, component, range,
                                                 [&](const Object& found) {
                                                     names.push_back(found.head.name);
                                                     return true;
                                                 });
    });
    std::sort(names.begin(), names.end());
    return names;
}

TEST_P(StoreContract, AnObjectComesBackByteForByte) {
    const std::int64_t work = add_collection("work");
    Object full = object(work, "a.ics");
    full.head.schedule_tag = "tag";
    full.text = std::string("\0\xff\xfe'\r\n", 6) + std::string(100'000, 'x');
    full.links = std::string("12\0"
                             "34",
                             5);
    full.span_start = {-5'000'000'000};
    full.span_end = {5'000'000'000};

    full = put(full);

    store_->read([&](const ReadTransaction& transaction) {
        const auto& objects = transaction.objects();
        EXPECT_EQ(fields(*objects.find(work, "a.ics")), fields(full));
        EXPECT_EQ(fields(*objects.find(full.head.id)), fields(full));
        EXPECT_EQ(fields(*objects.find_head(work, "a.ics")), fields(full.head));
        EXPECT_EQ(fields(*objects.find_by_uid(work, "uid of a.ics")), fields(full.head));
        EXPECT_FALSE(objects.find(work, "A.ics"));
        EXPECT_FALSE(objects.find_head(work + 1, "a.ics"));
        EXPECT_FALSE(objects.find_by_uid(work, "other"));
        EXPECT_FALSE(objects.find(full.head.id + 1));
    });
}

TEST_P(StoreContract, AnUpdatedObjectIsTheNewOneInEveryField) {
    const std::int64_t work = add_collection("work");
    Object changed = put(object(work, "a.ics"));
    changed.head.uid = "other uid";
    changed.head.component = "VTODO";
    changed.head.etag = "other etag";
    changed.head.schedule_tag = "other tag";
    changed.head.size = 3;
    changed.head.modified = {7};
    changed.text = "new";
    changed.links = "1";
    changed.span_start = {1};
    changed.span_end = {2};

    write([&](WriteTransaction& transaction) {
        changed.head.revision = transaction.collections().next_revision(work);
        transaction.objects().update(changed);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(fields(*transaction.objects().find(changed.head.id)), fields(changed));
        EXPECT_FALSE(transaction.objects().find_by_uid(work, "uid of a.ics"));
    });
}

TEST_P(StoreContract, ACollectionHoldsOneObjectPerNameAndUid) {
    const std::int64_t work = add_collection("work");
    put(object(work, "a.ics"));
    Object same_uid = object(work, "b.ics");
    same_uid.head.uid = "uid of a.ics";
    Object same_name = object(work, "a.ics");
    same_name.head.uid = "another";

    EXPECT_THROW(put(same_uid), core::Unavailable);
    EXPECT_THROW(put(same_name), core::Unavailable);

    EXPECT_EQ(changes(work, 0).size(), 1U);
}

TEST_P(StoreContract, MembersOfAPlainCollectionHaveNoUid) {
    const std::int64_t files = add_collection("files");
    for (const char* name : {"a.txt", "b.txt"}) {
        Object file = object(files, name);
        file.head.uid.clear();
        put(file);
    }

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.objects().find(files, "b.txt"));
        EXPECT_FALSE(transaction.objects().find_by_uid(files, ""));
        EXPECT_TRUE(transaction.objects().find_by_owner_and_uid("anna", "").empty());
    });
}

TEST_P(StoreContract, AUidIsFoundInAllCollectionsOfItsOwnerNewestFirst) {
    write([](WriteTransaction& transaction) { transaction.accounts().insert(account("bert")); });
    const std::vector<std::int64_t> calendars = {add_collection("one"), add_collection("two"),
                                                 add_collection("three"),
                                                 add_collection("one", "bert")};
    const std::vector<std::int64_t> modified = {20, 30, 10, 40};
    for (std::size_t i = 0; i < calendars.size(); ++i) {
        Object copy = object(calendars[i], "a.ics");
        copy.head.modified = {modified[i]};
        put(copy);
    }

    std::vector<std::int64_t> found;
    store_->read([&](const ReadTransaction& transaction) {
        for (const Object& copy :
             transaction.objects().find_by_owner_and_uid("anna", "uid of a.ics")) {
            EXPECT_FALSE(copy.text.empty());
            found.push_back(copy.head.collection);
        }
    });

    EXPECT_EQ(found, (std::vector{calendars[1], calendars[0], calendars[2]}));
}

TEST_P(StoreContract, HeadsComeInOrderOfNameUntilTheVisitorStops) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    for (const char* name : {"c", "a", "d", "b"}) {
        put(object(work, name));
    }
    put(object(other, "x"));

    std::vector<std::string> all;
    std::vector<std::string> two;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_head(work, [&](const storage::ObjectHead& head) {
            all.push_back(head.name);
            return true;
        });
        transaction.objects().for_each_head(work, [&](const storage::ObjectHead& head) {
            two.push_back(head.name);
            return two.size() < 2;
        });
    });

    EXPECT_EQ(all, (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(two, (std::vector<std::string>{"a", "b"}));
}

TEST_P(StoreContract, AVisitorMayAskTheSameQuestionAgain) {
    const std::int64_t work = add_collection("work");
    for (const char* name : {"a", "b", "c"}) {
        put(object(work, name));
    }

    int visits = 0;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_head(work, [&](const storage::ObjectHead& outer) {
            transaction.objects().for_each_head(work, [&](const storage::ObjectHead& inner) {
                EXPECT_EQ(transaction.objects().find(inner.id)->head.name, inner.name);
                ++visits;
                return true;
            });
            return outer.name != "b";
        });
    });

    EXPECT_EQ(visits, 6);
}

TEST_P(StoreContract, AnExceptionOfAVisitorLeavesTheStoreWorking) {
    const std::int64_t work = add_collection("work");
    put(object(work, "a"));
    const auto throwing = [](const storage::ObjectHead&) -> bool {
        throw std::out_of_range("visitor");
    };

    EXPECT_THROW(store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_head(work, throwing);
    }),
                 std::out_of_range);
    EXPECT_THROW((void)store_->write([&](WriteTransaction& transaction) {
        put(transaction, object(work, "b"));
        transaction.objects().for_each_head(work, throwing);
        return core::Done();
    }),
                 std::out_of_range);

    EXPECT_EQ(changes(work, 0).size(), 1U);
}

TEST_P(StoreContract, AMemberHasOneChangeWhateverHappenedToIt) {
    const std::int64_t work = add_collection("work");
    Object a = put(object(work, "a.ics"));
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_EQ(changes(work, 0)[0].object, a.head.id);
    EXPECT_FALSE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].etag, "etag of a.ics");
    EXPECT_EQ(changes(work, 0)[0].component, "VEVENT");
    EXPECT_EQ(changes(work, 0)[0].content_type, "text/calendar");

    write([&](WriteTransaction& transaction) {
        a.head.revision = transaction.collections().next_revision(work);
        a.head.etag = "second";
        transaction.objects().update(a);
    });
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_EQ(changes(work, 0)[0].revision, 2);
    EXPECT_EQ(changes(work, 0)[0].etag, "second");
    EXPECT_EQ(changes(work, 1).size(), 1U);
    EXPECT_TRUE(changes(work, 2).empty());

    remove(a);
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_TRUE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].revision, 3);
    EXPECT_EQ(changes(work, 0)[0].name, "a.ics");
    EXPECT_EQ(changes(work, 0)[0].object, 0);
    EXPECT_EQ(changes(work, 0)[0].etag, "");

    const Object again = put(object(work, "a.ics"));
    ASSERT_EQ(changes(work, 0).size(), 1U);
    EXPECT_FALSE(changes(work, 0)[0].removed);
    EXPECT_EQ(changes(work, 0)[0].revision, 4);
    EXPECT_EQ(changes(work, 0)[0].object, again.head.id);

    remove(again);
    ASSERT_EQ(changes(work, 3).size(), 1U);
    EXPECT_EQ(changes(work, 3)[0].revision, 5);
}

TEST_P(StoreContract, CreatedAndRemovedSinceIsListedAsRemoved) {
    const std::int64_t work = add_collection("work");
    put(object(work, "before.ics"));
    const Object brief = put(object(work, "brief.ics"));
    remove(brief);

    const auto since = changes(work, 1);

    ASSERT_EQ(since.size(), 1U);
    EXPECT_EQ(since[0].name, "brief.ics");
    EXPECT_TRUE(since[0].removed);
}

TEST_P(StoreContract, ChangesInPiecesAreTheWholeInOrderOfRevision) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    std::vector<Object> objects;
    for (int i = 0; i < 20; ++i) {
        objects.push_back(put(object(work, std::to_string(i))));
        put(object(other, std::to_string(i)));
    }
    for (std::size_t i = 0; i < objects.size(); i += 3) {
        remove(objects[i]);
    }

    std::vector<std::string> pieces;
    std::int64_t revision = 0;
    for (;;) {
        const auto piece = changes(work, revision, 3);
        if (piece.empty()) {
            break;
        }
        EXPECT_LE(piece.size(), 3U);
        for (const Change& change : piece) {
            EXPECT_GT(change.revision, revision);
            revision = change.revision;
            pieces.push_back(change.name);
        }
    }

    std::vector<std::string> whole;
    for (const Change& change : changes(work, 0)) {
        whole.push_back(change.name);
    }
    EXPECT_EQ(pieces, whole);
    EXPECT_EQ(whole.size(), 20U);
    EXPECT_TRUE(changes(work, 0, 0).empty());
    EXPECT_EQ(changes(work, 0, std::numeric_limits<std::size_t>::max()).size(), 20U);
}

TEST_P(StoreContract, AMovedObjectKeepsItsIdAndDeadProperties) {
    const std::int64_t from = add_collection("from");
    const std::int64_t to = add_collection("to");
    Object moved = put(object(from, "a.ics"));
    const Object old = put(object(to, "b.ics"));
    remove(old);
    const std::string key = "object:" + std::to_string(moved.head.id);
    write([&](WriteTransaction& transaction) {
        transaction.properties().set(key, {"urn:x", "note", "<note/>"});
        transaction.objects().leave_tombstone(from, "a.ics",
                                              transaction.collections().next_revision(from));
        moved.head.collection = to;
        moved.head.name = "b.ics";
        moved.head.revision = transaction.collections().next_revision(to);
        transaction.objects().update(moved);
    });

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_EQ(transaction.objects().find(to, "b.ics")->head.id, moved.head.id);
        EXPECT_FALSE(transaction.objects().find(from, "a.ics"));
        EXPECT_EQ(transaction.properties().list(key).size(), 1U);
    });
    ASSERT_EQ(changes(from, 0).size(), 1U);
    EXPECT_TRUE(changes(from, 0)[0].removed);
    ASSERT_EQ(changes(to, 0).size(), 1U);
    EXPECT_FALSE(changes(to, 0)[0].removed);
    EXPECT_EQ(changes(to, 0)[0].name, "b.ics");
}

TEST_P(StoreContract, ARemovedObjectTakesItsDeadPropertiesAlong) {
    const std::int64_t work = add_collection("work");
    const Object gone = put(object(work, "a.ics"));
    const std::string key = "object:" + std::to_string(gone.head.id);
    write([&](WriteTransaction& transaction) {
        transaction.properties().set(key, {"urn:x", "note", "<note/>"});
        transaction.properties().set(key + "0", {"urn:x", "note", "<note/>"});
    });

    remove(gone);

    store_->read([&](const ReadTransaction& transaction) {
        EXPECT_TRUE(transaction.properties().list(key).empty());
        EXPECT_EQ(transaction.properties().list(key + "0").size(), 1U);
    });
}

namespace {

struct Span {
    const char* name;
    core::Instant start;
    core::Instant end;
};

constexpr std::int64_t day = 86400;
constexpr core::Interval week{{1'000 * day}, {1'007 * day}};

const std::vector<Span> spans = {
    {"always", core::beginning_of_time, core::end_of_time},
    {"until before", core::beginning_of_time, {999 * day}},
    {"until inside", core::beginning_of_time, {1'001 * day}},
    {"from inside on", {1'003 * day}, core::end_of_time},
    {"from after on", {1'008 * day}, core::end_of_time},
    {"long around", {900 * day}, {1'100 * day}},
    {"long before", {900 * day}, {950 * day}},
    {"long after", {1'050 * day}, {1'100 * day}},
    {"short before", {990 * day}, {990 * day + 3600}},
    {"short into the start", {1'000 * day - 1800}, {1'000 * day + 1800}},
    {"short inside", {1'002 * day}, {1'002 * day + 3600}},
    {"short out of the end", {1'007 * day - 1800}, {1'007 * day + 1800}},
    {"short after", {1'010 * day}, {1'010 * day + 3600}},
    {"a week exactly, from six days before", {994 * day}, {1'001 * day}},
    {"a week and a second, from six days before", {994 * day}, {1'001 * day + 1}},
    {"nothing long, at the start", {1'000 * day}, {1'000 * day}},
    {"nothing long, inside", {1'001 * day}, {1'001 * day}},
    {"nothing long, at the end", {1'007 * day}, {1'007 * day}},
};

} // namespace

TEST_P(StoreContract, CandidatesAreWhateverOverlapsTheRangeAndNotMuchMore) {
    const std::int64_t work = add_collection("work");
    const std::int64_t other = add_collection("other");
    for (const Span& span : spans) {
        for (const std::int64_t calendar : {work, other}) {
            Object spanned = object(calendar, span.name);
            spanned.span_start = span.start;
            spanned.span_end = span.end;
            put(spanned);
        }
    }

    const std::vector<std::string> expected = {
        "a week and a second, from six days before",
        "a week exactly, from six days before",
        "always",
        "from inside on",
        "long around",
        "nothing long, at the end",
        "nothing long, at the start",
        "nothing long, inside",
        "short inside",
        "short into the start",
        "short out of the end",
        "until inside",
    };
    EXPECT_EQ(candidates(work, week), expected);
    EXPECT_EQ(candidates(work, {}).size(), spans.size());
    EXPECT_EQ(candidates(work, {core::beginning_of_time, week.end}).size(), 15U);
    EXPECT_EQ(candidates(work, {week.start, core::end_of_time}).size(), 15U);
    constexpr core::Interval everything{{std::numeric_limits<std::int64_t>::min()},
                                        {std::numeric_limits<std::int64_t>::max()}};
    EXPECT_EQ(candidates(work, everything).size(), spans.size());
}

TEST_P(StoreContract, CandidatesAreASupersetForAnySpanAndRange) {
    const std::int64_t work = add_collection("work");
    std::mt19937 random(20'261'122); // NOLINT: the same sequence in every run
    const auto below = [&](std::int64_t bound) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(bound));
    };
    std::vector<Object> all;
    write([&](WriteTransaction& transaction) {
        for (int i = 0; i < 400; ++i) {
            Object spanned = object(work, std::to_string(i));
            spanned.span_start = {below(100 * day)};
            spanned.span_end = spanned.span_start + below(i % 2 == 0 ? day : 30 * day);
            if (i % 20 == 0) {
                spanned.span_end = core::end_of_time;
            }
            all.push_back(put(transaction, spanned));
        }
    });

    for (int question = 0; question < 50; ++question) {
        const core::Instant start{below(120 * day) - 10 * day};
        const core::Interval range{start, start + 1 + below(14 * day)};
        std::vector<std::string> overlapping;
        for (const Object& each : all) {
            if (each.span_start < range.end && each.span_end > range.start) {
                overlapping.push_back(each.head.name);
            }
        }
        std::sort(overlapping.begin(), overlapping.end());
        const auto found = candidates(work, range);
        EXPECT_TRUE(
            std::includes(found.begin(), found.end(), overlapping.begin(), overlapping.end()));
    }
}

TEST_P(StoreContract, CandidatesAreOfTheComponentAskedForAndBringTheirText) {
    const std::int64_t work = add_collection("work");
    put(object(work, "event"));
    Object todo = object(work, "todo");
    todo.head.component = "VTODO";
    put(todo);

    EXPECT_EQ(candidates(work, week, "VTODO"), std::vector<std::string>{"todo"});
    EXPECT_EQ(candidates(work, week, "VJOURNAL"), std::vector<std::string>());
    EXPECT_EQ(candidates(work, week, ""), (std::vector<std::string>{"event", "todo"}));
    store_->read([&](const ReadTransaction& transaction) {
        int visits = 0;
        transaction.objects().for_each_candidate(work, "", week, [&](const Object& found) {
            EXPECT_EQ(found.text, object(work, found.head.name).text);
            return ++visits < 1;
        });
        EXPECT_EQ(visits, 1);
    });
}

} // namespace contract
