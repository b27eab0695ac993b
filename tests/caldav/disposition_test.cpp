#include "caldav/disposition.h"

#include <gtest/gtest.h>

TEST(Disposition, NamesTheFileInAllItsForms) {
    using caldav::file_name_in;
    EXPECT_EQ(file_name_in("attachment;filename=test.txt"), "test.txt");
    EXPECT_EQ(file_name_in("attachment; FileName = \"a; b.txt\"; size=3"), "a; b.txt");
    EXPECT_EQ(file_name_in("attachment; filename=\"a\\\"b\""), "a\"b");
    EXPECT_EQ(file_name_in("attachment; filename=x; filename*=utf-8'en'%e2%82%ac"), "\u20ac");
    EXPECT_EQ(file_name_in("attachment; filename*=iso-8859-1''%e9; filename=e"), "e");
    EXPECT_EQ(file_name_in("attachment; filename*=UTF-8''%zz; filename=z"), "z");
    EXPECT_EQ(file_name_in("attachment; filename=\"open"), "open");
    EXPECT_EQ(file_name_in("attachment; filename"), "");
    EXPECT_EQ(file_name_in(";;;=;\"\\"), "");
    EXPECT_EQ(file_name_in(""), "");
}
