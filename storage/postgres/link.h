// The wire to a PostgreSQL server: connects, sends, and waits for answers for a bounded time. It
// knows nothing of transactions; connection.h does.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
struct pg_conn;
struct pg_result;
}

namespace storage::postgres {

struct FreeResult {
    void operator()(pg_result* result) const;
};
using Result = std::unique_ptr<pg_result, FreeResult>;

// The values of $1, $2 ... as libpq takes them. They point into what they were made from.
struct Parameters {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats; // 0 text, 1 binary
};

// What is wrong with a connection URL, or nothing. The sentence never quotes it: it may hold a
// password.
std::optional<std::string> fault_of_url(const std::string& url);

class Link {
public:
    // Throws core::Unavailable.
    explicit Link(const std::string& url);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() = default;

    // How long to wait for an answer before the server counts as gone; zero: for ever.
    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

    // Each throws sql::Conflict, ConnectionLost or core::Unavailable (errors.h).
    void run_script(const char* sql); // several statements; answers are dropped
    void prepare(const std::string& name, const std::string& sql);
    Result run_prepared(const std::string& name, const Parameters& parameters);
    Result run_once(const std::string& sql, const Parameters& parameters);

    // Sends COMMIT. Once it is on its way, a failure that is no clear answer of the server is
    // core::Unavailable: nobody knows the outcome.
    void commit();

    [[nodiscard]] bool is_alive() const;
    [[nodiscard]] bool is_in_transaction() const; // or in a statement that was given up
    [[nodiscard]] std::string server_setting(const char* name) const;

private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };

    static void take_notice(void* self, const pg_result* notice);
    void sent(int accepted);
    Result answer();
    Result collect();
    void wait(short events, std::optional<std::chrono::steady_clock::time_point> deadline);
    [[noreturn]] void give_up(const std::string& why);
    [[noreturn]] void throw_error(const pg_result* result);

    std::unique_ptr<pg_conn, Finish> handle_;
    std::chrono::milliseconds patience_{0};
    bool given_up_ = false; // no answer came in time; the connection is out of step
    bool warned_ = false;   // since the last COMMIT was sent
};

} // namespace storage::postgres
