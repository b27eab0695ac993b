#include "src/net/exchange.h"

#include "core/log.h"
#include "core/unavailable.h"
#include "src/net/gzip.h"

#include <exception>
#include <string>
#include <utility>

namespace net {

namespace {

constexpr std::size_t logged_method_bytes = 32;
constexpr std::size_t logged_target_bytes = 256;
constexpr std::size_t logged_agent_bytes = 128;

std::string front_of(std::string_view text, std::size_t bytes) {
    return std::string(text.substr(0, bytes));
}

} // namespace

Exchange::Exchange(const ServerOptions& options)
    : parser(options.header_bytes, options.body_bytes), started(Steady::now()),
      body_bytes_max_(options.body_bytes) {}

void Exchange::work(const Handler& handler, const std::atomic<bool>& stopping) {
    core::Response response = respond(handler);
    keep_alive = keep_alive && !stopping.load(std::memory_order_relaxed);
    answer_directly(std::move(response));
}

core::Response Exchange::respond(const Handler& handler) {
    core::Request& request = parser.request();
    try {
        if (parser.coding() == RequestParser::Coding::gzip && !request.body.empty()) {
            Gunzipped plain = gunzip(request.body, body_bytes_max_);
            if (plain.outcome == GunzipOutcome::corrupt) {
                return plain_response(400, "The gzip body is damaged.");
            }
            request.body_too_large = plain.outcome == GunzipOutcome::too_large;
            request.body = std::move(plain.data);
        }
        return handler(request);
    } catch (const core::Unavailable& failure) {
        core::log(core::LogLevel::error, "unavailable",
                  {{"id", request.id}, {"reason", failure.what()}});
        core::Response response = plain_response(503, "The server cannot do this now.");
        response.headers.add("Retry-After", "5");
        return response;
    } catch (const std::exception& failure) {
        core::log(core::LogLevel::error, "handler_failed",
                  {{"id", request.id}, {"reason", failure.what()}});
    } catch (...) {
        core::log(core::LogLevel::error, "handler_failed", {{"id", request.id}});
    }
    return plain_response(500, "Something went wrong here.");
}

void Exchange::answer_directly(core::Response response) {
    const core::Request& request = parser.request();
    AnswerContext context;
    context.method = request.method;
    context.request_id = request.id;
    context.accepts_gzip = core::accepts_gzip(request.headers);
    context.keep_alive = keep_alive;
    context.is_http_1_0 = parser.is_http_1_0();
    const std::string client = std::exchange(response.client_address, {});
    answer = make_answer(std::move(response), context);
    log(client);
}

// Neither credentials nor cookies nor tokens: of the header, only the user agent.
void Exchange::log(const std::string& client) const {
    const core::Request& request = parser.request();
    const auto spent =
        std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - started).count();
    const std::string fraction = std::to_string(1000 + spent % 1000).substr(1);
    std::string milliseconds = std::to_string(spent / 1000) + "." + fraction;
    core::log(
        core::LogLevel::info, "request",
        {{"id", request.id},
         {"client", client.empty() ? request.peer_address : client},
         {"method", front_of(request.method, logged_method_bytes)},
         {"target", front_of(core::redact_target(request.target), logged_target_bytes)},
         {"status", std::to_string(answer.status)},
         {"bytes", std::to_string(answer.body.size())},
         {"ms", std::move(milliseconds)},
         {"agent", front_of(request.headers.get("User-Agent").value_or(""), logged_agent_bytes)}});
}

} // namespace net
