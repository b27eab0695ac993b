// One request on its way to its answer: what a session hands to a worker and gets back. It belongs
// to the session, except while a worker is in work().
#pragma once

#include "core/http.h"
#include "src/net/answer.h"
#include "src/net/request_parser.h"
#include "src/net/server.h"

#include <atomic>
#include <chrono>
#include <string_view>

namespace net {

class Exchange {
public:
    using Steady = std::chrono::steady_clock;

    explicit Exchange(const ServerOptions& options);

    // Decodes the body, calls the handler and makes the answer: all that may take long.
    void work(const Handler& handler, const std::atomic<bool>& stopping);
    // Makes an answer that no handler was asked for.
    void answer_directly(core::Response response);

    RequestParser parser;
    bool keep_alive = false; // whether the connection may serve another request
    Steady::time_point started;
    Steady::time_point body_end = Steady::time_point::max(); // when the whole body is due
    Answer answer;

private:
    [[nodiscard]] core::Response respond(const Handler& handler);
    void log(const std::string& client) const;

    const std::size_t body_bytes_max_;
};

} // namespace net
