#include "src/app/key_file.h"

#include "core/strings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace app {

namespace {

constexpr mode_t key_mode = S_IRUSR | S_IWUSR;

[[noreturn]] void complain(const std::string& path, const std::string& what) {
    throw std::runtime_error("The key file " + path + " " + what);
}

void write_all(int file, const std::string& text, const std::string& path) {
    if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())
        || ::fsync(file) != 0) {
        ::close(file);
        ::unlink(path.c_str());
        complain(path, std::string("cannot be written: ") + std::strerror(errno));
    }
    ::close(file);
}

// Written beside and linked into place, so that of two processes that start at once one wins and
// nobody reads half a key.
void make_key(const std::string& path) {
    const std::string beside = path + "." + core::random_token(8);
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, key_mode);
    if (file < 0) {
        complain(path, std::string("cannot be made: ") + std::strerror(errno));
    }
    write_all(file, core::random_token(core::Key{}.size()) + "\n", beside);
    const bool linked = ::link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST;
    ::unlink(beside.c_str());
    if (!linked) {
        complain(path, "cannot be made.");
    }
}

} // namespace

core::Key load_or_make_key(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        make_key(path);
        if (::stat(path.c_str(), &status) != 0) {
            complain(path, "cannot be read.");
        }
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        complain(path, "can be read by others: chmod 600 it.");
    }
    std::ifstream stream(path);
    std::string line;
    std::getline(stream, line);
    const auto bytes = core::from_base64url(core::trim(line));
    core::Key key{};
    if (!bytes || bytes->size() != key.size()) {
        complain(path,
                 "does not hold a key. Restore it from a backup: without it every link dies.");
    }
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

} // namespace app
