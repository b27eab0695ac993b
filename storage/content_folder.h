// The bytes of managed attachments: files beside the database, each named by the SHA-256 of what is
// in it, so that equal bytes are kept once and a file never changes. Nodes over one database share
// the folder. Whether a file is still wanted is for the rows to say (storage/attachments.h).
#pragma once

#include "core/time.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

// Of bytes, in hexadecimal digits; also the name of their file.
std::string content_hash(std::string_view bytes);

// A failed disk is core::Unavailable.
class ContentFolder {
public:
    // Made with mode 0700 when something is first kept in it.
    explicit ContentFolder(std::filesystem::path path) : path_(std::move(path)) {}

    // Returns when the bytes are durable under `hash`, which is theirs.
    void keep(std::string_view hash, std::string_view bytes) const;
    [[nodiscard]] bool has(std::string_view hash) const;
    [[nodiscard]] std::optional<std::int64_t> size(std::string_view hash) const;
    // Nothing: there is no such file.
    [[nodiscard]] std::optional<std::string> read(std::string_view hash) const;
    void remove(std::string_view hash) const; // also where there is none
    // Files whose last writing was before; of those that were never finished, it removes them.
    void for_each_older(core::Instant before,
                        const std::function<void(const std::string& hash)>& visit) const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    [[nodiscard]] std::filesystem::path shelf(std::string_view hash) const;
    [[nodiscard]] std::filesystem::path file(std::string_view hash) const;

    std::filesystem::path path_;
};

} // namespace storage
