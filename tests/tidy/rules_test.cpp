#include "tests/tidy/rules.h"

#include <gtest/gtest.h>

// Each rule is shown to be able to fail.

namespace {

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) {
        text += part;
    }
    return text;
}

std::size_t include_faults(std::string path, std::string_view header) {
    return tidy::check_includes({std::move(path), "#include " + std::string(header) + "\n"}).size();
}

std::size_t word_faults(std::string path, std::string text) {
    return tidy::check_words({std::move(path), std::move(text)}).size();
}

} // namespace

TEST(IncludeTable, AllowsTheArrows) {
    for (const auto& [path, header] : std::vector<std::pair<std::string, std::string_view>>{
             {"core/uri.cpp", "\"core/uri.h\""},
             {"core/uri.cpp", "<vector>"},
             {"core/result.h", "<tl/expected.hpp>"},
             {"core/log.cpp", "<spdlog/logger.h>"},
             {"core/crypto.cpp", "<sodium.h>"},
             {"ical/zone.cpp", "<libical/ical.h>"},
             {"storage/store.h", "\"core/result.h\""},
             {"storage/open.cpp", "\"storage/sqlite/store.h\""},
             {"storage/sql/objects.cpp", "\"storage/store.h\""},
             {"storage/sqlite/store.cpp", "\"storage/sql/objects.h\""},
             {"storage/sqlite/connection.cpp", "<sqlite3.h>"},
             {"storage/postgres/connection.cpp", "<libpq-fe.h>"},
             {"domain/links.cpp", "\"storage/store.h\""},
             {"caldav/sync.cpp", "\"domain/calendars.h\""},
             {"caldav/xml_reader.cpp", "<expat.h>"},
             {"src/net/server.cpp", "<boost/asio.hpp>"},
             {"src/net/gzip.cpp", "<zlib.h>"},
             {"src/net/server.cpp", "\"src/rooms/hub.h\""},
             {"src/routes/api.cpp", "<boost/json.hpp>"},
             {"src/routes/dav.cpp", "\"caldav/handler.h\""},
             {"src/app/config.cpp", "<toml++/toml.h>"},
             {"src/app/main.cpp", "<CLI/CLI.hpp>"},
             {"src/app/main.cpp", "\"storage/sqlite/store.h\""},
             {"tests/contract/store_test.cpp", "\"storage/sqlite/store.h\""},
             {"tests/contract/store_test.cpp", "<gtest/gtest.h>"}}) {
        EXPECT_EQ(include_faults(path, header), 0U) << path << ' ' << header;
    }
}

TEST(IncludeTable, RefusesEverythingElse) {
    for (const auto& [path, header] : std::vector<std::pair<std::string, std::string_view>>{
             {"core/uri.cpp", "\"ical/zone.h\""},
             {"core/uri.cpp", "\"uri.h\""},
             {"core/uri.cpp", "<spdlog/logger.h>"},
             {"core/uri.cpp", "<sodium.h>"},
             {"core/uri.cpp", "<some/library.h>"},
             {"core/uri.cpp", "<time.h>"},
             {"core/uri.cpp", "<unistd.h>"},
             {"ical/zone.cpp", "\"storage/store.h\""},
             {"ical/zone.cpp", "<tl/expected.hpp>"},
             {"storage/store.h", "\"ical/object.h\""},
             {"storage/store.h", "\"storage/sqlite/store.h\""},
             {"storage/sql/objects.cpp", "<sqlite3.h>"},
             {"storage/sql/objects.cpp", "\"storage/sqlite/connection.h\""},
             {"storage/sqlite/store.cpp", "\"storage/postgres/connection.h\""},
             {"domain/links.cpp", "\"storage/sql/objects.h\""},
             {"domain/links.cpp", "\"storage/open.h\""},
             {"domain/links.cpp", "\"caldav/handler.h\""},
             {"domain/links.cpp", "<libical/ical.h>"},
             {"caldav/sync.cpp", "<expat.h>"},
             {"caldav/sync.cpp", "\"src/routes/router.h\""},
             {"src/net/server.cpp", "\"src/routes/router.h\""},
             {"src/net/server.cpp", "\"domain/links.h\""},
             {"src/net/server.cpp", "<boost/json.hpp>"},
             {"src/routes/api.cpp", "<boost/asio.hpp>"},
             {"src/routes/api.cpp", "\"src/net/server.h\""},
             {"src/routes/api.cpp", "\"storage/sqlite/store.h\""},
             {"src/app/main.cpp", "<toml++/toml.h>"},
             {"src/app/main.cpp", "\"main.h\""},
             {"src/app/main.cpp", "<gtest/gtest.h>"},
             {"caldav/sync.cpp", "\"tests/support/manual_clock.h\""},
             {"tests/caldav/sync_test.cpp", "<libical/ical.h>"},
             {"src/loose.cpp", "<vector>"}}) {
        EXPECT_EQ(include_faults(path, header), 1U) << path << ' ' << header;
    }
}

