#include "tests/tidy/functions.h"

#include <gtest/gtest.h>

#include <ostream>

using tidy::Function;
using tidy::functions_in;

namespace {

struct Row {
    const char* name;
    std::string_view text;
    std::vector<std::string> functions;

    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.text; }
};

class FunctionsIn : public testing::TestWithParam<Row> {};

} // namespace

TEST_P(FunctionsIn, AreNamed) {
    std::vector<std::string> names;
    for (const Function& function : functions_in(GetParam().text)) {
        names.push_back(function.name);
    }

    EXPECT_EQ(names, GetParam().functions);
}

INSTANTIATE_TEST_SUITE_P(
    Text, FunctionsIn,
    testing::Values(
        Row{"Free", "int f() {\n}\n", {"f"}}, Row{"Declaration", "int f();", {}},
        Row{"InNamespaces",
            "namespace a { namespace { void f() { if (x) { } } } void g() {} }",
            {"f", "g"}},
        Row{"Member", "void A::f(int x) const {}", {"f"}},
        Row{"InClass", "class A : public B {\n  A() = default; int f() override {} };", {"f"}},
        Row{"TrailingReturn", "auto f(int x) -> std::vector<int> {}", {"f"}},
        Row{"Template", "template <class T> T f(T x) { return x; }", {"f"}},
        Row{"ConstructorWithParentheses", "A::A(int x) : x_(x), y_(2) { go(); }", {"A"}},
        Row{"ConstructorWithBraces", "A::A(int x) : x_{x}, y_{2} { go(); } int z;", {"A"}},
        Row{"Lambda", "void f() { auto g = [&](int x) { return x; }; }", {"f"}},
        Row{"Table", "const std::vector<R> rows{{1, f()}, {2, g()}}; void h() {}", {"h"}},
        Row{"AssignedTable", "constexpr R rows[] = {{1}, {2}};\nvoid h() {}", {"h"}},
        Row{"Enum", "enum class E { a, b }; struct S { int x = 0; };", {}},
        Row{"Test", "TEST(Suite, Case) {\n}\n", {"TEST"}},
        Row{"BraceInLiteral", "void f() { g('}', \"}\"); }\nvoid h() {}", {"f", "h"}},
        Row{"MacroWithBraces", "#define M(x) { \\\n {\nvoid f() {}\n", {"f"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FunctionsInText, AreMeasuredFromHeadToClosingBrace) {
    const auto found = functions_in("int a;\n\n// why\nint\nf(int x,\n  int y) {\n\n  g();\n}\n");

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].first_line, 4U);
    EXPECT_EQ(found[0].lines, 6U);
}
