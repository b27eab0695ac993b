// Finds function bodies by their braces: enough to measure them, no parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct Function {
    std::string name;
    std::size_t first_line = 0; // where its head begins, from 1
    std::size_t lines = 0;      // head and body, to the closing brace
};

// In C++ text of any kind. Lambdas and local classes belong to the function around them;
// initialisers of tables are not functions.
std::vector<Function> functions_in(std::string_view text);

} // namespace tidy
