#include "bench/workloads.h"

#include "bench/busy_loads.h"
#include "bench/client_loads.h"
#include "bench/dav_loads.h"
#include "bench/session_loads.h"

#include <stdexcept>

namespace bench {

namespace {

using Asked = Workload::Asked;

// The same number of events touches it in calendars of any length.
constexpr int early_week = 4;
constexpr std::size_t thousand = 1'000;

std::string sized(std::size_t size) {
    std::string text = std::to_string(size);
    return text.insert(text.size() - 3, ",");
}

Workload get_row(std::size_t connections) {
    const std::string count = std::to_string(connections);
    return {"get-" + count, "GET one event, " + count + (connections == 1 ? " conn." : " conns."),
            0.1, Asked::peers,
            [=](Subject& subject) { return get_events(subject, thousand, connections); }};
}

Workload put_row(std::size_t writers, std::size_t calendars, Asked asked) {
    const std::string name = "put-" + std::to_string(writers) + (calendars == 1 ? "" : "-over-20");
    return {name,
            "PUT, durable, " + std::to_string(writers) + (writers == 1 ? " writer, " : " writers, ")
                + (calendars == 1 ? "one calendar" : "20 calendars"),
            0.6, asked,
            [=](Subject& subject) { return put_events(subject, name, writers, calendars); }};
}

Workload propfind_row(std::size_t size, double goal, Asked asked) {
    return {"propfind-" + std::to_string(size), "PROPFIND depth 1, getetag, " + sized(size), goal,
            asked, [=](Subject& subject) { return list_etags(subject, size); }};
}

// `late`: the calendar's last week, in which all its endless series go on.
Workload query_row(std::size_t size, bool late, double goal, Asked asked) {
    const Calendar calendar(seed, size);
    const int week = late ? calendar.weeks() - 1 : early_week;
    const std::string found = std::to_string(calendar.objects_in_week(week));
    return {"query-" + std::to_string(size) + (late ? "-late" : ""),
            "calendar-query, a week of " + sized(size) + " (" + found + " found)", goal, asked,
            [=](Subject& subject) { return query_week(subject, size, week); }};
}

Workload multiget_row(std::size_t size, Asked asked) {
    return {"multiget-" + std::to_string(size), "multiget of 50 of " + sized(size), 0.8, asked,
            [=](Subject& subject) { return multiget(subject, size); }};
}

Workload first_sync_row(std::size_t size, double goal, Asked asked) {
    return {"sync-first-" + std::to_string(size), "sync-collection, initial, " + sized(size), goal,
            asked, [=](Subject& subject) { return sync_first(subject, size); }};
}

Workload sync_row(std::size_t size, Asked asked) {
    return {"sync-" + std::to_string(size), "sync-collection, 10 changes of " + sized(size), 0.25,
            asked, [=](Subject& subject) { return sync_changes(subject, size); }};
}

Workload export_row(std::size_t size, double goal) {
    return {"export-" + std::to_string(size), "export of " + sized(size), goal, Asked::own_only,
            [=](Subject& subject) { return export_calendar(subject, size); }};
}

} // namespace

std::vector<Workload> workloads() {
    constexpr std::size_t ten_thousand = 10 * thousand;
    constexpr std::size_t hundred_thousand = 100 * thousand;
    return {
        get_row(1),
        get_row(32),
        put_row(1, 1, Asked::peers),
        put_row(16, 1, Asked::peers),
        put_row(64, 1, Asked::own_only),
        put_row(1, 20, Asked::own_only),
        put_row(16, 20, Asked::peers),
        put_row(64, 20, Asked::own_only),
        {"put-with-guests", "PUT of a session with 5 attendees", 4, Asked::own_only, put_sessions},
        propfind_row(thousand, 0.8, Asked::peers_in_full),
        propfind_row(ten_thousand, 7, Asked::own_only),
        query_row(thousand, false, 4, Asked::peers_in_full),
        query_row(ten_thousand, false, 4, Asked::own_only),
        query_row(ten_thousand, true, 0, Asked::own_only),
        query_row(hundred_thousand, false, 6, Asked::own_only_in_full),
        query_row(hundred_thousand, true, 0, Asked::own_only_in_full),
        multiget_row(thousand, Asked::peers_in_full),
        multiget_row(ten_thousand, Asked::own_only),
        first_sync_row(thousand, 0.8, Asked::peers_in_full),
        first_sync_row(ten_thousand, 7, Asked::own_only),
        sync_row(thousand, Asked::peers_in_full),
        sync_row(ten_thousand, Asked::own_only),
        sync_row(hundred_thousand, Asked::own_only_in_full),
        export_row(thousand, 6),
        export_row(ten_thousand, 60),
        {"refresh-50", "PROPFIND of 39 properties over 50 calendars", 10, Asked::own_only,
         [](Subject& subject) { return refresh_home(subject, 50); }},
        {"search", "text search in 10,000", 0, Asked::own_only,
         [](Subject& subject) { return search_text(subject, ten_thousand); }},
        {"busy-one", "free-busy-query, a week of 1,000", 0.3, Asked::own_only,
         [](Subject& subject) { return ask_free_busy(subject, thousand); }},
        {"busy-20", "busy time of 20 people, a week", 4, Asked::own_only,
         [](Subject& subject) { return ask_colleagues(subject, 20, 1); }},
        {"busy-30", "busy time of 30 people, four weeks", 0, Asked::own_only,
         [](Subject& subject) { return ask_colleagues(subject, 30, 4); }},
        {"feed", "feed of 1,000 sessions", 6, Asked::own_only,
         [](Subject& subject) { return read_feed(subject, false); }},
        {"feed-unchanged", "the same, ETag matches", 0.1, Asked::own_only,
         [](Subject& subject) { return read_feed(subject, true); }},
        {"feed-changed", "in turn a PUT of one of these and the feed", 3.5, Asked::own_only,
         read_changed_feed},
        {"join", "join page", 0, Asked::own_only, look_at_join_page},
    };
}

std::string one_event_request(Subject& subject) {
    return get_events(subject, thousand, 1).request(0);
}

void do_a_little(Subject& subject, std::size_t calendar_size) {
    for (Load load :
         {get_events(subject, calendar_size, 1), query_week(subject, calendar_size, early_week)}) {
        load.requests_max = 20;
        const LoadResult result = run_load(load);
        if (result.faults > 0) {
            throw std::runtime_error(result.first_fault);
        }
    }
}

} // namespace bench
