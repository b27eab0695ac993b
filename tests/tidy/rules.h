// The rules of the house that a program can check: who may include whom, which words are banned
// where, how long things may be, and that the build knows every file. Each check looks at one
// file's text and knows no file system, so that the checks have tests of their own.
#pragma once

#include "tests/tidy/source.h"

#include <map>
#include <string>

namespace tidy {

// The table of who may include whom, for the project's own headers and for third parties.
Violations check_includes(const Source& source);
Violations check_words(const Source& source);
// libical's functions, icalcomponent_new and so on, outside ical/.
Violations check_libical_calls(const Source& source);
// GCC 12 destroys a braced temporary twice if its full expression also holds a co_await.
Violations check_awaits(const Source& source);
Violations check_header(const Source& source);
Violations check_sizes(const Source& source);

// Every .cpp is named in the CMakeLists.txt of its folder or of one above it, a test in that of its
// own folder. `lists` is the text of each CMakeLists.txt by its path.
Violations check_registered(const Source& source, const std::map<std::string, std::string>& lists);

} // namespace tidy
