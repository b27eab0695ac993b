// A core::Response as the bytes of an HTTP/1.1 answer (RFC 9112 section 4): framing, Date, request
// id and, where it pays, gzip. No I/O; runs on the worker that made the response.
#pragma once

#include "core/http.h"

#include <string>
#include <string_view>

namespace net {

struct Answer {
    int status = 0;
    std::string head; // status line and header, with the empty line
    std::string body; // as sent; empty for HEAD, 204 and 304
};

// What the answer has to know of its request.
struct AnswerContext {
    std::string_view method;
    std::string_view request_id;
    bool accepts_gzip = false;
    bool keep_alive = false; // false: "Connection: close"
    bool is_http_1_0 = false;
};

Answer make_answer(core::Response response, const AnswerContext& context);

// What the server itself has to say: the sentence as text/plain.
core::Response plain_response(int status, std::string_view sentence);

} // namespace net
