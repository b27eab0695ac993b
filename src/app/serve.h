// The server process: the object graph in plain sight, signals, shutdown order.
#pragma once

#include "src/app/config.h"

namespace app {

// Serves until SIGTERM or SIGINT; SIGHUP reads the certificate again. Returns the exit code.
int serve(Config config);

} // namespace app
