#include "storage/postgres/link.h"

#include "core/log.h"
#include "core/strings.h"
#include "core/unavailable.h"
#include "storage/postgres/errors.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace storage::postgres {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::string field(const pg_result* result, int code) {
    const char* const text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

// libpq's own messages end with a line end and may have several lines.
std::string one_line(const char* message) {
    return core::replace_all(std::string(core::trim(message)), "\n", "; ");
}

bool is_error(const pg_result* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

// Defaults before the URL, which may say otherwise, and after it what the driver relies on. A peer
// that has vanished is noticed within half a minute.
constexpr std::array keywords{"connect_timeout",
                              "keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "target_session_attrs",
                              "gssencmode",
                              "dbname",
                              "fallback_application_name",
                              "client_encoding",
                              static_cast<const char*>(nullptr)};

} // namespace

void FreeResult::operator()(pg_result* result) const {
    PQclear(result);
}

void Link::Finish::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

std::optional<std::string> fault_of_url(const std::string& url) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(url.c_str(), &message));
    PQfreemem(message); // it quotes the URL
    if (!options) {
        return "must be a postgresql: address that libpq can read";
    }
    return std::nullopt;
}

Link::Link(const std::string& url) {
    if (fault_of_url(url)) {
        throw core::Unavailable("postgresql: the database's address cannot be read");
    }
    const std::array<const char*, keywords.size()> values{
        "5",       "10",        "5",         "3",    "15000", "read-write",
        "disable", url.c_str(), "appointed", "UTF8", nullptr};
    handle_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
    if (!handle_) {
        throw core::Unavailable("postgresql: out of memory");
    }
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
        throw core::Unavailable("postgresql: " + one_line(PQerrorMessage(handle_.get())));
    }
    PQsetNoticeReceiver(handle_.get(), take_notice, this);
    if (PQsetnonblocking(handle_.get(), 1) != 0) {
        throw core::Unavailable("postgresql: " + one_line(PQerrorMessage(handle_.get())));
    }
}

// Otherwise libpq would print them. A warning is remembered: during COMMIT it says that a standby
// has not confirmed.
void Link::take_notice(void* self, const pg_result* notice) {
    if (field(notice, PG_DIAG_SEVERITY_NONLOCALIZED) == "WARNING") {
        static_cast<Link*>(self)->warned_ = true;
        core::log(core::LogLevel::warning, "database warning",
                  {{"message", field(notice, PG_DIAG_MESSAGE_PRIMARY)}});
    }
}

void Link::run_script(const char* sql) {
    sent(PQsendQuery(handle_.get(), sql));
    (void)answer();
}

void Link::prepare(const std::string& name, const std::string& sql) {
    sent(PQsendPrepare(handle_.get(), name.c_str(), sql.c_str(), 0, nullptr));
    (void)answer();
}

Result Link::run_prepared(const std::string& name, const Parameters& parameters) {
    sent(PQsendQueryPrepared(handle_.get(), name.c_str(),
                             static_cast<int>(parameters.values.size()), parameters.values.data(),
                             parameters.lengths.data(), parameters.formats.data(), 1));
    return answer();
}

Result Link::run_once(const std::string& sql, const Parameters& parameters) {
    sent(PQsendQueryParams(handle_.get(), sql.c_str(), static_cast<int>(parameters.values.size()),
                           nullptr, parameters.values.data(), parameters.lengths.data(),
                           parameters.formats.data(), 1));
    return answer();
}

void Link::commit() {
    // What the server said in the meantime, most of all good-bye, is better known before.
    if (PQconsumeInput(handle_.get()) == 0 || PQstatus(handle_.get()) != CONNECTION_OK) {
        give_up(one_line(PQerrorMessage(handle_.get())));
    }
    warned_ = false;
    Result result;
    try {
        sent(PQsendQuery(handle_.get(), "COMMIT"));
        result = answer();
    } catch (const ConnectionLost& lost) {
        throw core::Unavailable(std::string("the outcome of a commit is not known: ")
                                + lost.what());
    }
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        throw core::Unavailable("postgresql: the transaction had failed and was rolled back");
    }
    if (warned_) {
        throw core::Unavailable("postgresql: a commit was not confirmed by the standby");
    }
}

bool Link::is_alive() const {
    return !given_up_ && PQstatus(handle_.get()) == CONNECTION_OK;
}

bool Link::is_in_transaction() const {
    return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

std::string Link::server_setting(const char* name) const {
    const char* const value = PQparameterStatus(handle_.get(), name);
    return value == nullptr ? "" : value;
}

void Link::sent(int accepted) {
    if (accepted != 1) {
        give_up(one_line(PQerrorMessage(handle_.get())));
    }
}

// The last answer of what was sent, or the first error. Whatever comes is read to its end, so that
// the connection stays in step.
Result Link::answer() {
    Result kept;
    while (Result next = collect()) {
        if (!kept || !is_error(kept.get())) {
            kept = std::move(next);
        }
    }
    if (!kept || PQstatus(handle_.get()) != CONNECTION_OK || is_error(kept.get())) {
        throw_error(kept.get());
    }
    return kept;
}

// The next result of what was sent, or none.
Result Link::collect() {
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (patience_.count() > 0) {
        deadline = std::chrono::steady_clock::now() + patience_;
    }
    for (int unsent = PQflush(handle_.get()); unsent != 0; unsent = PQflush(handle_.get())) {
        if (unsent < 0) {
            break; // PQgetResult tells why
        }
        wait(POLLIN | POLLOUT, deadline);
        if (PQconsumeInput(handle_.get()) == 0) {
            break;
        }
    }
    while (PQisBusy(handle_.get()) != 0) {
        wait(POLLIN, deadline);
        if (PQconsumeInput(handle_.get()) == 0) {
            break;
        }
    }
    return Result(PQgetResult(handle_.get()));
}

void Link::wait(short events, std::optional<std::chrono::steady_clock::time_point> deadline) {
    int milliseconds = -1;
    if (deadline) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            *deadline - std::chrono::steady_clock::now());
        milliseconds = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    pollfd socket{PQsocket(handle_.get()), events, 0};
    if (::poll(&socket, 1, milliseconds) == 0) {
        give_up("no answer in time");
    }
}

void Link::give_up(const std::string& why) {
    given_up_ = true;
    throw ConnectionLost("postgresql: " + why);
}

void Link::throw_error(const pg_result* result) {
    const std::string state = field(result, PG_DIAG_SQLSTATE);
    // The primary message alone: the details of a violated key hold what people stored.
    std::string message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message.empty()) {
        message = one_line(PQerrorMessage(handle_.get()));
    }
    if (PQstatus(handle_.get()) != CONNECTION_OK) {
        give_up(message);
    }
    if (classify(state, message) == Failure::lost) {
        given_up_ = true;
    }
    fail(state, message);
}

} // namespace storage::postgres
