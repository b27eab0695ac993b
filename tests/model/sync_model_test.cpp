// RFC 6578 by trial: people change calendars at random, clients follow with small pages and lost
// answers, the database is restored now and then, the clock jumps, and in the end every client has
// what a full listing says. A failing history is shortened and printed.
#include "tests/model/world.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <thread>

namespace {

using model::History;
using model::Kind;
using model::Operation;
using model::World;

// What is wrong after that history, or nothing.
std::optional<std::string> run(const History& history) {
    World world;
    for (const Operation& operation : history) {
        if (auto fault = world.apply(operation)) {
            return fault;
        }
        if (auto fault = world.ctags_tell_changes()) {
            return fault;
        }
    }
    return world.converge();
}

void expect_convergence(const History& history, const std::string& name) {
    const auto fault = run(history);
    if (!fault) {
        return;
    }
    const History shortest =
        model::shrink(history, [](const History& part) { return run(part).has_value(); });
    ADD_FAILURE() << name << ": " << run(shortest).value_or(*fault) << "after\n"
                  << model::describe(shortest);
}

void expect_convergence(std::uint32_t seed, std::size_t length) {
    expect_convergence(model::random_history(seed, length), "seed " + std::to_string(seed));
}

std::uint32_t seed_of_the_day() {
    const std::uint32_t seed = std::random_device{}();
    std::cout << "random seed " << seed << '\n';
    return seed;
}

// Several writers at once and several followers. What was done in which order is only known
// roughly; if the same in a row fails, too, that is shortened.
void expect_convergence_of_many(std::uint32_t seed) {
    constexpr int writers = 4;
    constexpr std::size_t operations = 100; // of each
    World world;
    std::array<History, writers> done;
    std::atomic<bool> failed = false;
    std::vector<std::thread> threads;
    for (std::uint32_t writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            for (Operation operation : model::random_history(seed + writer, operations)) {
                const bool follows = model::is_of_follower(operation.kind);
                if (follows && (writer >= model::followers || operation.kind == Kind::settle)) {
                    continue;
                }
                if (follows) {
                    operation.choice = static_cast<int>(writer);
                }
                done[writer].push_back(operation);
                if (const auto fault = world.apply(operation)) {
                    ADD_FAILURE() << "seed " << seed << ", writer " << writer << ": " << *fault;
                    failed = true;
                    return;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    if (const auto fault = world.converge()) {
        ADD_FAILURE() << "seed " << seed << ": " << *fault;
        failed = true;
    }
    if (failed) {
        History in_a_row;
        for (std::size_t i = 0; i < operations; ++i) {
            for (const History& history : done) {
                if (i < history.size()) {
                    in_a_row.push_back(history[i]);
                }
            }
        }
        expect_convergence(in_a_row, "in a row");
    }
}

TEST(SyncModel, ClientsConverge) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        expect_convergence(seed, 150);
    }
}

TEST(SyncModel, ClientsConvergeForAnySeed) {
    expect_convergence(seed_of_the_day(), 250);
}

TEST(SyncModel, ClientsConvergeWhileManyWrite) {
    expect_convergence_of_many(20261122);
}

TEST(SyncModel, ClientsConvergeWhileManyWriteForAnySeed) {
    expect_convergence_of_many(seed_of_the_day());
}

TEST(History, IsTheSameForTheSameSeed) {
    EXPECT_EQ(model::describe(model::random_history(7, 50)),
              model::describe(model::random_history(7, 50)));
    EXPECT_NE(model::describe(model::random_history(7, 50)),
              model::describe(model::random_history(8, 50)));
}

TEST(History, IsShortenedToWhatStillFails) {
    const auto fails = [](const History& history) {
        int removed = 0;
        int made = 0;
        for (const Operation& operation : history) {
            removed += operation.kind == Kind::remove_calendar ? 1 : 0;
            made += operation.kind == Kind::make_calendar && removed > 0 ? 1 : 0;
        }
        return made > 0;
    };
    const History history = model::random_history(1, 500);
    ASSERT_TRUE(fails(history));

    const History shortest = model::shrink(history, fails);

    ASSERT_EQ(shortest.size(), 2U);
    EXPECT_EQ(shortest[0].kind, Kind::remove_calendar);
    EXPECT_EQ(shortest[1].kind, Kind::make_calendar);
}

} // namespace
