#include "src/net/http_session.h"

#include "core/log.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace net {

namespace {

// Steps of one session before others get their turn: half a megabyte of plain bytes, or of TLS.
constexpr int steps_in_a_row = 32;

// After the last answer on a connection whose client is still sending: closing at once would make
// the kernel answer with a reset, which can destroy the answer before the client has read it
// (RFC 9112 section 9.6).
constexpr std::chrono::seconds linger_total{30};
constexpr std::chrono::seconds linger_silence{5};
constexpr std::size_t linger_bodies = 4; // times the largest body

constexpr std::size_t input_capacity_kept = 64; // while idle

// 16 hexadecimal digits, each once per server: the counter through a bijective mixer (splitmix64).
std::string request_id(std::uint64_t number) {
    std::uint64_t z = number * 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    std::string id(16, '0');
    for (std::size_t i = 0; i < id.size(); ++i) {
        id[i] = "0123456789abcdef"[(z >> (4 * i)) & 0xfU];
    }
    return id;
}

core::Response busy_response() {
    core::Response response = plain_response(503, "The server is busy.");
    response.headers.add("Retry-After", "2");
    return response;
}

} // namespace

Session::Session(SessionContext& context, Socket socket, std::unique_ptr<Transport> transport,
                 std::string peer_address)
    : context_(context), socket_(std::move(socket)), timer_(context.io),
      transport_(std::move(transport)), peer_address_(std::move(peer_address)) {}

// One connection that fails, for want of memory say, must not end the thread of all.
template <class Action>
void Session::guarded(Action action) {
    try {
        action();
    } catch (const std::exception& failure) {
        core::log(core::LogLevel::error, "connection_failed",
                  {{"peer", peer_address_}, {"reason", failure.what()}});
        close();
    }
}

void Session::start() {
    context_.sessions.insert(this);
    guarded([this] {
        const ServerOptions& options = context_.options;
        set_deadline(Steady::now()
                     + (transport_->is_tls() ? options.header_timeout : options.idle_timeout));
        drive();
    });
}

void Session::turn_away() {
    context_.sessions.insert(this);
    guarded([this] {
        begin_exchange();
        refuse(503, "The server has too many connections.");
        drive();
    });
}

void Session::stop() {
    if (state_ == State::handshake) {
        close();
    } else if (state_ == State::idle) {
        drive(); // serves what has come already, and closes if nothing has
    }
}

void Session::close() {
    if (state_ == State::closed) {
        return;
    }
    if (state_ != State::working) {
        release_exchange();
    }
    context_.body_bytes_held -= std::exchange(body_bytes_held_, 0);
    state_ = State::closed;
    ++wait_number_;
    timer_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
    context_.sessions.erase(this);
    context_.session_ended();
}

// Waiting, and the order of steps.

void Session::drive() {
    ++wait_number_;
    guarded([this] { drive_steps(); });
}

void Session::drive_steps() {
    for (int i = 0; i < steps_in_a_row; ++i) {
        switch (step()) {
        case Next::step:
            break;
        case Next::wait_read:
            wait(Socket::wait_read);
            return;
        case Next::wait_write:
            wait(Socket::wait_write);
            return;
        case Next::suspend:
            return;
        }
    }
    asio::post(context_.io, [self = shared_from_this(), number = wait_number_] {
        if (number == self->wait_number_) {
            self->drive();
        }
    });
}

void Session::wait(Socket::wait_type what) {
    socket_.async_wait(what, [self = shared_from_this(),
                              number = wait_number_](const boost::system::error_code& error) {
        if (number != self->wait_number_) {
            return;
        }
        if (error) {
            self->close();
        } else {
            self->drive();
        }
    });
}

Session::Next Session::step() {
    switch (state_) {
    case State::handshake:
        return step_handshake();
    case State::idle:
    case State::reading:
        return step_read();
    case State::writing:
        return step_write();
    case State::lingering:
        return step_linger();
    case State::working:
    case State::closed:
        break;
    }
    return Next::suspend;
}

Session::Next Session::end() {
    close();
    return Next::suspend;
}

Session::Next Session::step_handshake() {
    switch (transport_->handshake()) {
    case IoStatus::want_read:
        return Next::wait_read;
    case IoStatus::want_write:
        return Next::wait_write;
    case IoStatus::closed:
        return end();
    case IoStatus::done:
        break;
    }
    return begin_idle();
}

