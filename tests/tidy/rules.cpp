#include "tests/tidy/rules.h"

#include "core/strings.h"
#include "tests/tidy/functions.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

namespace tidy {

namespace {

using Places = std::vector<std::string_view>; // beginnings of paths

constexpr std::size_t function_lines_max = 70;
constexpr std::size_t file_lines_max = 500;
constexpr std::size_t columns_max = 100;

// The project's own headers. The longest prefix that fits a path is its row; a row may include
// itself and what it names; "" is everything.
struct Layer {
    std::string_view prefix;
    Places may_include;
};

const std::vector<Layer>& layers() {
    static const std::vector<Layer> rows{
        {"core/", {}},
        {"ical/", {"core/"}},
        {"storage/", {"core/"}},
        // Chooses the engine; only src/app and tests ask it to.
        {"storage/open.",
         {"core/", "storage/", "storage/sql/", "storage/sqlite/", "storage/postgres/"}},
        {"storage/sql/", {"core/", "storage/"}},
        {"storage/sqlite/", {"core/", "storage/", "storage/sql/"}},
        {"storage/postgres/", {"core/", "storage/", "storage/sql/"}},
        {"domain/", {"core/", "ical/", "storage/"}},
        {"caldav/", {"core/", "ical/", "storage/", "domain/"}},
        {"src/rooms/", {"core/"}},
        {"src/gateways/", {"core/", "storage/"}},
        {"src/routes/", {"core/", "ical/", "storage/", "domain/", "caldav/", "src/gateways/"}},
        {"src/net/", {"core/", "src/rooms/"}},
        {"src/app/", {""}},
        // Knows the server by its protocols alone.
        {"bench/", {"core/"}},
        {"tests/", {""}},
    };
    return rows;
}

// Headers of others, each with one door. The longest prefix that fits a header is its row.
struct ThirdParty {
    std::string_view header;
    Places doors;
};

const std::vector<ThirdParty>& third_parties() {
    static const Places sockets{"src/net/", "tests/"};
    static const Places beast{"src/net/", "bench/constant_server.cpp", "tests/"};
    static const Places system{"src/net/", "src/app/", "src/gateways/",
                               "storage/", "bench/",   "tests/"};
    static const std::vector<ThirdParty> rows{
        {"tl/", {"core/result.h"}},
        {"spdlog/", {"core/log.cpp"}},
        {"sodium", {"core/crypto.cpp", "core/digest.cpp"}},
        {"libical/", {"ical/"}},
        {"sqlite3", {"storage/sqlite/", "bench/raw_commits.cpp", "tests/"}},
        {"libpq", {"storage/postgres/", "tests/"}},
        {"postgresql/", {"storage/postgres/", "tests/"}},
        {"expat", {"caldav/xml_reader.cpp"}},
        {"boost/", beast},
        {"boost/json", {"src/routes/", "src/app/commands.cpp", "tests/"}},
        {"openssl/", sockets},
        {"zlib.h", sockets},
        {"curl/", {"src/gateways/"}},
        {"gmime/", {"src/gateways/"}},
        {"mustache", {"src/routes/"}},
        {"kainjow/", {"src/routes/"}},
        {"toml++/", {"src/app/config.cpp"}},
        {"CLI/", {"src/app/"}},
        {"gtest/", {"tests/"}},
        {"gmock/", {"tests/"}},
        {"sys/", system},
        {"arpa/inet.h", {"src/net/", "src/gateways/", "src/routes/", "bench/", "tests/"}},
        {"netinet/", system},
        {"netdb.h", system},
        {"fcntl.h", system},
        {"poll.h", system},
        {"pwd.h", system},
        {"sched.h", {"bench/"}},
        {"signal.h", system},
        {"syslog.h", system},
        {"sysexits.h", system},
        {"unistd.h", system},
    };
    return rows;
}

// A word that has no place outside `allowed_in`, in files whose path begins with one of `only_in`
// and ends with `suffix`.
struct BannedWord {
    std::string_view word;
    Places only_in;
    Places allowed_in;
    std::string_view reason;
    std::string_view suffix{};
};

const std::vector<BannedWord>& banned_words() {
    static const Places clock{"core/clock.cpp"};
    static const Places processor_time{"core/clock.cpp", "bench/process.cpp"};
    static const Places threads{"src/net/", "src/app/", "storage/", "bench/", "tests/"};
    static const Places coroutines{"src/net/"};
    static const Places config{"src/app/config.cpp", "tests/support/test_storage.cpp"};
    constexpr std::string_view ask_a_clock = "reads the system clock: ask a core::Clock";
    constexpr std::string_view no_coroutine = "coroutines live in src/net only";
    constexpr std::string_view no_thread = "threads are made by src/net, src/app and the drivers";
    constexpr std::string_view no_sleep = "a test waits for an event, never for a time";
    static const std::vector<BannedWord> rows{
        {"system_clock", {""}, clock, ask_a_clock},
        {"gettimeofday", {""}, clock, ask_a_clock},
        {"clock_gettime", {""}, processor_time, ask_a_clock},
        {"time(nullptr)", {""}, clock, ask_a_clock},
        {"time(NULL)", {""}, clock, ask_a_clock},
        {"time(0)", {""}, clock, ask_a_clock},
        {"steady_clock", {""}, threads, "deadlines belong to src/net and src/app"},
        {"getenv", {""}, config, "the environment is read by src/app/config.cpp only"},
        {"secure_getenv", {""}, config, "the environment is read by src/app/config.cpp only"},
        {"std::thread", {""}, threads, no_thread},
        {"jthread", {""}, threads, no_thread},
        {"std::async", {""}, threads, no_thread},
        {"pthread_create", {""}, threads, no_thread},
        {"co_await", {""}, coroutines, no_coroutine},
        {"co_return", {""}, coroutines, no_coroutine},
        {"co_yield", {""}, coroutines, no_coroutine},
        {"awaitable", {""}, coroutines, no_coroutine},
        {"sleep_for", {"tests/"}, {}, no_sleep},
        {"sleep_until", {"tests/"}, {}, no_sleep},
        {"usleep", {"tests/"}, {}, no_sleep},
        {"nanosleep", {"tests/"}, {}, no_sleep},
        {"sleep(", {"tests/"}, {}, no_sleep},
        {"using namespace", {""}, {}, "a header opens no namespace for its reader", ".h"},
        {"std::regex", {""}, {}, "slow, and a deep stack on long input"},
        {"regex_match", {""}, {}, "slow, and a deep stack on long input"},
        {"regex_search", {""}, {}, "slow, and a deep stack on long input"},
    };
    return rows;
}

// Words that are banned in comments as well.
constexpr std::array<std::string_view, 2> unfinished{"TODO", "XXX"};

// Functions that may be longer, each with its reason.
struct LongFunction {
    std::string_view path;
    std::string_view name;
    std::size_t lines;
    std::string_view reason;
};
constexpr std::array<LongFunction, 0> long_functions{};

bool is_in(std::string_view path, const Places& places) {
    return std::any_of(places.begin(), places.end(),
                       [&](std::string_view place) { return path.starts_with(place); });
}

template <class Row>
const Row* longest_fit(const std::vector<Row>& rows, std::string_view Row::*prefix,
                       std::string_view path) {
    const Row* best = nullptr;
    for (const Row& row : rows) {
        const bool longer = best == nullptr || (row.*prefix).size() > (best->*prefix).size();
        if (path.starts_with(row.*prefix) && longer) {
            best = &row;
        }
    }
    return best;
}

struct Include {
    std::string_view header;
    std::size_t line = 0;
    bool quoted = false;
};

// `code` has its literals and comments blanked, so an include in a comment is none.
std::vector<Include> includes_in(std::string_view text, std::string_view code) {
    std::vector<Include> found;
    const auto lines = lines_of(text);
    const auto code_lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!core::trim(code_lines[i]).starts_with("#include")) {
            continue;
        }
        const bool quoted = code_lines[i].find('"') != std::string_view::npos;
        const auto open = lines[i].find(quoted ? '"' : '<');
        const auto close = lines[i].find(quoted ? '"' : '>', open + 1);
        if (open != std::string_view::npos && close != std::string_view::npos) {
            found.push_back({lines[i].substr(open + 1, close - open - 1), i + 1, quoted});
        }
    }
    return found;
}

