// What is asked of a server, as rows: each makes the calendars that it needs and says what is sent
// and what is a right answer.
#pragma once

#include "bench/load.h"
#include "bench/subject.h"

#include <functional>
#include <string>
#include <vector>

namespace bench {

struct Workload {
    std::string name; // for --only
    std::string work;
    double goal = 0; // CPU milliseconds for one request; 0: none is set
    enum class Asked { own_only, own_only_in_full, peers_in_full, peers } asked = Asked::own_only;
    std::function<Load(Subject&)> prepare;
};

std::vector<Workload> workloads();

// A GET of one event and a week's query, which make a server use what it uses in daily work.
void do_a_little(Subject& subject, std::size_t calendar_size);
std::string one_event_request(Subject& subject);

} // namespace bench
