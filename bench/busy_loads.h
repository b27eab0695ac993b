// Loads of questions for busy time (RFC 4791 section 7.10, RFC 6638 section 5).
#pragma once

#include "bench/load.h"
#include "bench/subject.h"

#include <cstddef>

namespace bench {

// A week of one calendar of that size.
Load ask_free_busy(Subject& subject, std::size_t size);
// So many colleagues with 1,000 events each, asked about by the outbox; only of Appointed.
Load ask_colleagues(Subject& subject, std::size_t people, int weeks);

} // namespace bench