// Reading a request.

Session::Next Session::step_read() {
    if (state_ == State::idle && !input_.empty()) { // a pipelined request
        begin_exchange();
        return parse(input_, false);
    }
    const IoResult result = transport_->read(context_.scratch);
    if (result.status == IoStatus::closed) {
        return end();
    }
    if (result.status != IoStatus::done) {
        if (state_ == State::idle && context_.stopping) {
            transport_->finish();
            return end();
        }
        return result.status == IoStatus::want_read ? Next::wait_read : Next::wait_write;
    }
    if (state_ == State::idle) {
        begin_exchange();
    }
    const bool more_is_here = result.bytes == context_.scratch.size() || transport_->has_input();
    const std::string_view bytes(context_.scratch.data(), result.bytes);
    if (input_.empty()) {
        return parse(bytes, more_is_here);
    }
    input_ += bytes;
    return parse(input_, more_is_here);
}

void Session::begin_exchange() {
    exchange_ = std::make_unique<Exchange>(context_.options);
    core::Request& request = exchange_->parser.request();
    request.id = request_id(context_.request_number++);
    request.peer_address = peer_address_;
    request.tls = transport_->is_tls();
    state_ = State::reading;
}

Session::Next Session::parse(std::string_view bytes, bool more_is_here) {
    RequestParser& parser = exchange_->parser;
    for (;;) {
        const RequestParser::Step step = parser.advance(bytes);
        const bool body_fits = account_body();
        if (step == RequestParser::Step::header_done && body_fits) {
            exchange_->body_end = Steady::now() + context_.options.body_total_timeout;
            // RFC 9110 section 10.1.1: not needed when the body is on its way already.
            if (!parser.expects_continue() || !bytes.empty()) {
                continue;
            }
            keep_input(bytes);
            exchange_->answer.head = "HTTP/1.1 100 Continue\r\n\r\n";
            return begin_write(AfterWrite::read_on);
        }
        keep_input(bytes);
        if (step == RequestParser::Step::refused) {
            return refuse(parser.refusal().status, parser.refusal().reason);
        }
        if (!body_fits) {
            return refuse(503, "The server is busy with large requests.");
        }
        return step == RequestParser::Step::complete ? dispatch() : need_more(more_is_here);
    }
}

Session::Next Session::need_more(bool more_is_here) {
    const ServerOptions& options = context_.options;
    if (!exchange_->parser.has_begun()) {
        release_exchange(); // only empty lines, which end no idleness
        state_ = State::idle;
    } else if (exchange_->body_end == Steady::time_point::max()) {
        set_deadline(exchange_->started + options.header_timeout);
    } else {
        set_deadline(std::min(Steady::now() + options.body_timeout, exchange_->body_end));
    }
    return more_is_here ? Next::step : Next::wait_read;
}

// The rest lies at the end of input_ or of the scratch buffer.
void Session::keep_input(std::string_view rest) {
    if (rest.empty()) {
        input_.clear();
        if (input_.capacity() > input_capacity_kept) {
            input_ = std::string();
        }
    } else if (input_.empty()) {
        input_ = rest;
    } else {
        input_.erase(0, input_.size() - rest.size());
    }
}

// Requests that are read or answered at the same time may hold so much body together and no more;
// without that bound the limits of one body and of connections would allow terabytes.
bool Session::account_body() {
    const std::size_t now = exchange_->parser.request().body.size();
    context_.body_bytes_held += now - body_bytes_held_;
    body_bytes_held_ = now;
    return context_.body_bytes_held <= context_.options.body_bytes_in_flight;
}

void Session::release_exchange() {
    context_.body_bytes_held -= std::exchange(body_bytes_held_, 0);
    exchange_.reset();
}

// Answering it.

Session::Next Session::dispatch() {
    RequestParser& parser = exchange_->parser;
    state_ = State::working;
    deadline_ = Steady::time_point::max(); // the handler has bounds of its own
    exchange_->keep_alive = parser.keep_alive() && !parser.has_unread_body();
    auto job = [self = shared_from_this()]() mutable {
        SessionContext& context = self->context_;
        self->exchange_->work(context.handler, context.stopping);
        asio::post(context.io, [self = std::move(self)] {
            if (self->state_ == State::working) {
                self->begin_write(self->exchange_->keep_alive ? AfterWrite::next_request
                                                              : AfterWrite::close);
                self->drive();
            }
        });
    };
    if (context_.pool.submit(std::move(job))) {
        return Next::suspend; // from here on the worker has the exchange
    }
    exchange_->answer_directly(busy_response());
    return begin_write(exchange_->keep_alive ? AfterWrite::next_request : AfterWrite::close);
}

