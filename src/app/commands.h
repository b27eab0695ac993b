// The administrator's commands. They work on the store directly, also while the server runs. Each
// returns the process's exit code; what they have to say goes to the streams given.
#pragma once

#include "domain/accounts.h"
#include "src/app/practice.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace app {

// Without control characters: what clients wrote must not command a terminal.
std::string printable(std::string_view text);

struct Streams {
    std::ostream& out;
    std::ostream& error;
};

// Says what went wrong; the exit code of a command that failed.
int complain(Streams streams, const core::Error& error);

int add_user(Practice& practice, const domain::NewAccount& account, Streams streams);
int list_users(Practice& practice, Streams streams);
int change_password(Practice& practice, const std::string& login, const std::string& password,
                    Streams streams);
int disable_user(Practice& practice, const std::string& login, bool disabled, Streams streams);

struct SessionOptions {
    std::optional<std::string> host;
    bool json = false;
    int days = 30;
};
int list_sessions(Practice& practice, const SessionOptions& options, Streams streams);

int print_feed(Practice& practice, const std::string& login_or_address, bool revoke,
               Streams streams);

} // namespace app
