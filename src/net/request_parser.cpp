#include "src/net/request_parser.h"

#include "core/strings.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace net {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

constexpr std::size_t fields_max = 256; // real clients send some twenty

// A chunk of one byte costs six on the wire; more overhead than that is not a client's way of
// sending but a way of keeping us busy.
constexpr std::size_t wire_bytes_per_byte = 8;

constexpr std::size_t reserve_bytes = 256 * 1024; // of a declared length, before it has come

std::string_view view_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

Refusal refusal_of(error_code error) {
    if (error == http::error::header_limit) {
        return {431, "The request header is too large."};
    }
    if (error == http::error::bad_method || error == http::error::bad_target
        || error == http::error::bad_version) {
        return {400, "The request line is malformed."};
    }
    if (error == http::error::bad_content_length || error == http::error::multiple_content_length
        || error == http::error::bad_transfer_encoding) {
        return {400, "The length of the request is not clear."};
    }
    if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension) {
        return {400, "The chunked body is malformed."};
    }
    return {400, "The request header is malformed."};
}

// RFC 3986 section 3.2.2 in outline: what cannot be part of a host and port. No user information
// (RFC 9110 section 4.2.4).
bool is_host(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < '\x7f'
               && std::string_view("/?#@\\\"<>^`{|},").find(c) == std::string_view::npos;
    });
}

} // namespace

class RequestParser::Impl final : public http::basic_parser<true> {
public:
    Impl(std::size_t header_bytes_max, std::size_t body_bytes_max)
        : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {
        header_limit(static_cast<std::uint32_t>(header_bytes_max));
        body_limit(boost::none); // ours also counts what gzip and small chunks would hide
    }

    Step advance(std::string_view& input);

    core::Request request;
    Refusal refusal;
    Coding coding = Coding::identity;
    bool http_1_0 = false;
    bool expects_continue = false;
    bool refused = false;

private:
    Step refuse(int status, std::string_view reason);
    Step too_large();
    Step after_header();
    std::optional<Refusal> check_framing();
    std::optional<Refusal> check_host();
    std::optional<Refusal> check_target();
    std::optional<Refusal> check_expectation_and_coding();

    void on_request_impl(http::verb, boost::beast::string_view method,
                         boost::beast::string_view target, int version, error_code&) override;
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& error) override;
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(boost::beast::string_view body, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view extensions,
                              error_code& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                   error_code& error) override;
    void on_finish_impl(error_code&) override {}

    const std::size_t header_bytes_max_;
    const std::size_t body_bytes_max_;
    std::size_t header_bytes_ = 0;
    std::size_t body_wire_bytes_ = 0;
    std::size_t fields_ = 0;
};

RequestParser::Step RequestParser::Impl::refuse(int status, std::string_view reason) {
    refused = true;
    refusal = Refusal{status, reason};
    return Step::refused;
}

RequestParser::Step RequestParser::Impl::too_large() {
    request.body_too_large = true;
    request.body = std::string();
    return Step::complete;
}

RequestParser::Step RequestParser::Impl::advance(std::string_view& input) {
    // RFC 9112 section 2.2: empty lines before the request line are ignored.
    while (!got_some() && !input.empty() && (input.front() == '\r' || input.front() == '\n')) {
        input.remove_prefix(1);
    }
    while (!input.empty()) {
        const bool in_header = !is_header_done();
        error_code error;
        const std::size_t used = put(boost::asio::const_buffer(input.data(), input.size()), error);
        input.remove_prefix(used);
        const bool need_more = error == http::error::need_more;
        if (in_header) {
            // Beast takes the header field by field and bounds only what it has not taken yet.
            header_bytes_ += used;
            if (header_bytes_ + (need_more ? input.size() : 0) > header_bytes_max_) {
                return refuse(431, "The request header is too large.");
            }
        } else {
            body_wire_bytes_ += used;
            if (body_wire_bytes_ / wire_bytes_per_byte > body_bytes_max_ + header_bytes_max_) {
                return too_large();
            }
            if (need_more && input.size() > header_bytes_max_) {
                return refuse(400,
                              "The chunked body is malformed."); // endless extension or trailer
            }
        }
        if (need_more) {
            return Step::need_more;
        }
        if (error == http::error::body_limit) {
            return too_large();
        }
        if (error) {
            const Refusal why = refused ? refusal : refusal_of(error);
            return refuse(why.status, why.reason);
        }
        if (in_header && is_header_done()) {
            return after_header();
        }
        if (is_done()) {
            return Step::complete;
        }
    }
    return Step::need_more;
}

RequestParser::Step RequestParser::Impl::after_header() {
    for (const auto check : {&Impl::check_framing, &Impl::check_host, &Impl::check_target,
                             &Impl::check_expectation_and_coding}) {
        if (const std::optional<Refusal> why = (this->*check)()) {
            return refuse(why->status, why->reason);
        }
    }
    if (content_length().value_or(0) > body_bytes_max_) {
        return too_large();
    }
    return is_done() ? Step::complete : Step::header_done;
}

// RFC 9112 section 6.1. Beast has refused Content-Length beside Transfer-Encoding, and lengths that
// differ.
std::optional<Refusal> RequestParser::Impl::check_framing() {
    if (!request.headers.has("Transfer-Encoding")) {
        return std::nullopt;
    }
    if (http_1_0) {
        return Refusal{400, "HTTP/1.0 knows no Transfer-Encoding."};
    }
    if (!core::iequals(request.headers.joined("Transfer-Encoding"), "chunked")) {
        return Refusal{501, "The only Transfer-Encoding known here is chunked."};
    }
    return std::nullopt;
}