Session::Next Session::refuse(int status, std::string_view reason) {
    core::Response response = plain_response(status, reason);
    if (status == 415) {
        response.headers.add("Accept-Encoding", "gzip"); // RFC 9110 section 15.5.16
    } else if (status == 503) {
        response.headers.add("Retry-After", "2");
    }
    exchange_->keep_alive = false;
    exchange_->answer_directly(std::move(response));
    return begin_write(AfterWrite::close);
}

Session::Next Session::begin_write(AfterWrite after) {
    state_ = State::writing;
    after_write_ = after;
    written_ = 0;
    deadline_ = Steady::time_point::max(); // until the other end makes us wait
    return Next::step;
}

Session::Next Session::step_write() {
    const std::string_view head = exchange_->answer.head;
    const std::string_view body = exchange_->answer.body;
    const std::size_t of_head = std::min(written_, head.size());
    const IoResult result =
        transport_->write(head.substr(of_head), body.substr(written_ - of_head));
    if (result.status == IoStatus::closed) {
        return end();
    }
    if (result.status != IoStatus::done) {
        if (deadline_ == Steady::time_point::max() || written_ > written_at_deadline_) {
            set_deadline(Steady::now() + context_.options.write_timeout);
            written_at_deadline_ = written_;
        }
        return result.status == IoStatus::want_write ? Next::wait_write : Next::wait_read;
    }
    written_ += result.bytes;
    return written_ == head.size() + body.size() ? after_write() : Next::step;
}

Session::Next Session::after_write() {
    switch (after_write_) {
    case AfterWrite::read_on:
        exchange_->answer = Answer{};
        state_ = State::reading;
        return need_more(true);
    case AfterWrite::next_request:
        release_exchange();
        return begin_idle();
    case AfterWrite::close:
        break;
    }
    return begin_linger();
}

Session::Next Session::begin_idle() {
    state_ = State::idle;
    set_deadline(Steady::now() + context_.options.idle_timeout);
    const bool look = !input_.empty() || transport_->has_input() || context_.stopping;
    return look ? Next::step : Next::wait_read;
}

Session::Next Session::begin_linger() {
    const bool all_read = !exchange_->parser.has_unread_body() && input_.empty();
    transport_->finish();
    if (all_read) {
        return end();
    }
    release_exchange();
    input_ = std::string();
    state_ = State::lingering;
    linger_end_ = Steady::now() + linger_total;
    set_deadline(Steady::now() + linger_silence);
    return Next::step;
}

Session::Next Session::step_linger() {
    const IoResult result = transport_->discard(context_.scratch);
    if (result.status == IoStatus::want_read) {
        return Next::wait_read;
    }
    lingered_bytes_ += result.bytes;
    if (result.status != IoStatus::done
        || lingered_bytes_ > linger_bodies * context_.options.body_bytes) {
        return end();
    }
    set_deadline(std::min(Steady::now() + linger_silence, linger_end_));
    return Next::step;
}

// Deadlines. A session has one timer; a deadline that moves away, as most do, only changes a
// member, and the timer finds out when it expires.

void Session::set_deadline(Steady::time_point when) {
    deadline_ = when;
    if (when < timer_expiry_) {
        run_timer(when);
    }
}

void Session::run_timer(Steady::time_point expiry) {
    timer_expiry_ = expiry;
    timer_.expires_at(expiry);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) {
            self->guarded([&self] { self->on_timer(); });
        }
    });
}

void Session::on_timer() {
    timer_expiry_ = Steady::time_point::max();
    if (state_ == State::closed || deadline_ == Steady::time_point::max()) {
        return;
    }
    if (Steady::now() < deadline_) {
        run_timer(deadline_);
    } else {
        on_deadline();
    }
}

void Session::on_deadline() {
    if (state_ != State::reading) {
        if (state_ == State::idle) {
            transport_->finish();
        }
        close();
        return;
    }
    boost::system::error_code ignored;
    ++wait_number_;
    socket_.cancel(ignored);
    refuse(408, "The request took too long to arrive.");
    drive();
}

} // namespace net
