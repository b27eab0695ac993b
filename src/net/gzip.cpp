#include "src/net/gzip.h"

#include <zlib.h>

#include <array>
#include <limits>
#include <new>

namespace net {

namespace {

constexpr int gzip_window = 15 + 16; // the largest window, in the gzip format and no other
constexpr int level = 2;             // calendar text shrinks eightfold at any level

// zlib counts in 32 bits; pieces of this size keep both its counters in range.
constexpr std::size_t piece_bytes = std::size_t{1} << 30;

// zlib's interface takes its input as non-const, and does not write to it.
Bytef* input_of(std::string_view data) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
}

uInt piece_of(std::size_t bytes) {
    return static_cast<uInt>(bytes < piece_bytes ? bytes : piece_bytes);
}

// A deflate state is a quarter of a megabyte, so each worker keeps the one that it made.
class Deflater {
public:
    Deflater() {
        if (deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::string run(std::string_view data) {
        deflateReset(&stream_);
        std::string out(deflateBound(&stream_, data.size()), '\0');
        std::size_t produced = 0;
        stream_.next_in = input_of(data);
        int outcome = Z_OK;
        while (outcome != Z_STREAM_END) {
            const std::size_t taken = static_cast<std::size_t>(
                reinterpret_cast<const char*>(stream_.next_in) - data.data());
            stream_.avail_in = piece_of(data.size() - taken);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + produced);
            stream_.avail_out = piece_of(out.size() - produced);
            const uInt room = stream_.avail_out;
            const bool last = taken + stream_.avail_in == data.size();
            outcome = deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
            produced += room - stream_.avail_out;
            if (outcome == Z_STREAM_ERROR) {
                throw std::bad_alloc(); // only a ruined state answers this
            }
        }
        out.resize(produced);
        return out;
    }

private:
    z_stream stream_{};
};

class Inflater {
public:
    Inflater() {
        if (inflateInit2(&stream_, gzip_window) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    Gunzipped run(std::string_view data, std::size_t bytes_max) {
        Gunzipped result;
        std::array<char, 32 * 1024> buffer;
        stream_.next_in = input_of(data);
        stream_.avail_in = static_cast<uInt>(data.size());
        for (;;) {
            stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_.avail_out = static_cast<uInt>(buffer.size());
            const int outcome = inflate(&stream_, Z_NO_FLUSH);
            const std::size_t produced = buffer.size() - stream_.avail_out;
            if (produced > bytes_max - result.data.size()) {
                return Gunzipped{GunzipOutcome::too_large, {}};
            }
            result.data.append(buffer.data(), produced);
            if (outcome == Z_STREAM_END) {
                if (stream_.avail_in == 0) {
                    result.outcome = GunzipOutcome::done;
                    return result;
                }
                inflateReset(&stream_); // another member follows
            } else if (outcome != Z_OK) {
                return Gunzipped{}; // damaged, or cut off: Z_BUF_ERROR
            }
        }
    }

private:
    z_stream stream_{};
};

} // namespace

std::string gzip(std::string_view data) {
    thread_local Deflater deflater;
    return deflater.run(data);
}

Gunzipped gunzip(std::string_view data, std::size_t bytes_max) {
    if (data.size() > std::numeric_limits<uInt>::max()) {
        return Gunzipped{GunzipOutcome::too_large, {}};
    }
    Inflater inflater;
    return inflater.run(data, bytes_max);
}

} // namespace net
