#include "tests/tidy/functions.h"

#include "core/strings.h"
#include "tests/tidy/source.h"

#include <algorithm>
#include <array>

namespace tidy {

namespace {

enum class Scope { open, function, initialiser }; // open: a namespace or a class

// What stands before a '{': the text since the last ';', '{' or '}'.
struct Head {
    std::string text;
    std::size_t start = 0;

    void add(char c, std::size_t at) {
        if (core::trim(text).empty() && c != ' ' && c != '\n') {
            text.clear();
            start = at;
        }
        text += c;
    }
};

std::string_view last_word(std::string_view text) {
    std::size_t start = text.size();
    while (start > 0 && is_identifier_character(text[start - 1])) {
        --start;
    }
    return text.substr(start);
}

// A function's head ends in its parameters, a qualifier, a trailing return type, or in the braces
// of the last member that a constructor initialises.
bool is_function_head(std::string_view head) {
    if (head.find('(') == std::string_view::npos) {
        return false;
    }
    constexpr std::array<std::string_view, 6> qualifiers{"const", "noexcept", "override",
                                                         "final", "mutable",  "try"};
    const std::string_view word = last_word(head);
    return head.ends_with(')') || head.ends_with('}') || head.find("->") != std::string_view::npos
           || std::find(qualifiers.begin(), qualifiers.end(), word) != qualifiers.end();
}

bool opens_names(std::string_view head) {
    const std::array<std::string_view, 6> words{"namespace", "class", "struct",
                                                "union",     "enum",  "extern"};
    return head.find('=') == std::string_view::npos
           && std::any_of(words.begin(), words.end(),
                          [&](std::string_view word) { return !find_word(head, word).empty(); });
}

Scope scope_of(std::string_view head) {
    if (is_function_head(head)) {
        return Scope::function;
    }
    return opens_names(head) ? Scope::open : Scope::initialiser;
}

std::string name_in(std::string_view head) {
    const std::string_view before = core::trim(head.substr(0, head.find('(')));
    const std::string_view word = last_word(before);
    return std::string(word.empty() ? before : word);
}

} // namespace

std::vector<Function> functions_in(std::string_view text) {
    const std::string code = without_preprocessor(blank_out(text, Blank::comments_and_literals));
    std::vector<Function> found;
    std::vector<Scope> scopes;
    Head head;
    Head function_head;
    std::size_t depth_in_function = 0; // 0: not inside a function
    for (std::size_t at = 0; at < code.size(); ++at) {
        const char c = code[at];
        if (depth_in_function > 0) {
            depth_in_function += c == '{' ? 1 : 0;
            depth_in_function -= c == '}' ? 1 : 0;
            if (depth_in_function == 0) {
                const std::size_t first = line_of(code, function_head.start);
                found.push_back(
                    {name_in(function_head.text), first, line_of(code, at) - first + 1});
                head = {};
            }
        } else if (c == '{') {
            const Scope scope = scope_of(core::trim(head.text));
            if (scope == Scope::function) {
                function_head = head;
                depth_in_function = 1;
                continue;
            }
            scopes.push_back(scope);
            if (scope == Scope::open) {
                head = {};
            }
        } else if (c == '}' && !scopes.empty()) {
            // The head goes on behind an initialiser: the next member, or the body.
            if (scopes.back() == Scope::initialiser) {
                head.add('}', at);
            } else {
                head = {};
            }
            scopes.pop_back();
        } else if (c == ';') {
            head = {};
        } else {
            head.add(c, at);
        }
    }
    return found;
}

} // namespace tidy
