// The tables of a run, in Markdown.
#pragma once

#include "bench/floors.h"
#include "bench/measure.h"
#include "bench/memory.h"
#include "bench/workloads.h"

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace bench {

struct Row {
    std::string name;
    std::string work;
    double goal = 0;
    std::map<std::string, Measurement> figures; // by subject
};

struct Floors {
    std::map<std::size_t, Measurement> constant; // by connections
    std::map<std::size_t, Commits> commits;      // by batch
};

struct Report {
    std::vector<Row> rows;
    std::vector<std::string> peers;
    Floors floors;
    std::vector<MemoryRow> memory;
    std::vector<std::string> remarks; // what was left out, and why
    std::string machine;
};

// Cores, memory, kernel and file system, as they are now.
std::string describe_machine(const std::string& scratch);

void print(const Report& report, std::ostream& out);

} // namespace bench
