#include "src/app/progress.h"

#include <algorithm>
#include <utility>

namespace app {

Progress::~Progress() {
    if (!last_.empty()) {
        out_ << '\r' << std::string(last_.size(), ' ') << '\r' << std::flush;
    }
}

void Progress::show(std::int64_t done, std::int64_t all) {
    if (!is_terminal_) {
        return;
    }
    constexpr std::int64_t width = 30;
    const std::int64_t whole = std::max<std::int64_t>(all, 1);
    const std::int64_t part = std::clamp<std::int64_t>(done, 0, whole);
    const auto filled = static_cast<std::size_t>(part * width / whole);
    std::string line = "[" + std::string(filled, '#') + std::string(width - filled, ' ') + "] "
                       + std::to_string(part * 100 / whole) + "% of " + std::to_string(all)
                       + " rows";
    if (line != last_) {
        out_ << '\r' << line << std::flush;
        last_ = std::move(line);
    }
}

} // namespace app
