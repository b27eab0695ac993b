// Programs that the bench starts, each on a core of its own choice, and what they have used since:
// processor time of all their threads, and resident memory. They end when the object does, and with
// the bench itself however that ends.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bench {

constexpr int server_core = 0;
constexpr int driver_core = 1;

// Throws what the last system call says.
[[noreturn]] void fail_with_errno(const std::string& what);

// Keeps the calling process on one core; without effect where there is no such core.
void pin_to(int core);

struct Launch {
    std::vector<std::string> arguments; // the first is the program; looked for in PATH
    std::string output_file;            // of standard output and error
    std::string working_folder = ".";
};

class Process {
public:
    explicit Process(const Launch& launch); // on server_core
    ~Process();                             // asks it to end, waits, and ends it
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // With that of a database server that works for it alone.
    [[nodiscard]] double cpu_seconds() const;
    // That server's first process; all others are its children.
    void count_database(int id) { database_ = id; }
    [[nodiscard]] double resident_megabytes() const;
    [[nodiscard]] bool runs();
    [[nodiscard]] const std::string& output_file() const { return output_file_; }

private:
    int id_;
    int database_ = 0;
    std::string output_file_;
};

// Processor time that everybody has used of a core, in seconds.
double core_busy_seconds(int core);
// Of this process.
double own_cpu_seconds();

// Runs a program to its end and returns its standard output. Throws std::runtime_error if it fails.
std::string run_program(const std::vector<std::string>& arguments, const std::string& input,
                        const std::string& working_folder);

// The path of a program in the usual folders, if it is installed.
std::optional<std::string> find_program(const std::string& name);

// A TCP port of 127.0.0.1 that nobody listens on.
int free_port();

} // namespace bench
