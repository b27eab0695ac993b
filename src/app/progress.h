// How far a long command has come, on one line of a terminal that is written again and again. Where
// nobody looks (a log, a pipe) nothing is written.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace app {

class Progress {
public:
    Progress(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress(); // clears the line

    void show(std::int64_t done, std::int64_t all);

private:
    std::ostream& out_;
    bool is_terminal_;
    std::string last_;
};

} // namespace app
