// The commands for groups and for what is granted to whom. They work beside a running server, and
// what they change counts from its next request on.
#pragma once

#include "domain/teams.h"
#include "src/app/commands.h"
#include "src/app/practice.h"

#include <string>

namespace app {

struct GroupOptions {
    std::string group;
    std::string name; // empty: the group's id
    std::string login;
};
int add_group(Practice& practice, const GroupOptions& options, Streams streams);
int remove_group(Practice& practice, const GroupOptions& options, Streams streams);
int list_groups(Practice& practice, Streams streams); // with their members
int add_group_member(Practice& practice, const GroupOptions& options, Streams streams);
int remove_group_member(Practice& practice, const GroupOptions& options, Streams streams);

struct DelegateOptions {
    domain::Delegation delegation; // without `to`: list what there is
    std::string level;             // "free-busy", "read" or "write"
    bool remove = false;
};
int delegate(Practice& practice, const DelegateOptions& options, Streams streams);

} // namespace app