TEST(IncludeTable, SaysWhereAndDoesNotReadComments) {
    const auto found = tidy::check_includes(
        {"core/a.h", "// x\n// #include \"ical/zone.h\"\n/*\n#include <sodium.h>\n*/\n"
                     "#include <map>\n  #include \"ical/zone.h\"\n"});

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "core/a.h");
    EXPECT_EQ(found[0].line, 7U);
    EXPECT_NE(found[0].message.find("core/ may not include ical/"), std::string::npos);
}

TEST(BannedWords, AreFoundOutsideTheirPlace) {
    EXPECT_EQ(word_faults("core/a.cpp", "auto t = std::chrono::system_clock::now();"), 1U);
    EXPECT_EQ(word_faults("core/a.cpp", "auto t = std::time(nullptr);"), 1U);
    EXPECT_EQ(word_faults("domain/a.cpp", "std::chrono::steady_clock::now();"), 1U);
    EXPECT_EQ(word_faults("src/app/main.cpp", "std::getenv(\"HOME\");"), 1U);
    EXPECT_EQ(word_faults("domain/a.cpp", "std::thread t; std::jthread u;"), 2U);
    EXPECT_EQ(word_faults("src/routes/a.cpp", "co_await x; co_return; awaitable<void> f();"), 3U);
    EXPECT_EQ(word_faults("tests/core/a_test.cpp", "std::this_thread::sleep_for(1s);"), 1U);
    EXPECT_EQ(word_faults("tests/core/a_test.cpp", "::sleep(1); usleep(1);"), 2U);
    EXPECT_EQ(word_faults("core/a.h", "using namespace std;"), 1U);
    EXPECT_EQ(word_faults("core/a.cpp", "std::regex r;"), 1U);
    EXPECT_EQ(word_faults("core/a.cpp", std::string("// TO") + "DO: more\n"), 1U);
    EXPECT_EQ(word_faults("core/a.cpp", std::string("/* XX") + "X */"), 1U);
}

TEST(BannedWords, MayStandInTheirPlace) {
    EXPECT_EQ(word_faults("core/clock.cpp", "std::chrono::system_clock::now();"), 0U);
    EXPECT_EQ(word_faults("src/net/a.cpp", "co_await x; std::thread t; steady_clock c;"), 0U);
    EXPECT_EQ(word_faults("src/app/config.cpp", "std::getenv(\"HOME\");"), 0U);
    EXPECT_EQ(word_faults("storage/sqlite/store.cpp", "std::thread writer_;"), 0U);
    EXPECT_EQ(word_faults("src/net/a.cpp", "std::this_thread::sleep_for(1s);"), 0U);
    EXPECT_EQ(word_faults("core/a.cpp", "using namespace std;"), 0U);
}

TEST(BannedWords, DoNotCountInCommentsAndLiterals) {
    EXPECT_EQ(word_faults("core/a.cpp", "// never std::regex\nf(\"std::regex\");"), 0U);
    EXPECT_EQ(word_faults("core/a.cpp", "int my_system_clock; // system_clock\n"), 0U);
    EXPECT_EQ(word_faults("core/a.cpp", std::string("f(\"TO") + "DO\");"), 0U);
}

TEST(LibicalCalls, AreFoundOutsideIcal) {
    const auto faults = [](std::string path, std::string text) {
        return tidy::check_libical_calls({std::move(path), std::move(text)}).size();
    };

    EXPECT_EQ(faults("domain/a.cpp", "icalcomponent_new(x); icaltime_compare(a, b);"), 2U);
    EXPECT_EQ(faults("tests/ical/a_test.cpp", "icalmemory_free_ring();"), 1U);
    EXPECT_EQ(faults("ical/a.cpp", "icalcomponent_new(x);"), 0U);
    EXPECT_EQ(faults("domain/a.cpp", "to_ical_utc(x); ical_text; icalendar_body; ical::parse();"),
              0U);
    EXPECT_EQ(faults("domain/a.cpp", "// icalcomponent_new\n"), 0U);
}