// RFC 9112 section 3.2: exactly one Host, and none only in HTTP/1.0.
std::optional<Refusal> RequestParser::Impl::check_host() {
    std::size_t hosts = 0;
    for (const auto& [name, value] : request.headers.all()) {
        if (core::iequals(name, "Host")) {
            ++hosts;
            if (!is_host(value)) {
                return Refusal{400, "The Host field is malformed."};
            }
        }
    }
    if (hosts > 1 || (hosts == 0 && !http_1_0)) {
        return Refusal{400, "A request needs one Host field."};
    }
    return std::nullopt;
}

// RFC 9112 section 3.2: origin form passes; absolute form becomes origin form, and its authority
// replaces the Host field (section 3.2.2).
std::optional<Refusal> RequestParser::Impl::check_target() {
    if (request.method == "CONNECT" || request.method == "TRACE") {
        return Refusal{501, "This method is not implemented here."};
    }
    if (request.target.starts_with('/') || (request.target == "*" && request.method == "OPTIONS")) {
        return std::nullopt;
    }
    std::string_view rest = request.target;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (core::istarts_with(rest, scheme)) {
            rest.remove_prefix(scheme.size());
            const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
            std::string authority(rest.substr(0, end));
            if (authority.empty() || !is_host(authority)) {
                return Refusal{400, "The request target is malformed."};
            }
            std::string path(rest.substr(end));
            request.target = path.starts_with('/') ? std::move(path) : "/" + path;
            request.headers.set("Host", std::move(authority));
            return std::nullopt;
        }
    }
    return Refusal{400, "The request target is malformed."};
}

// RFC 9110 sections 10.1.1 and 8.4.
std::optional<Refusal> RequestParser::Impl::check_expectation_and_coding() {
    if (!http_1_0 && request.headers.has("Expect")) {
        if (!core::iequals(request.headers.joined("Expect"), "100-continue")) {
            return Refusal{417, "The only expectation known here is 100-continue."};
        }
        expects_continue = !is_done();
    }
    if (is_done() || !request.headers.has("Content-Encoding")) {
        return std::nullopt;
    }
    const std::string name = core::to_lower(request.headers.joined("Content-Encoding"));
    if (name == "gzip" || name == "x-gzip") {
        coding = Coding::gzip;
    } else if (!name.empty() && name != "identity") {
        return Refusal{415, "The only Content-Encoding known here is gzip."};
    }
    return std::nullopt;
}

void RequestParser::Impl::on_request_impl(http::verb, boost::beast::string_view method,
                                          boost::beast::string_view target, int version,
                                          error_code&) {
    request.method = view_of(method);
    request.target = view_of(target);
    http_1_0 = version == 10;
}

void RequestParser::Impl::on_field_impl(http::field, boost::beast::string_view name,
                                        boost::beast::string_view value, error_code& error) {
    // Trailers are read and forgotten: none may pass for a header (RFC 9110 section 6.5.1).
    if (is_header_done()) {
        return;
    }
    if (++fields_ > fields_max) {
        refuse(431, "The request has too many header fields.");
        error = http::error::header_limit;
        return;
    }
    request.headers.add(std::string(view_of(name)), std::string(view_of(value)));
}

void RequestParser::Impl::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                            error_code&) {
    // The declared length is a promise that an attacker need not keep.
    request.body.reserve(std::min<std::size_t>(length.value_or(0), reserve_bytes));
}

std::size_t RequestParser::Impl::on_body_impl(boost::beast::string_view body, error_code& error) {
    if (body.size() > body_bytes_max_ - request.body.size()) {
        error = http::error::body_limit;
        return 0;
    }
    request.body.append(body.data(), body.size());
    return body.size();
}

void RequestParser::Impl::on_chunk_header_impl(std::uint64_t size,
                                               boost::beast::string_view extensions,
                                               error_code& error) {
    // Beast lets a bare LF stand in a quoted extension, where others see the end of the line.
    if (extensions.find('\n') != boost::beast::string_view::npos) {
        error = http::error::bad_chunk_extension;
    } else if (size > body_bytes_max_ - request.body.size()) {
        error = http::error::body_limit;
    }
}

std::size_t RequestParser::Impl::on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                                    error_code& error) {
    return on_body_impl(body, error);
}

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : impl_(std::make_unique<Impl>(header_bytes_max, body_bytes_max)) {}

RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::advance(std::string_view& input) {
    return impl_->advance(input);
}

core::Request& RequestParser::request() {
    return impl_->request;
}

const core::Request& RequestParser::request() const {
    return impl_->request;
}

bool RequestParser::has_begun() const {
    return impl_->got_some();
}

const Refusal& RequestParser::refusal() const {
    return impl_->refusal;
}

bool RequestParser::keep_alive() const {
    return impl_->is_header_done() && !impl_->refused && impl_->keep_alive();
}

bool RequestParser::is_http_1_0() const {
    return impl_->http_1_0;
}

bool RequestParser::expects_continue() const {
    return impl_->expects_continue;
}

RequestParser::Coding RequestParser::coding() const {
    return impl_->coding;
}

bool RequestParser::has_unread_body() const {
    return !impl_->is_done();
}

} // namespace net
