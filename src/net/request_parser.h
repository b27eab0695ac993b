// One HTTP/1.1 request from bytes (RFC 9112), by Beast's parser and the checks that it leaves to
// its user. It does no I/O. Whatever two HTTP programs could read differently is refused, so that
// nobody can smuggle a request past a proxy (RFC 9112 section 11.2).
#pragma once

#include "core/http.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace net {

struct Refusal {
    int status = 400;
    std::string_view reason; // for the body of the answer; of static storage
};

class RequestParser {
public:
    enum class Step {
        need_more,   // input holds what could not be used yet: come back with it and more
        header_done, // a body follows; reported once
        complete,    // request() is whole, or its body is too large and was not kept
        refused      // refusal() says why; the connection is of no further use
    };
    enum class Coding { identity, gzip };

    RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Takes what it can use from the front of input.
    Step advance(std::string_view& input);

    [[nodiscard]] core::Request& request();
    [[nodiscard]] const core::Request& request() const;
    // Whether anything but empty lines has come.
    [[nodiscard]] bool has_begun() const;
    [[nodiscard]] const Refusal& refusal() const;
    // From header_done on:
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool is_http_1_0() const;
    [[nodiscard]] bool expects_continue() const;
    [[nodiscard]] Coding coding() const; // of the body in request()
    // Bytes of this request that the client may still be sending will never be read.
    [[nodiscard]] bool has_unread_body() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace net