TEST(Awaits, StandAlone) {
    const auto faults = [](std::string text) {
        return tidy::check_awaits({"src/net/a.cpp", std::move(text)}).size();
    };

    EXPECT_EQ(faults("void f() { co_await g(P{1, \"x\"}); }"), 1U);
    EXPECT_EQ(faults("void f() { auto x = co_await g({1, 2}); }"), 1U);
    EXPECT_EQ(faults("void f() { co_await spawn(pool, [x] { use(x); }); }"), 1U);
    EXPECT_EQ(faults("void f() { if (co_await g(P{1})) { } }"), 1U);
    EXPECT_EQ(faults("void f() { spawn(co_await executor, [x]{}, detached); }"), 1U);
    EXPECT_EQ(faults("void f() { P p{1}; co_await g(std::move(p)); h(P{2}); }"), 0U);
    EXPECT_EQ(faults("void f() { co_await spawn(pool, [&] { use(x); }); }"), 0U);
    EXPECT_EQ(faults("void f() { spawn(executor, [](S s) { co_await s.run(); }, detached); }"), 0U);
    EXPECT_EQ(faults("void f() { if (auto r = co_await g(); r) { h(P{1}); } }"), 0U);
}

TEST(HeaderRule, AsksForACommentAndAGuard) {
    const auto faults = [](std::string path, std::string text) {
        return tidy::check_header({std::move(path), std::move(text)}).size();
    };

    EXPECT_EQ(faults("core/a.h", "// What it is for.\n#pragma once\nint x;\n"), 0U);
    EXPECT_EQ(faults("core/a.h", "#pragma once\n"), 1U);
    EXPECT_EQ(faults("core/a.h", "// What it is for.\n// #pragma once\n"), 1U);
    EXPECT_EQ(faults("core/a.h", ""), 2U);
    EXPECT_EQ(faults("core/a.cpp", "int x;\n"), 0U);
}

TEST(Sizes, BoundFilesLinesAndFunctions) {
    const auto faults = [](std::string text) {
        return tidy::check_sizes({"core/a.cpp", std::move(text)}).size();
    };

    EXPECT_EQ(faults(repeated("int x;\n", 500)), 0U);
    EXPECT_EQ(faults(repeated("int x;\n", 501)), 1U);
    EXPECT_EQ(faults(std::string(100, 'x') + '\n'), 0U);
    EXPECT_EQ(faults(std::string(101, 'x') + '\n'), 1U);
    EXPECT_EQ(faults("// " + repeated("ä", 97) + '\n'), 0U);
    EXPECT_EQ(faults("void f() {\n" + repeated("  g();\n", 68) + "}\n"), 0U);
    EXPECT_EQ(faults("void f() {\n" + repeated("  g();\n", 69) + "}\n"), 1U);
}

TEST(Registered, EveryFileIsNamedInTheBuild) {
    const std::map<std::string, std::string> lists{
        {"storage/CMakeLists.txt", "appointed_library(storage\n    SOURCES sql/a.cpp b.cpp)\n"},
        {"tests/CMakeLists.txt", "add(core/up_test.cpp)"},
        {"tests/core/CMakeLists.txt",
         "appointed_test(core_test\n  SOURCES a_test.cpp # b_test.cpp\n"
         "  xc_test.cpp)"}};
    const auto faults = [&](std::string path) {
        return tidy::check_registered({std::move(path), ""}, lists).size();
    };

    EXPECT_EQ(faults("storage/sql/a.cpp"), 0U);
    EXPECT_EQ(faults("storage/b.cpp"), 0U);
    EXPECT_EQ(faults("storage/sql/b.cpp"), 1U);
    EXPECT_EQ(faults("storage/b.h"), 0U);
    EXPECT_EQ(faults("tests/core/a_test.cpp"), 0U);
    EXPECT_EQ(faults("tests/core/b_test.cpp"), 1U);
    EXPECT_EQ(faults("tests/core/c_test.cpp"), 1U);
    EXPECT_EQ(faults("tests/core/up_test.cpp"), 1U);
    EXPECT_EQ(faults("domain/a.cpp"), 1U);
}
