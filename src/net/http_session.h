// One connection: reads a request, has it answered by a worker, writes the answer, and again. All
// of it runs on the I/O thread except Exchange::work. A session is a state machine over a transport
// that never blocks: each step does what can be done now and says what to wait for. While a
// connection idles it owns no buffer and no parser.
#pragma once

#include "src/net/exchange.h"
#include "src/net/server.h"
#include "src/net/transport.h"
#include "src/net/worker_pool.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace net {

namespace asio = boost::asio;

using Steady = std::chrono::steady_clock;
// With the executor's own type instead of a type-erased one: smaller and faster.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, Executor>;

class Session;

// What the sessions of one server share. Members without a note belong to the I/O thread.
struct SessionContext {
    const ServerOptions& options;
    const Handler& handler; // called by workers
    asio::io_context& io;
    WorkerPool& pool;
    std::function<void()> session_ended;
    std::vector<char> scratch = {};             // what was read last; kept by nobody
    std::unordered_set<Session*> sessions = {}; // those that are open
    std::size_t body_bytes_held = 0;            // of all requests that are not answered yet
    std::uint64_t request_number = 0;           // of the next request id
    std::atomic<bool> stopping{false};          // workers read it
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(SessionContext& context, Socket socket, std::unique_ptr<Transport> transport,
            std::string peer_address);

    void start();
    // Answers 503 without reading a request, and closes. For a plain transport.
    void turn_away();
    // The server is stopping: closes the connection if it idles, else after the answer that is due.
    void stop();
    void close();

private:
    enum class State { handshake, idle, reading, working, writing, lingering, closed };
    enum class AfterWrite { read_on, next_request, close };
    enum class Next { step, wait_read, wait_write, suspend };

    template <class Action>
    void guarded(Action action);
    void drive();
    void drive_steps();
    Next step();
    Next step_handshake();
    Next step_read();
    Next step_write();
    Next step_linger();

    void begin_exchange();
    Next parse(std::string_view bytes, bool more_is_here);
    Next need_more(bool more_is_here);
    void keep_input(std::string_view rest);
    bool account_body();
    Next dispatch();
    Next refuse(int status, std::string_view reason);
    Next begin_write(AfterWrite after);
    Next after_write();
    Next begin_idle();
    Next begin_linger();
    Next end();
    void release_exchange();

    void wait(Socket::wait_type what);
    void set_deadline(Steady::time_point when);
    void run_timer(Steady::time_point expiry);
    void on_timer();
    void on_deadline();

    SessionContext& context_;
    Socket socket_;
    Timer timer_;
    std::unique_ptr<Transport> transport_;
    const std::string peer_address_;
    std::unique_ptr<Exchange> exchange_; // none while idle
    std::string input_;                  // read, and not used yet
    std::size_t body_bytes_held_ = 0;    // this session's part of context_.body_bytes_held
    std::size_t written_ = 0;            // of the answer
    std::size_t written_at_deadline_ = 0;
    std::size_t lingered_bytes_ = 0;
    Steady::time_point linger_end_;
    Steady::time_point deadline_ = Steady::time_point::max();
    Steady::time_point timer_expiry_ = Steady::time_point::max(); // max: it does not run
    std::uint32_t wait_number_ = 0; // of the only wait whose end still counts
    State state_ = State::handshake;
    AfterWrite after_write_ = AfterWrite::close;
};

} // namespace net
