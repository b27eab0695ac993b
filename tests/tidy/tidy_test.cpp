#include "tests/tidy/rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

// Runs every check over the tree itself.

namespace {

namespace fs = std::filesystem;

struct Tree {
    std::vector<tidy::Source> sources;
    std::map<std::string, std::string> lists; // CMakeLists.txt, by path
};

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Tree read_tree() {
    const fs::path root = APPOINTED_SOURCE_DIR;
    Tree tree;
    for (const char* folder :
         {"core", "ical", "storage", "domain", "caldav", "src", "bench", "tests"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string path = entry.path().lexically_relative(root).generic_string();
            if (path.ends_with(".h") || path.ends_with(".cpp")) {
                tree.sources.push_back({path, read(entry.path())});
            } else if (path.ends_with("/CMakeLists.txt")) {
                tree.lists[path] = read(entry.path());
            }
        }
    }
    std::sort(tree.sources.begin(), tree.sources.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return tree;
}

const Tree& tree() {
    static const Tree read_once = read_tree();
    return read_once;
}

// One line for each violation, so that an editor can walk through them.
void expect_none(const std::function<tidy::Violations(const tidy::Source&)>& check) {
    std::string report;
    for (const tidy::Source& source : tree().sources) {
        for (const tidy::Violation& violation : check(source)) {
            report += violation.path + ':' + std::to_string(violation.line) + ": "
                      + violation.message + '\n';
        }
    }
    EXPECT_TRUE(report.empty()) << report;
}

} // namespace

TEST(Tidy, SeesTheTree) {
    const auto has = [](std::string_view path) {
        return std::any_of(tree().sources.begin(), tree().sources.end(),
                           [&](const tidy::Source& source) {
                               return source.path == path && !source.text.empty();
                           });
    };

    EXPECT_TRUE(has("core/result.h"));
    EXPECT_TRUE(has("core/uri.cpp"));
    EXPECT_TRUE(has("tests/tidy/tidy_test.cpp"));
    EXPECT_TRUE(tree().lists.contains("core/CMakeLists.txt"));
}

TEST(Tidy, IncludesFollowTheTable) {
    expect_none(tidy::check_includes);
}

TEST(Tidy, BannedWordsStayOut) {
    expect_none(tidy::check_words);
}

TEST(Tidy, LibicalIsCalledInIcalOnly) {
    expect_none(tidy::check_libical_calls);
}

TEST(Tidy, NoBracedTemporaryBesideAnAwait) {
    expect_none(tidy::check_awaits);
}

TEST(Tidy, HeadersSayWhatTheyAreFor) {
    expect_none(tidy::check_header);
}

TEST(Tidy, FilesFunctionsAndLinesStayShort) {
    expect_none(tidy::check_sizes);
}

TEST(Tidy, TheBuildKnowsEveryFile) {
    expect_none(
        [](const tidy::Source& source) { return tidy::check_registered(source, tree().lists); });
}