std::optional<std::string> fault_of_own(const Layer& from, std::string_view header) {
    const Layer* to = longest_fit(layers(), &Layer::prefix, header);
    if (to == nullptr) {
        return "no path from the root of the tree";
    }
    const auto& allowed = from.may_include;
    const bool everything = std::find(allowed.begin(), allowed.end(), "") != allowed.end();
    const bool named = std::find(allowed.begin(), allowed.end(), to->prefix) != allowed.end();
    if (everything || named || to == &from) {
        return std::nullopt;
    }
    return std::string(from.prefix) + " may not include " + std::string(to->prefix);
}

std::optional<std::string> fault_of_other(std::string_view path, std::string_view header) {
    const ThirdParty* row = longest_fit(third_parties(), &ThirdParty::header, header);
    if (row == nullptr) {
        const bool standard = header.find_first_of("./") == std::string_view::npos;
        return standard ? std::nullopt
                        : std::optional<std::string>("no row in the table of third parties");
    }
    if (is_in(path, row->doors)) {
        return std::nullopt;
    }
    std::string doors;
    for (const std::string_view door : row->doors) {
        doors += ' ';
        doors += door;
    }
    return "has its place in" + doors;
}

std::size_t columns_of(std::string_view line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::size_t function_lines_allowed(std::string_view path, std::string_view name) {
    for (const LongFunction& row : long_functions) {
        if (row.path == path && row.name == name) {
            return row.lines;
        }
    }
    return function_lines_max;
}

// The words of a CMakeLists.txt without its comments.
std::vector<std::string> cmake_words(std::string_view list) {
    std::vector<std::string> words;
    for (const std::string_view line : lines_of(list)) {
        std::string bare(line.substr(0, line.find('#')));
        std::replace_if(
            bare.begin(), bare.end(), [](char c) { return c == '(' || c == ')' || c == '\t'; },
            ' ');
        for (const std::string_view word : core::split(bare, ' ')) {
            if (!word.empty()) {
                words.emplace_back(word);
            }
        }
    }
    return words;
}

// Whether a full expression, without the bodies of its lambdas, awaits and holds a brace inside
// parentheses. Lambdas that capture by reference only are safe.
bool awaits_with_braces(std::string_view statement) {
    int parentheses = 0;
    int braces = 0;
    bool awaits = false;
    bool braced = false;
    for (std::size_t at = 0; at < statement.size(); ++at) {
        const char c = statement[at];
        parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
        braces += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (braces == 0 && statement.substr(at).starts_with("co_await")) {
            awaits = true;
        }
        if (c == '{' && parentheses > 0) {
            const auto lambda = statement.substr(0, at).rfind('[');
            const bool by_reference =
                lambda != std::string_view::npos && statement.substr(lambda).starts_with("[&]");
            braced = braced || !by_reference;
        }
    }
    return awaits && braced;
}

} // namespace

