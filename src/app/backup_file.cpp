#include "src/app/backup_file.h"

#include "core/digest.h"
#include "core/strings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace app {

namespace {

constexpr mode_t backup_mode = S_IRUSR | S_IWUSR;
constexpr std::string_view line_begin = "\nappointed-backup-1 sha256 ";
constexpr std::size_t hex_digits = 64;
constexpr std::size_t line_length = line_begin.size() + hex_digits + 1;

class File {
public:
    File(const std::string& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }
    // -1 if that is not to be known.
    [[nodiscard]] std::int64_t size() const {
        struct stat status {};
        return ::fstat(number_, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
    }

private:
    int number_;
};

tl::unexpected<core::Error> failed(const std::string& path, const std::string& what) {
    return core::fail(core::Errc::unavailable,
                      path + " " + what + ": " + std::generic_category().message(errno));
}

// The line that belongs behind the first `size` bytes.
core::Result<std::string> line_for(const File& file, std::int64_t size, const std::string& path) {
    core::Sha256 hash;
    std::array<char, 256 * 1024> buffer{};
    for (std::int64_t at = 0; at < size;) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::int64_t>(size - at, buffer.size()));
        const ssize_t got = ::pread(file.number(), buffer.data(), wanted, at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return failed(path, "cannot be read");
        }
        hash.add({buffer.data(), static_cast<std::size_t>(got)});
        at += got;
    }
    return std::string(line_begin) + core::to_hex(hash.finish()) + "\n";
}

// What stands where the line should be; less if the file is shorter.
std::string last_line(const File& file, std::int64_t size) {
    std::string line(line_length, '\0');
    const std::int64_t at = size - static_cast<std::int64_t>(line_length);
    const ssize_t got = at < 0 ? 0 : ::pread(file.number(), line.data(), line.size(), at);
    line.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return line;
}

core::Done synchronise_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    const File directory(folder.string(), O_RDONLY | O_DIRECTORY);
    if (!directory.is_open() || ::fsync(directory.number()) != 0) {
        return failed(folder.string(), "cannot be synchronised");
    }
    return {};
}

// Not every file system knows how to rename without replacing; `link` then does the same.
bool move_without_replacing(const std::string& from, const std::string& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return true;
    }
    return errno == EINVAL && ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

} // namespace

NewBackupFile::NewBackupFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}

NewBackupFile::NewBackupFile(NewBackupFile&& other) noexcept
    : path_(std::move(other.path_)), part_(std::exchange(other.part_, {})) {}

NewBackupFile::~NewBackupFile() {
    if (!part_.empty()) {
        ::unlink(part_.c_str());
    }
}

core::Result<NewBackupFile> NewBackupFile::begin(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
        return core::fail(core::Errc::conflict, path + " is there already.");
    }
    const std::string part = path + ".part";
    const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, backup_mode);
    if (file < 0 && errno == EEXIST) {
        return core::fail(core::Errc::conflict,
                          part
                              + " is there: another backup is being made, or one was "
                                "interrupted. If none runs, remove it.");
    }
    if (file < 0) {
        return failed(part, "cannot be made");
    }
    ::close(file);
    return NewBackupFile(path);
}

core::Done NewBackupFile::finish() {
    {
        const File file(part_, O_RDWR);
        const std::int64_t size = file.is_open() ? file.size() : -1;
        if (size < 0) {
            return failed(part_, "cannot be read");
        }
        const std::string line = TRY(line_for(file, size, part_));
        if (::pwrite(file.number(), line.data(), line.size(), size)
                != static_cast<ssize_t>(line.size())
            || ::fsync(file.number()) != 0) {
            return failed(part_, "cannot be written");
        }
    }
    if (!move_without_replacing(part_, path_)) {
        return failed(path_, "cannot be made");
    }
    part_.clear();
    return synchronise_folder(path_);
}

core::Done check_backup_file(const std::string& path) {
    const File file(path, O_RDONLY);
    if (!file.is_open()) {
        return core::fail(core::Errc::not_found,
                          path + " cannot be opened: " + std::generic_category().message(errno));
    }
    const std::int64_t size = file.size();
    const std::string line = last_line(file, size);
    if (!line.starts_with(line_begin)) {
        return core::fail(core::Errc::invalid_input,
                          path + " is no backup of Appointed, or its end is missing.");
    }
    const auto content = size - static_cast<std::int64_t>(line_length);
    if (line != TRY(line_for(file, content, path))) {
        return core::fail(core::Errc::invalid_input,
                          path + " is damaged: it is not what was written.");
    }
    return {};
}

} // namespace app
