// Content-Disposition (RFC 6266): the name that a client gives to a file.
#pragma once

#include <string>
#include <string_view>

namespace caldav {

// As sent, in UTF-8: filename* before filename; empty if there is none that can be read.
std::string file_name_in(std::string_view content_disposition);

} // namespace caldav