Violations check_includes(const Source& source) {
    const Layer* from = longest_fit(layers(), &Layer::prefix, source.path);
    if (from == nullptr) {
        return {{source.path, 1, "this folder has no row in the table of layers"}};
    }
    Violations found;
    const std::string code = blank_out(source.text, Blank::comments_and_literals);
    for (const Include& include : includes_in(source.text, code)) {
        const auto fault = include.quoted ? fault_of_own(*from, include.header)
                                          : fault_of_other(source.path, include.header);
        if (fault) {
            found.push_back(
                {source.path, include.line, std::string(include.header) + ": " + *fault});
        }
    }
    return found;
}

Violations check_words(const Source& source) {
    Violations found;
    const std::string code = blank_out(source.text, Blank::comments_and_literals);
    for (const BannedWord& row : banned_words()) {
        const bool concerned = is_in(source.path, row.only_in) && source.path.ends_with(row.suffix)
                               && !is_in(source.path, row.allowed_in);
        if (!concerned) {
            continue;
        }
        for (const std::size_t at : find_word(code, row.word)) {
            found.push_back({source.path, line_of(code, at),
                             std::string(row.word) + ": " + std::string(row.reason)});
        }
    }
    const std::string with_comments = blank_out(source.text, Blank::literals);
    for (const std::string_view word : unfinished) {
        for (const std::size_t at : find_word(with_comments, word)) {
            found.push_back({source.path, line_of(with_comments, at),
                             std::string(word) + ": unfinished work has no place here"});
        }
    }
    return found;
}

