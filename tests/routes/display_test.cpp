#include "src/routes/display.h"

#include <gtest/gtest.h>

namespace routes {

namespace {

// UTC plus or minus a fixed offset.
class OffsetZone final : public ical::Zone {
public:
    explicit OffsetZone(std::int64_t seconds) : seconds_(seconds) {}
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] core::Instant to_instant(ical::WallTime wall) const override {
        return {wall.seconds - seconds_};
    }
    [[nodiscard]] ical::WallTime to_wall(core::Instant at) const override {
        return {at.seconds + seconds_};
    }

private:
    std::string name_ = "Test/Offset";
    std::int64_t seconds_;
};

constexpr core::Instant afternoon{1'795'704'300}; // Thursday 2026-11-26T14:45:00Z
constexpr std::int64_t hour = 3600;

} // namespace

TEST(Display, TextStaysOnOneLineAndWithinItsBounds) {
    struct Row {
        std::string text;
        std::string shown;
    };
    const std::vector<Row> table{
        {"Anna Chen", "Anna Chen"},
        {"", ""},
        {"  a \t\r\n b  ", "a b"},
        {std::string("a\0b", 3), "a b"},
        {"\x1B[2Jx", "[2Jx"},
        {"Zoë 陳 😀", "Zoë 陳 😀"},
        {"\xFF\xFE"
         "abc\xC3",
         "abc"},
        {"\xC2\x9B"
         "2J",
         "2J"},
        {"\xEF\xBB\xBF"
         "abc",
         "abc"},
        {"abc\xE2\x80\xA8"
         "def",
         "abcdef"},
    };

    for (const Row& row : table) {
        EXPECT_EQ(display_text(row.text), row.shown);
    }
    EXPECT_EQ(display_text(std::string(500, 'x'), 10), std::string(10, 'x') + "…");
    EXPECT_EQ(display_text("ééé", 3), "ééé");
}

TEST(Display, CharactersThatTurnTheTextAroundAreDropped) {
    for (const char* character : {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066",
                                  "\u2067", "\u2068", "\u2069"}) {
        EXPECT_EQ(display_text(std::string("a") + character + "b"), "ab");
    }
    // Arabic and the marks that it needs stay.
    EXPECT_EQ(display_text("د. أحمد\u200F"), "د. أحمد\u200F");
}

TEST(Display, NamesAreListedAsInASentence) {
    EXPECT_EQ(display_names({}), "");
    EXPECT_EQ(display_names({"Ada"}), "Ada");
    EXPECT_EQ(display_names({"Ada", "Ben"}), "Ada and Ben");
    EXPECT_EQ(display_names({"Ada", "", "Ben", "Cleo"}), "Ada, Ben and Cleo");
    EXPECT_EQ(display_names({"1", "2", "3", "4", "5", "6", "7", "8"}),
              "1, 2, 3, 4, 5 and 3 others");
}

TEST(Display, TimesAreThoseOfTheZone) {
    const OffsetZone sydney(11 * hour);

    EXPECT_EQ(display_date(afternoon, sydney), "Friday, 27 November 2026");
    EXPECT_EQ(display_time(afternoon, sydney), "01:45");
    EXPECT_EQ(display_date(afternoon, *ical::utc()), "Thursday, 26 November 2026");
    EXPECT_EQ(display_times({afternoon, afternoon + 45 * 60}, *ical::utc()), "14:45 – 15:30");
    EXPECT_EQ(display_times({afternoon, afternoon + 12 * hour}, *ical::utc()),
              "14:45 – 02:45 on Friday, 27 November 2026");
    EXPECT_EQ(day_leaf(afternoon, sydney).month, "Nov");
    EXPECT_EQ(day_leaf(afternoon, sydney).day, "27");
    EXPECT_EQ(day_leaf(afternoon, sydney).weekday, "Fri");
}

TEST(Display, DaysBefore1970HaveTheirOwnDate) {
    EXPECT_EQ(display_date({-1}, *ical::utc()), "Wednesday, 31 December 1969");
    EXPECT_EQ(display_time({-60}, *ical::utc()), "23:59");
}

TEST(Display, WholeDaysEndOnTheDayBeforeTheirEnd) {
    const core::Instant midnight = afternoon - (14 * hour + 45 * 60);

    EXPECT_EQ(display_days({midnight, midnight + 24 * hour}, *ical::utc()),
              "Thursday, 26 November 2026");
    EXPECT_EQ(display_days({midnight, midnight + 48 * hour}, *ical::utc()),
              "26 November 2026 – 27 November 2026");
    EXPECT_EQ(display_days({midnight, midnight}, *ical::utc()), "Thursday, 26 November 2026");
}

TEST(Display, DurationsNameTheirLargestUnits) {
    struct Row {
        std::int64_t seconds;
        const char* shown;
    };
    const std::vector<Row> table{
        {-5, "less than a minute"}, {59, "less than a minute"},
        {60, "1 minute"},           {45 * 60, "45 minutes"},
        {hour, "1 hour"},           {hour + 60, "1 hour 1 minute"},
        {24 * hour, "1 day"},       {26 * hour + 300, "1 day 2 hours"},
        {48 * hour, "2 days"},      {100 * hour, "4 days"},
    };

    for (const Row& row : table) {
        EXPECT_EQ(display_duration(row.seconds), row.shown) << row.seconds;
    }
}

} // namespace routes
