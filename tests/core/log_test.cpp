#include "core/log.h"

#include <gtest/gtest.h>

#include <algorithm>

using core::log_line;
using core::redact_target;

TEST(LogLine, IsKeyEqualsValue) {
    EXPECT_EQ(log_line("request", {{"status", "207"}, {"path", "/calendars/7/"}}),
              "event=request status=207 path=/calendars/7/");
    EXPECT_EQ(log_line("started", {}), "event=started");
}

TEST(LogLine, QuotesWhatWouldNotReadBack) {
    EXPECT_EQ(log_line("e", {{"a", "two words"}}), R"(event=e a="two words")");
    EXPECT_EQ(log_line("e", {{"a", ""}}), R"(event=e a="")");
    EXPECT_EQ(log_line("e", {{"a", R"(say "hi")"}}), R"(event=e a="say \"hi\"")");
    EXPECT_EQ(log_line("e", {{"a", R"(back\slash)"}}), R"(event=e a="back\\slash")");
    EXPECT_EQ(log_line("e", {{"a", "b=c"}}), R"(event=e a="b=c")");
}

TEST(LogLine, LetsNoValueBeginALine) {
    EXPECT_EQ(log_line("e", {{"agent", "x\r\nevent=login user=admin"}}),
              R"(event=e agent="x\r\nevent=login user=admin")");
    EXPECT_EQ(log_line("e\nf", {}), R"(event="e\nf")");
}

TEST(LogLine, EscapesWhatSteersATerminal) {
    EXPECT_EQ(log_line("e", {{"a", "\x1b[2J\x7f\t"}}), R"(event=e a="\x1b[2J\x7f\t")");
    EXPECT_EQ(log_line("e", {{"a", "\xC2\x9B"
                                   "31m"}}),
              R"(event=e a="\xc2\x9b31m")");
    EXPECT_EQ(log_line("e", {{"a", std::string("\0", 1)}}), R"(event=e a="\x00")");
}

TEST(LogLine, KeepsUtf8AndEscapesOtherBytes) {
    EXPECT_EQ(log_line("e", {{"a", "Zoë"}}), "event=e a=\"Zoë\"");
    EXPECT_EQ(log_line("e", {{"a", "Zo\xEB"}}), R"(event=e a="Zo\xeb")");
    EXPECT_EQ(log_line("e", {{"a", "\xE2\x82"}}), R"(event=e a="\xe2\x82")");
}

TEST(Log, WritesOneLineToStandardErrorFromItsLevelUp) {
    core::set_log_level(core::LogLevel::warning);
    testing::internal::CaptureStderr();

    core::log(core::LogLevel::info, "quiet");
    core::log(core::LogLevel::warning, "loud", {{"who", "{} %s\n"}});
    core::set_log_level(core::LogLevel::info);

    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(written.find("quiet"), std::string::npos);
    EXPECT_NE(written.find(R"(level=warning event=loud who="{} %s\n")"), std::string::npos)
        << written;
    EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
    EXPECT_TRUE(written.starts_with("time=2")) << written;
}

struct RedactCase {
    std::string_view target;
    std::string_view shown;
};

class RedactTarget : public testing::TestWithParam<RedactCase> {};

TEST_P(RedactTarget, ShowsNoToken) {
    EXPECT_EQ(redact_target(GetParam().target), GetParam().shown) << GetParam().target;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, RedactTarget,
    testing::Values(RedactCase{"/j/SECRET", "/j/***"}, RedactCase{"/j/SECRET/", "/j/***/"},
                    RedactCase{"/j/SECRET/enter", "/j/***/enter"},
                    RedactCase{"/rsvp/SECRET/accept", "/rsvp/***/accept"},
                    RedactCase{"/feeds/SECRET/x.ics", "/feeds/***/x.ics"},
                    RedactCase{"/calendars/7/home/a.ics", "/calendars/7/home/a.ics"},
                    RedactCase{"/app/?token=SECRET", "/app/"},
                    RedactCase{"/j/SECRET?x=1", "/j/***"}, RedactCase{"/app/#SECRET", "/app/"},
                    RedactCase{"/", "/"}, RedactCase{"", ""}, RedactCase{"*", "*"},
                    RedactCase{"/j", "/j"}, RedactCase{"/j/", "/j/"},
                    RedactCase{"/jay/x", "/jay/x"}));

INSTANTIATE_TEST_SUITE_P(
    Tricks, RedactTarget,
    testing::Values(RedactCase{"//j//SECRET", "//j//***"}, RedactCase{"/%6A/SECRET", "/%6A/***"},
                    RedactCase{"/J/SECRET", "/J/***"}, RedactCase{"/x/../j/SECRET", "/x/../j/***"},
                    RedactCase{"/j%2FSECRET", "/***"}, RedactCase{"/j/SEC%2FRET", "/j/***"},
                    RedactCase{"/j/SEC%ZZRET", "/j/***"}, RedactCase{"j/SECRET", "j/***"},
                    RedactCase{"https://cal.example/j/SECRET", "/j/***"},
                    RedactCase{"https://cal.example", ""}, RedactCase{"/j/j/enter", "/j/***/enter"},
                    RedactCase{"/j/feeds/enter", "/j/***/enter"}));
