#include "tests/model/history.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>

namespace model {

namespace {

constexpr int attempts_to_shrink = 2'000;

struct Frequency {
    Kind kind;
    const char* name;
    unsigned weight;
};

constexpr std::array frequencies{
    Frequency{Kind::put, "PUT", 30},
    Frequency{Kind::remove, "DELETE", 12},
    Frequency{Kind::move, "MOVE", 12},
    Frequency{Kind::copy, "COPY", 6},
    Frequency{Kind::make_calendar, "MKCALENDAR", 4},
    Frequency{Kind::remove_calendar, "DELETE calendar", 2},
    Frequency{Kind::proppatch, "PROPPATCH", 4},
    Frequency{Kind::back_up, "back up", 1},
    Frequency{Kind::restore, "restore", 1},
    Frequency{Kind::jump, "clock jumps", 3},
    Frequency{Kind::follow, "follow", 25},
    Frequency{Kind::lose, "follow, answer lost", 5},
    Frequency{Kind::settle, "settle", 8},
};

} // namespace

std::string describe(const Operation& operation) {
    const auto* row = std::find_if(frequencies.begin(), frequencies.end(),
                                   [&](const auto& each) { return each.kind == operation.kind; });
    return std::string(row->name) + " c" + std::to_string(operation.calendar) + "/o"
           + std::to_string(operation.object) + " to c" + std::to_string(operation.to_calendar)
           + "/o" + std::to_string(operation.to_object) + " choice "
           + std::to_string(operation.choice);
}

std::string describe(const History& history) {
    std::string text;
    for (const Operation& operation : history) {
        text += "  " + describe(operation) + "\n";
    }
    return text;
}

History random_history(std::uint32_t seed, std::size_t length) {
    std::mt19937 random(seed);
    const auto pick = [&](unsigned count) { return static_cast<int>(random() % count); };
    unsigned all = 0;
    for (const Frequency& each : frequencies) {
        all += each.weight;
    }
    History history;
    while (history.size() < length) {
        auto left = static_cast<unsigned>(pick(all));
        const Frequency* row = frequencies.begin();
        while (left >= row->weight) {
            left -= row->weight;
            ++row;
        }
        Operation operation;
        operation.kind = row->kind;
        operation.calendar = pick(calendars);
        operation.object = pick(objects);
        operation.to_calendar = pick(calendars);
        operation.to_object = pick(objects);
        operation.choice = pick(1'000);
        history.push_back(operation);
    }
    return history;
}

History shrink(History history, const std::function<bool(const History&)>& fails) {
    int attempts = 0;
    for (std::size_t piece = history.size() / 2; piece >= 1; piece /= 2) {
        for (std::size_t at = 0; at < history.size() && attempts < attempts_to_shrink;) {
            const auto from = history.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end =
                from + static_cast<std::ptrdiff_t>(std::min(piece, history.size() - at));
            History shorter(history.begin(), from);
            shorter.insert(shorter.end(), end, history.end());
            ++attempts;
            if (fails(shorter)) {
                history = std::move(shorter);
            } else {
                at += piece;
            }
        }
    }
    return history;
}

} // namespace model
