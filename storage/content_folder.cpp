#include "storage/content_folder.h"

#include "core/crypto.h"
#include "core/strings.h"
#include "core/unavailable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace storage {

namespace {

constexpr std::size_t hash_digits = 64;
constexpr std::size_t shelf_digits = 2; // 256 folders: no folder of a hundred thousand files
constexpr std::string_view part_suffix = ".part";
constexpr mode_t folder_mode = S_IRWXU;
constexpr mode_t file_mode = S_IRUSR | S_IWUSR;

[[noreturn]] void give_up(const std::filesystem::path& path, const std::string& what) {
    throw core::Unavailable(path.string() + " " + what + ": "
                            + std::generic_category().message(errno));
}

// A name that came from a row is never a way out of the folder.
bool is_hash(std::string_view name) {
    return name.size() == hash_digits
           && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class OpenFile {
public:
    OpenFile(const std::filesystem::path& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, file_mode)) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

void synchronise_folder(const std::filesystem::path& folder) {
    const OpenFile directory(folder, O_RDONLY | O_DIRECTORY);
    if (!directory.is_open() || ::fsync(directory.number()) != 0) {
        give_up(folder, "cannot be synchronised");
    }
}

// Its entry is durable in what holds it, when this returns.
void make_folder(const std::filesystem::path& folder) {
    if (std::filesystem::is_directory(folder)) {
        return;
    }
    if (folder.has_parent_path()) {
        make_folder(folder.parent_path());
    }
    if (::mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) {
        give_up(folder, "cannot be made");
    }
    synchronise_folder(folder.has_parent_path() ? folder.parent_path() : ".");
}

void write_part(const std::filesystem::path& part, std::string_view bytes) {
    const OpenFile file(part, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) {
        give_up(part, "cannot be made");
    }
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            give_up(part, "cannot be written");
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.number()) != 0) {
        give_up(part, "cannot be synchronised");
    }
}

bool is_older(const std::filesystem::path& file, core::Instant before) {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 && status.st_mtime < before.seconds;
}

} // namespace

std::string content_hash(std::string_view bytes) {
    return core::to_hex(core::sha256(bytes));
}

std::filesystem::path ContentFolder::shelf(std::string_view hash) const {
    return path_ / hash.substr(0, shelf_digits);
}

std::filesystem::path ContentFolder::file(std::string_view hash) const {
    if (!is_hash(hash)) {
        throw core::Unavailable("a row names content by something else than its digest");
    }
    return shelf(hash) / hash;
}

// Also where the file is there: it may have been cut short by a bad disk, and its time says that
// somebody wants it.
void ContentFolder::keep(std::string_view hash, std::string_view bytes) const {
    const std::filesystem::path target = file(hash);
    constexpr std::size_t name_bytes = 9;
    make_folder(shelf(hash));
    std::filesystem::path part = target;
    part += "-" + core::random_token(name_bytes) + std::string(part_suffix);
    try {
        write_part(part, bytes);
        if (::rename(part.c_str(), target.c_str()) != 0) {
            give_up(target, "cannot be made");
        }
    } catch (const core::Unavailable&) {
        ::unlink(part.c_str());
        throw;
    }
    synchronise_folder(shelf(hash));
}

bool ContentFolder::has(std::string_view hash) const {
    return size(hash).has_value();
}

std::optional<std::int64_t> ContentFolder::size(std::string_view hash) const {
    struct stat status {};
    if (::stat(file(hash).c_str(), &status) == 0) {
        return status.st_size;
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        give_up(file(hash), "cannot be found");
    }
    return std::nullopt;
}

std::optional<std::string> ContentFolder::read(std::string_view hash) const {
    const OpenFile opened(file(hash), O_RDONLY);
    if (!opened.is_open() && (errno == ENOENT || errno == ENOTDIR)) {
        return std::nullopt;
    }
    struct stat status {};
    if (!opened.is_open() || ::fstat(opened.number(), &status) != 0) {
        give_up(file(hash), "cannot be opened");
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t got = ::read(opened.number(), bytes.data() + at, bytes.size() - at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            give_up(file(hash), "cannot be read");
        }
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

void ContentFolder::remove(std::string_view hash) const {
    if (::unlink(file(hash).c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
        give_up(file(hash), "cannot be removed");
    }
}

void ContentFolder::for_each_older(core::Instant before,
                                   const std::function<void(const std::string&)>& visit) const {
    std::error_code error;
    for (const auto& each : std::filesystem::directory_iterator(path_, error)) {
        std::error_code not_a_folder;
        for (const auto& entry : std::filesystem::directory_iterator(each, not_a_folder)) {
            const std::string name = entry.path().filename().string();
            if (!is_older(entry.path(), before)) {
                continue;
            }
            if (is_hash(name)) {
                visit(name);
            } else if (name.ends_with(part_suffix) && is_hash(name.substr(0, hash_digits))) {
                ::unlink(entry.path().c_str());
            }
        }
    }
}

} // namespace storage
