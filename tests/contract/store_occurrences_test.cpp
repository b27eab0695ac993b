// The index of occurrences: which objects may meet a time range, and its care.
#include "tests/contract/store_contract.h"

#include <algorithm>
#include <map>
#include <random>

namespace contract {

using core::Interval;
using storage::Certainty;
using storage::Detail;
using storage::IndexedOccurrence;
using storage::Object;
using storage::ReadTransaction;
using storage::WriteTransaction;

namespace {

constexpr std::int64_t hour = 3'600;
constexpr std::int64_t day = 24 * hour;
constexpr Interval week{{1'000 * day}, {1'007 * day}};
constexpr Interval always{};
constexpr Interval nowhere{core::beginning_of_time, core::beginning_of_time};

Interval at(std::int64_t start, std::int64_t length) {
    return {{start}, {start + length}};
}

using Rows = std::vector<IndexedOccurrence>;
using Found = std::map<std::string, Certainty>;

bool overlap(Interval a, Interval b) {
    return a.start < b.end && a.end > b.start;
}

// What the port promises, by definition.
std::optional<Certainty> expected(const Object& object, const Rows& rows, Interval range) {
    bool touched = false;
    for (const IndexedOccurrence& row : rows) {
        const Interval sure{row.reach.start + row.doubt_seconds, row.reach.end - row.doubt_seconds};
        if (sure.start < range.end && sure.end > range.start) {
            return Certainty::certain;
        }
        touched = touched || overlap(row.reach, range);
    }
    const Interval& complete = object.index.complete;
    const bool known = complete.start <= range.start && complete.end >= range.end;
    if (touched || (!known && overlap(object.index.span, range))) {
        return Certainty::possible;
    }
    return std::nullopt;
}

} // namespace

Object StoreContract::add_indexed(std::int64_t collection, const std::string& name,
                                  const Rows& rows, Interval complete, Interval span,
                                  const std::string& component) {
    Object made = object(collection, name);
    made.head.component = component;
    made.index = {span, complete, core::end_of_time};
    write([&](WriteTransaction& transaction) {
        made = put(transaction, made);
        transaction.objects().set_occurrences(made.head, rows);
    });
    return made;
}

Found StoreContract::find_in_range(std::int64_t collection, Interval range, Detail detail,
                                   std::string_view component) {
    Found found;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_in_range(
            collection, component, range, detail, [&](const Object& object, Certainty certainty) {
                EXPECT_TRUE(found.emplace(object.head.name, certainty).second)
                    << object.head.name << " came twice";
                return true;
            });
    });
    return found;
}

Rows StoreContract::index_of(const Object& object) {
    return store_->read([&](const ReadTransaction& transaction) {
        return transaction.objects().occurrences(object.head.id);
    });
}

