// gzip (RFC 1952) over whole bodies, by zlib. Decompression has a bound on what comes out, so that
// a small body cannot ask for a large memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace net {

std::string gzip(std::string_view data);

enum class GunzipOutcome { done, corrupt, too_large };

struct Gunzipped {
    GunzipOutcome outcome = GunzipOutcome::corrupt;
    std::string data; // empty unless done
};

// Several members one after the other are one body (RFC 1952 section 2.2); a missing end or bytes
// after the last member are corrupt.
Gunzipped gunzip(std::string_view data, std::size_t bytes_max);

} // namespace net
