#include "src/net/answer.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/strings.h"
#include "src/net/gzip.h"

#include <algorithm>
#include <array>
#include <utility>

namespace net {

namespace {

constexpr std::size_t gzip_from_bytes = 1024; // below, it saves no packet

// Fields that this file writes; a handler's own would contradict them.
constexpr std::array<std::string_view, 7> framing_fields{
    "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date",
    "Server",         "X-Request-Id"};

bool is_framing_field(std::string_view name) {
    return std::any_of(framing_fields.begin(), framing_fields.end(),
                       [name](std::string_view field) { return core::iequals(field, name); });
}

// A value with a line end in it would be another field, or another answer (RFC 9110 section 5.5).
bool is_safe_field(std::string_view name, std::string_view value) {
    const std::string_view unsafe("\r\n\0", 3);
    return !name.empty() && name.find_first_of(": \t\r\n") == std::string_view::npos
           && value.find_first_of(unsafe) == std::string_view::npos;
}

bool is_text(std::string_view content_type) {
    const std::string_view type = core::trim(content_type.substr(0, content_type.find(';')));
    if (core::istarts_with(type, "text/")) {
        return true;
    }
    const std::string name = core::to_lower(type);
    return name == "application/xml" || name == "application/json"
           || name == "application/javascript" || name == "application/manifest+json"
           || name == "application/problem+json" || name == "image/svg+xml";
}

// Whether the answer depends on the request's Accept-Encoding.
bool pays_to_gzip(const core::Response& response) {
    const core::Headers& headers = response.headers;
    return response.body.size() > gzip_from_bytes && response.status != 206
           && !headers.has("Content-Encoding")
           && is_text(headers.get("Content-Type").value_or(std::string_view{}))
           && !core::icontains(headers.joined("Cache-Control"), "no-transform");
}

void add_vary(core::Headers& headers) {
    std::string vary = headers.joined("Vary");
    if (vary == "*" || core::icontains(vary, "Accept-Encoding")) {
        return;
    }
    vary += vary.empty() ? "Accept-Encoding" : ", Accept-Encoding";
    headers.set("Vary", std::move(vary));
}

// RFC 9110 section 6.6.1. The text changes once a second, and is needed for every answer.
void append_date(std::string& out) {
    thread_local core::Instant second{-1};
    thread_local std::string text;
    const core::Instant now = core::SystemClock().now();
    if (now != second) {
        second = now;
        text = core::to_http_date(now);
    }
    out += text;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

// RFC 9110 section 8.6: neither 204 nor 304 says a length here; for HEAD it is GET's, which a
// handler may know without making the body.
void append_length(std::string& out, const core::Response& response, bool is_head) {
    if (response.status == 204 || response.status == 304) {
        return;
    }
    const auto declared = response.headers.get("Content-Length");
    if (is_head && response.body.empty() && declared
        && declared->find_first_not_of("0123456789") == std::string_view::npos) {
        append_field(out, "Content-Length", *declared);
        return;
    }
    append_field(out, "Content-Length", std::to_string(response.body.size()));
}

void append_connection(std::string& out, const AnswerContext& context) {
    if (!context.keep_alive) {
        append_field(out, "Connection", "close");
    } else if (context.is_http_1_0) {
        append_field(out, "Connection", "keep-alive");
    }
}

std::string make_head(const core::Response& response, const AnswerContext& context) {
    std::string head;
    head.reserve(512);
    head += "HTTP/1.1 ";
    head += std::to_string(response.status);
    head += ' ';
    head += core::reason_phrase(response.status);
    head += "\r\nServer: Appointed\r\nDate: ";
    append_date(head);
    head += "\r\n";
    append_field(head, "X-Request-Id", context.request_id);
    for (const auto& [name, value] : response.headers.all()) {
        if (is_framing_field(name)) {
            continue;
        }
        if (!is_safe_field(name, value)) {
            core::log(core::LogLevel::error, "unsafe_header_dropped",
                      {{"id", std::string(context.request_id)}});
            continue;
        }
        append_field(head, name, value);
    }
    append_length(head, response, context.method == "HEAD");
    append_connection(head, context);
    head += "\r\n";
    return head;
}

} // namespace

Answer make_answer(core::Response response, const AnswerContext& context) {
    if (response.status < 200 || response.status > 599) {
        core::log(
            core::LogLevel::error, "impossible_status",
            {{"id", std::string(context.request_id)}, {"status", std::to_string(response.status)}});
        response = plain_response(500, "Something went wrong here.");
    }
    const bool is_head = context.method == "HEAD";
    const bool without_body = is_head || response.status == 204 || response.status == 304;
    if (pays_to_gzip(response)) {
        add_vary(response.headers);
        if (context.accepts_gzip && !without_body) {
            response.body = gzip(response.body);
            response.headers.set("Content-Encoding", "gzip");
        }
    }
    Answer answer;
    answer.status = response.status;
    answer.head = make_head(response, context);
    if (!without_body) {
        answer.body = std::move(response.body);
    }
    return answer;
}

core::Response plain_response(int status, std::string_view sentence) {
    core::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body = sentence;
    response.body += '\n';
    return response;
}

} // namespace net