TEST_P(StoreContract, AnObjectIsFoundByItsOccurrencesOnce) {
    const std::int64_t work = add_collection("work");
    add_indexed(work, "in", {{at(1'001 * day, hour), 0}, {at(1'002 * day, hour), 0}});
    add_indexed(work, "before and after", {{at(990 * day, hour), 0}, {at(1'010 * day, hour), 0}});
    add_indexed(work, "up to the start", {{at(999 * day, day), 0}});
    add_indexed(work, "from the end", {{at(1'007 * day, day), 0}});
    add_indexed(work, "over the start", {{at(999 * day, day + 1), 0}});
    add_indexed(work, "up to the last second", {{at(1'007 * day - 1, hour), 0}});
    add_indexed(work, "around it all", {{at(10 * day, 5'000 * day), 0}});
    add_indexed(work, "always", {{always, 0}});
    add_indexed(work, "never", {});

    const Found found = find_in_range(work, week);

    EXPECT_EQ(found, (Found{{"in", Certainty::certain},
                            {"over the start", Certainty::certain},
                            {"up to the last second", Certainty::certain},
                            {"around it all", Certainty::certain},
                            {"always", Certainty::certain}}));
}

TEST_P(StoreContract, WhatIsLongIsFoundByTheWeekInItsMiddle) {
    const std::int64_t work = add_collection("work");
    for (std::int64_t length = 1; length < 1'000'000 * day; length *= 3) {
        add_indexed(work, std::to_string(length),
                    {{at(week.start.seconds - length / 2, length + 2), 0}});
        add_indexed(work, "past " + std::to_string(length),
                    {{at(week.start.seconds - length, length), 0}});
        add_indexed(work, "ahead " + std::to_string(length), {{at(week.end.seconds, length), 0}});
    }

    const Found found = find_in_range(work, week);

    EXPECT_EQ(found.size(), 23U);
    for (const auto& [name, certainty] : found) {
        EXPECT_EQ(name.find(' '), std::string::npos) << name;
    }
}

TEST_P(StoreContract, WhatIsInDoubtIsPossibleNearItsEnds) {
    const std::int64_t work = add_collection("work");
    add_indexed(work, "day", {{at(999 * day, 3 * day), 2 * day}});

    EXPECT_EQ(find_in_range(work, {{990 * day}, {1'010 * day}}),
              (Found{{"day", Certainty::certain}}));
    EXPECT_EQ(find_in_range(work, {{1'000 * day}, {1'001 * day}}),
              (Found{{"day", Certainty::possible}}));
    EXPECT_EQ(find_in_range(work, {{1'001 * day + hour}, {1'010 * day}}),
              (Found{{"day", Certainty::possible}}));
    EXPECT_EQ(find_in_range(work, {{1'002 * day}, {1'010 * day}}), Found{});
}

TEST_P(StoreContract, BeyondItsIndexAnObjectIsPossibleWhereItsSpanReaches) {
    const std::int64_t work = add_collection("work");
    const Interval two_years{{900 * day}, {1'600 * day}};
    const Interval span{{800 * day}, core::end_of_time};
    add_indexed(work, "series", {{at(1'001 * day, hour), 0}}, two_years, span);
    add_indexed(work, "unknown", {}, nowhere, span);
    const Found both{{"series", Certainty::possible}, {"unknown", Certainty::possible}};

    EXPECT_EQ(find_in_range(work, week),
              (Found{{"series", Certainty::certain}, {"unknown", Certainty::possible}}));
    EXPECT_EQ(find_in_range(work, {{1'100 * day}, {1'107 * day}}),
              (Found{{"unknown", Certainty::possible}}));
    EXPECT_EQ(find_in_range(work, {{1'599 * day}, {1'601 * day}}), both);
    EXPECT_EQ(find_in_range(work, {{899 * day}, {901 * day}}), both);
    EXPECT_EQ(find_in_range(work, {{100'000 * day}, {100'001 * day}}), both);
    EXPECT_EQ(find_in_range(work, {{799 * day}, {800 * day}}), Found{});
    EXPECT_EQ(find_in_range(work, {{1'002 * day}, core::end_of_time}), both);
    EXPECT_EQ(find_in_range(work, {{1'000 * day}, core::end_of_time}),
              (Found{{"series", Certainty::certain}, {"unknown", Certainty::possible}}));
}

TEST_P(StoreContract, OnlyTheComponentAskedForIsFound) {
    const std::int64_t work = add_collection("work");
    add_indexed(work, "event", {{at(1'001 * day, hour), 0}});
    add_indexed(work, "todo", {{at(1'001 * day, hour), 0}}, always, always, "VTODO");
    add_indexed(work, "unknown todo", {}, nowhere, always, "VTODO");

    EXPECT_EQ(find_in_range(work, week, Detail::text, "VEVENT").size(), 1U);
    EXPECT_EQ(find_in_range(work, week, Detail::text, "VTODO").size(), 2U);
    EXPECT_EQ(find_in_range(work, week, Detail::text, "VJOURNAL").size(), 0U);
    EXPECT_EQ(find_in_range(work, always, Detail::head, "VTODO").size(), 2U);
    EXPECT_EQ(find_in_range(work, week).size(), 3U);
}

TEST_P(StoreContract, TextComesWhereItIsAskedForOrNeeded) {
    const std::int64_t work = add_collection("work");
    const Object sure = add_indexed(work, "sure", {{at(1'001 * day, hour), 0}});
    add_indexed(work, "doubtful", {{at(999 * day, 3 * day), 2 * day}});
    add_indexed(work, "unknown", {}, nowhere);
    for (const Interval range :
         {Interval{{1'001 * day}, {1'002 * day}}, Interval{{1'001 * day}, core::end_of_time}}) {
        for (const Detail detail : {Detail::head, Detail::text}) {
            int visits = 0;
            store_->read([&](const ReadTransaction& transaction) {
                transaction.objects().for_each_in_range(
                    work, "", range, detail, [&](const Object& found, Certainty certainty) {
                        ++visits;
                        const bool wanted =
                            detail == Detail::text || certainty == Certainty::possible;
                        EXPECT_EQ(certainty == Certainty::certain, found.head.name == "sure");
                        if (found.head.name == "sure") {
                            EXPECT_EQ(fields(found.head), fields(without_uid(sure.head)));
                        }
                        if (wanted) {
                            EXPECT_EQ(found.text, object(work, found.head.name).text);
                        }
                        return true;
                    });
            });
            EXPECT_EQ(visits, 3);
        }
    }
}

TEST_P(StoreContract, TheVisitorEndsTheSearch) {
    const std::int64_t work = add_collection("work");
    for (const char* name : {"a", "b", "c"}) {
        add_indexed(work, name, {{at(1'001 * day, hour), 0}});
        add_indexed(work, std::string("unknown ") + name, {}, nowhere);
    }
    for (const Interval range : {week, always}) {
        for (const int wanted : {1, 2, 4}) {
            int visits = 0;
            store_->read([&](const ReadTransaction& transaction) {
                transaction.objects().for_each_in_range(
                    work, "", range, Detail::head,
                    [&](const Object&, Certainty) { return ++visits < wanted; });
            });
            EXPECT_EQ(visits, wanted);
        }
    }
}

TEST_P(StoreContract, AnIndexIsReplacedAndGoesWithItsObject) {
    const std::int64_t work = add_collection("work");
    Rows many;
    for (int i = 0; i < 150; ++i) {
        many.push_back({at(i * day, hour * (i % 50)), i % 3});
    }
    const Object made = add_indexed(work, "a", many);
    EXPECT_EQ(index_of(made), many);

    const Rows few = {{at(-5'000'000 * day, hour), 0}, {always, 7}};
    write([&](WriteTransaction& transaction) {
        transaction.objects().set_occurrences(made.head, few);
    });
    EXPECT_EQ(index_of(made), (Rows{few[1], few[0]}));

    remove(made);
    EXPECT_EQ(index_of(made), Rows{});
    EXPECT_EQ(find_in_range(work, always), Found{});
}

TEST_P(StoreContract, ACollectionTakesItsIndexAlong) {
    const std::int64_t work = add_collection("work");
    const Object made = add_indexed(work, "a", {{at(1'001 * day, hour), 0}});

    write([&](WriteTransaction& transaction) { transaction.collections().remove(work); });

    EXPECT_EQ(index_of(made), Rows{});
}

TEST_P(StoreContract, AMovedObjectIsFoundWhereItIs) {
    std::int64_t work = add_collection("work");
    Object moved = add_indexed(work, "a", {{at(1'001 * day, hour), 0}});
    moved.head.collection = add_collection("other");
    write([&](WriteTransaction& transaction) {
        moved.head.revision = transaction.collections().next_revision(moved.head.collection);
        transaction.objects().update(moved);
        transaction.objects().set_occurrences(moved.head, {{at(1'001 * day, hour), 0}});
    });

    EXPECT_EQ(find_in_range(work, week), Found{});
    work = moved.head.collection;
    EXPECT_EQ(find_in_range(work, week).size(), 1U);
}

TEST_P(StoreContract, WhatIsDueComesLongestDueFirst) {
    const std::int64_t work = add_collection("work");
    for (const std::int64_t due : {30, 10, 20, 40}) {
        Object each = object(work, std::to_string(due));
        each.index.due = {due};
        put(each);
    }
    add_indexed(work, "never due", {});
    const auto due = [&](std::int64_t now, std::size_t limit) {
        std::vector<std::string> names;
        store_->read([&](const ReadTransaction& transaction) {
            for (const Object& each : transaction.objects().index_due({now}, limit)) {
                EXPECT_EQ(each.text, object(work, each.head.name).text);
                names.push_back(each.head.name);
            }
        });
        return names;
    };

    EXPECT_EQ(due(9, 10), std::vector<std::string>());
    EXPECT_EQ(due(30, 10), (std::vector<std::string>{"10", "20", "30"}));
    EXPECT_EQ(due(100, 2), (std::vector<std::string>{"10", "20"}));
}

TEST_P(StoreContract, AnIndexIsRefreshedOnlyWhereNobodyWasFaster) {
    const std::int64_t work = add_collection("work");
    Object old = object(work, "a");
    old.index.due = {10};
    old = put(old);
    const storage::IndexReach reach{{{1}, {9}}, {{2}, {8}}, {70}};
    const auto refresh = [&](const Object& as_read, const Rows& rows) {
        return *store_->write([&](WriteTransaction& transaction) -> core::Result<bool> {
            return transaction.objects().refresh_index(as_read, reach, rows);
        });
    };

    EXPECT_TRUE(refresh(old, {{at(1, 8), 0}}));
    EXPECT_FALSE(refresh(old, {})); // another process has done so
    Object changed = old;
    changed.index.due = {70};
    write([&](WriteTransaction& transaction) {
        changed.head.revision = transaction.collections().next_revision(work);
        transaction.objects().update(changed);
    });
    old.index = changed.index;
    EXPECT_FALSE(refresh(old, {})); // somebody has changed it
    changed.head.collection += 1;
    EXPECT_FALSE(refresh(changed, {}));

    EXPECT_EQ(index_of(old), (Rows{{at(1, 8), 0}}));
}

TEST_P(StoreContract, AnswersAsDefinedForAnyIndexAndRange) {
    std::int64_t work = add_collection("work");
    for (const std::uint32_t seed :
         {20'261'122U, static_cast<std::uint32_t>(std::random_device()())}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        const auto below = [&](std::int64_t bound) {
            return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(bound));
        };
        std::vector<std::pair<Object, Rows>> all;
        for (int i = 0; i < 250; ++i) {
            Rows rows;
            for (std::int64_t count = below(5); count > 0; --count) {
                const std::int64_t start = below(400 * day);
                rows.push_back({at(start, 1 + below(std::int64_t{1} << (5 + below(22)))),
                                below(3) == 0 ? 2 * day : 0});
            }
            Interval complete = always;
            Interval span = always;
            if (i % 4 == 0) {
                complete = at(below(300 * day), below(300 * day));
                span.start = rows.empty() ? core::Instant{below(200 * day)} : core::Instant{0};
            } else if (i % 4 == 1 && !rows.empty()) {
                span = {core::end_of_time, core::beginning_of_time};
                for (const IndexedOccurrence& row : rows) {
                    span.start = std::min(span.start, row.reach.start);
                    span.end = std::max(span.end, row.reach.end);
                }
            }
            all.emplace_back(add_indexed(work, std::to_string(seed) + "-" + std::to_string(i), rows,
                                         complete, span),
                             rows);
        }
        for (int question = 0; question < 60; ++question) {
            const core::Instant start{below(500 * day) - 50 * day};
            const std::int64_t lengths[] = {1, hour, 7 * day, 61 * day, 63 * day, 300 * day};
            Interval range{start, start + lengths[below(6)]};
            if (below(8) == 0) {
                range.end = core::end_of_time;
            }
            const Found found =
                find_in_range(work, range, below(2) == 0 ? Detail::head : Detail::text);
            for (const auto& [object, rows] : all) {
                const auto certainty = expected(object, rows, range);
                const auto each = found.find(object.head.name);
                ASSERT_EQ(each != found.end(), certainty.has_value())
                    << object.head.name << " in " << range.start.seconds << " to "
                    << range.end.seconds;
                // The store may be less certain, never more.
                EXPECT_TRUE(!certainty || each->second == Certainty::possible
                            || *certainty == Certainty::certain);
            }
        }
        write([&](WriteTransaction& transaction) { transaction.collections().remove(work); });
        work = add_collection("work");
    }
}

TEST_P(StoreContract, TellsWhatTimeIsTakenAndWhomToAskAboutTheRest) {
    using storage::TimeTaken;
    const std::int64_t work = add_collection("work");
    const auto row = [](std::int64_t start, TimeTaken taken) {
        return IndexedOccurrence{at(start, hour), 0, taken};
    };
    const auto booked =
        add_indexed(work, "booked",
                    {row(1'001 * day, TimeTaken::busy), row(1'002 * day, TimeTaken::tentative),
                     row(1'003 * day, TimeTaken::none), row(1'009 * day, TimeTaken::busy)});
    add_indexed(work, "asked",
                {row(1'004 * day, TimeTaken::unknown), row(1'005 * day, TimeTaken::unknown)});
    add_indexed(work, "asked later", {row(1'010 * day, TimeTaken::unknown)});
    add_indexed(work, "unindexed", {}, nowhere);
    add_indexed(work, "unindexed to-do", {}, nowhere, always, "VTODO");
    add_indexed(work, "stated", {row(1'006 * day, TimeTaken::unknown)}, always, always,
                "VFREEBUSY");
    const std::int64_t other = add_collection("other");
    add_indexed(other, "elsewhere", {row(1'001 * day, TimeTaken::busy)});

    std::map<std::int64_t, TimeTaken> taken;
    std::vector<std::string> asked;
    store_->read([&](const ReadTransaction& transaction) {
        transaction.objects().for_each_taken(work, week, [&](const storage::TakenTime& time) {
            EXPECT_EQ(time.object, booked.head.id);
            EXPECT_EQ(time.time.end - time.time.start, hour);
            taken[time.time.start.seconds / day] = time.taken;
            return true;
        });
        transaction.objects().for_each_undecided(work, week, [&](const Object& object) {
            EXPECT_FALSE(object.text.empty());
            asked.push_back(object.head.name);
            return true;
        });
    });

    EXPECT_EQ(taken, (std::map<std::int64_t, TimeTaken>{{1'001, TimeTaken::busy},
                                                        {1'002, TimeTaken::tentative}}));
    std::sort(asked.begin(), asked.end());
    EXPECT_EQ(asked, (std::vector<std::string>{"asked", "stated", "unindexed"}));
    EXPECT_EQ(index_of(booked)[1].taken, TimeTaken::tentative);
}

} // namespace contract
