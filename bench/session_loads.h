// Loads of what only this server has: sessions, feeds and join pages.
#pragma once

#include "bench/load.h"
#include "bench/subject.h"

namespace bench {

Load put_sessions(Subject& subject);
Load read_feed(Subject& subject, bool unchanged);
// Turn by turn a change of one of its sessions and the feed.
Load read_changed_feed(Subject& subject);
Load look_at_join_page(Subject& subject);

} // namespace bench