Violations check_libical_calls(const Source& source) {
    if (source.path.starts_with("ical/")) {
        return {};
    }
    Violations found;
    const std::string code = blank_out(source.text, Blank::comments_and_literals);
    for (auto at = code.find("ical"); at != std::string::npos; at = code.find("ical", at + 1)) {
        if (at > 0 && is_identifier_character(code[at - 1])) {
            continue;
        }
        std::size_t end = at + 4;
        while (end < code.size() && code[end] >= 'a' && code[end] <= 'z') {
            ++end;
        }
        const std::string word = code.substr(at, end - at);
        // ical_... and icalendar_... are words of our own.
        const bool own = word == "ical" || word == "icalendar";
        if (!own && end < code.size() && code[end] == '_') {
            found.push_back(
                {source.path, line_of(code, at), word + "_: libical is called in ical/ only"});
        }
    }
    return found;
}

Violations check_awaits(const Source& source) {
    Violations found;
    const std::string code =
        without_preprocessor(blank_out(source.text, Blank::comments_and_literals));
    std::size_t start = 0;
    int parentheses = 0;
    for (std::size_t at = 0; at < code.size(); ++at) {
        const char c = code[at];
        parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (parentheses > 0 || (c != ';' && c != '{' && c != '}')) {
            continue;
        }
        const std::string_view statement = std::string_view(code).substr(start, at - start);
        if (awaits_with_braces(statement)) {
            const auto await = statement.find("co_await");
            found.push_back({source.path, line_of(code, start + await),
                             "co_await beside a braced temporary or a capturing lambda: name it "
                             "in a statement of its own"});
        }
        start = at + 1;
    }
    return found;
}

Violations check_header(const Source& source) {
    if (!source.is_header()) {
        return {};
    }
    Violations found;
    if (!source.text.starts_with("//")) {
        found.push_back({source.path, 1, "a header begins by saying what it is for"});
    }
    const std::string code = blank_out(source.text, Blank::comments_and_literals);
    const auto lines = lines_of(code);
    if (std::find(lines.begin(), lines.end(), "#pragma once") == lines.end()) {
        found.push_back({source.path, 1, "no #pragma once"});
    }
    return found;
}

Violations check_sizes(const Source& source) {
    Violations found;
    const auto lines = lines_of(source.text);
    if (lines.size() > file_lines_max) {
        found.push_back({source.path, file_lines_max + 1,
                         "the file has " + std::to_string(lines.size()) + " lines"});
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::size_t columns = columns_of(lines[i]);
        if (columns > columns_max) {
            found.push_back(
                {source.path, i + 1, "the line has " + std::to_string(columns) + " columns"});
        }
    }
    for (const Function& function : functions_in(source.text)) {
        if (function.lines > function_lines_allowed(source.path, function.name)) {
            found.push_back({source.path, function.first_line,
                             function.name + " has " + std::to_string(function.lines) + " lines"});
        }
    }
    return found;
}

Violations check_registered(const Source& source, const std::map<std::string, std::string>& lists) {
    if (source.is_header()) {
        return {};
    }
    const bool is_test = source.path.ends_with("_test.cpp");
    std::string folder = source.path;
    while (folder.find('/') != std::string::npos) {
        folder.resize(folder.rfind('/'));
        const auto list = lists.find(folder + "/CMakeLists.txt");
        const std::string name = source.path.substr(folder.size() + 1);
        if (list != lists.end()) {
            const auto words = cmake_words(list->second);
            if (std::find(words.begin(), words.end(), name) != words.end()) {
                return {};
            }
        }
        if (is_test) {
            break;
        }
    }
    return {{source.path, 1,
             is_test ? "not named in the CMakeLists.txt of its folder"
                     : "not named in any CMakeLists.txt above it"}};
}

} // namespace tidy
