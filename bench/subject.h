// A server that is measured: Appointed, or one of the peers. All are spoken to by HTTP alone; only
// how they are started and first filled differs.
#pragma once

#include "bench/calendars.h"
#include "bench/http.h"
#include "bench/process.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bench {

class Subject {
public:
    virtual ~Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] bool is_own() const { return own_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] Process& process() { return *process_; }

    // Of a calendar, with its last slash.
    [[nodiscard]] std::string path(const std::string& calendar) const {
        return home_ + calendar + "/";
    }
    // With the bench's credentials.
    [[nodiscard]] Request request(std::string method, std::string path,
                                  std::string body = {}) const;
    [[nodiscard]] Request put_request(std::string path, std::string text) const;

    void make_calendar(const std::string& name);
    // The calendar of so many events, filled when it is first asked for; its name.
    std::string filled(std::size_t size);
    // A program of its own run on its data, such as `appointed feed ADDRESS`.
    virtual std::string command(const std::vector<std::string>& arguments,
                                const std::string& input = {});
    virtual void restart() = 0;

protected:
    Subject(std::string home, bool own) : home_(std::move(home)), own_(own) {}
    // Puts the events into a calendar that is there and empty.
    virtual void fill(const std::string& name, const Calendar& calendar) = 0;
    void launch(const Launch& launch, int port);

    std::string authorization_;
    std::unique_ptr<Process> process_;

private:
    std::string home_;
    bool own_;
    std::uint16_t port_ = 0;
    std::map<std::size_t, std::string> filled_;
};

constexpr std::uint64_t seed = 20'260'105;

// A fresh database for it. None named: SQLite in its data folder.
struct DatabaseServer {
    std::string url;
    int process = 0; // the first of the server's, whose time counts as Appointed's
};

// The server itself, with fresh data in a folder under `scratch`, a user and a calendar home.
std::unique_ptr<Subject> start_appointed(const std::string& program, const std::string& scratch,
                                         const DatabaseServer& database = {});

// Nothing if Debian's package is not installed.
std::unique_ptr<Subject> start_radicale(const std::string& scratch);
std::unique_ptr<Subject> start_xandikos(const std::string& scratch);

} // namespace bench
