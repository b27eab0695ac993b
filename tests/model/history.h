// What many people do to a few calendars, as a list that can be made at random, shortened and
// printed. An operation names calendars and objects by number, so that any part of a history is a
// history, too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace model {

enum class Kind {
    put,
    remove,
    move,
    copy,
    make_calendar,
    remove_calendar,
    proppatch,
    back_up,
    restore,
    jump,   // the clock
    follow, // one sync-collection of one client
    lose,   // the same, but the answer never arrives
    settle, // a client asks until it knows all, while nobody writes
};

constexpr int calendars = 3;
constexpr int objects = 6;
constexpr int followers = 3;

constexpr bool is_of_follower(Kind kind) {
    return kind == Kind::follow || kind == Kind::lose || kind == Kind::settle;
}

struct Operation {
    Kind kind = Kind::put;
    int calendar = 0;
    int object = 0;
    int to_calendar = 0; // of MOVE and COPY
    int to_object = 0;
    int choice = 0; // what else there is to choose: hours, limits, who follows
};

using History = std::vector<Operation>;

std::string describe(const Operation& operation);
std::string describe(const History& history);

// The same for the same seed on every machine.
History random_history(std::uint32_t seed, std::size_t length);

// A part of `history` that still fails and from which no single operation can be left out. `fails`
// is called a bounded number of times.
History shrink(History history, const std::function<bool(const History&)>& fails);

} // namespace model
