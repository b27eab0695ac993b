#include "bench/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace bench {

namespace {

constexpr std::chrono::milliseconds look_again{10};
constexpr int looks_max = 1500; // 15 s for a program to end by itself

double seconds_of(clockid_t clock) {
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) {
        fail_with_errno("clock_gettime");
    }
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// In the child. Only what may be done after a fork.
[[noreturn]] void become(char* const* arguments, const char* folder, int input, int output,
                         int error) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    pin_to(server_core);
    if (::chdir(folder) == 0) {
        ::dup2(input, STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(error, STDERR_FILENO);
        ::execvp(arguments[0], arguments);
    }
    ::_exit(127);
}

int start(const std::vector<std::string>& arguments, const std::string& folder, int input,
          int output, int error) {
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers;
    pointers.reserve(copies.size() + 1);
    for (std::string& argument : copies) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    const int id = ::fork();
    if (id < 0) {
        fail_with_errno("fork");
    }
    if (id == 0) {
        become(pointers.data(), folder.c_str(), input, output, error);
    }
    return id;
}

int open_file(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (file < 0) {
        fail_with_errno("open " + path);
    }
    return file;
}

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

// proc(5), /proc/PID/stat from its third field on: what follows the name, which may hold anything.
std::vector<std::string> fields_of_process(const std::string& id) {
    std::ifstream file("/proc/" + id + "/stat");
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(')');
    std::istringstream words(name_end == std::string::npos ? "" : text.substr(name_end + 1));
    return {std::istream_iterator<std::string>(words), {}};
}

// Of a process, its children, and those of its children that have ended.
double family_cpu_seconds(int id) {
    constexpr std::size_t parent = 1;
    constexpr std::size_t user_time = 11; // then system time, and both of ended children
    double ticks = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        const auto fields = fields_of_process(name);
        const bool is_first = name == std::to_string(id);
        if (fields.size() < user_time + 4 || (!is_first && fields[parent] != std::to_string(id))) {
            continue;
        }
        for (std::size_t i = user_time; i < user_time + (is_first ? 4 : 2); ++i) {
            ticks += std::stod(fields[i]);
        }
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Removes itself.
struct TemporaryFile {
    std::string path;
    explicit TemporaryFile(std::string name) : path(std::move(name)) {}
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
};

} // namespace

void fail_with_errno(const std::string& what) {
    throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

void pin_to(int core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<unsigned>(core), &cores);
    ::sched_setaffinity(0, sizeof cores, &cores);
}

Process::Process(const Launch& launch) : output_file_(launch.output_file) {
    const int input = open_file("/dev/null", O_RDONLY);
    const int output = open_file(launch.output_file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    id_ = start(launch.arguments, launch.working_folder, input, output, output);
    ::close(input);
    ::close(output);
}

Process::~Process() {
    if (id_ <= 0) {
        return;
    }
    ::kill(id_, SIGTERM);
    for (int i = 0; i < looks_max && runs(); ++i) {
        std::this_thread::sleep_for(look_again);
    }
    if (id_ > 0) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
}

bool Process::runs() {
    if (id_ > 0 && ::waitpid(id_, nullptr, WNOHANG) == id_) {
        id_ = 0;
    }
    return id_ > 0;
}

// The process's own clock: of all its threads, also of those that have ended, in nanoseconds.
double Process::cpu_seconds() const {
    clockid_t clock = 0;
    if (::clock_getcpuclockid(id_, &clock) != 0) {
        throw std::runtime_error("the server has ended");
    }
    return seconds_of(clock) + (database_ > 0 ? family_cpu_seconds(database_) : 0);
}

double Process::resident_megabytes() const {
    std::ifstream file("/proc/" + std::to_string(id_) + "/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

// proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq.
double core_busy_seconds(int core) {
    std::ifstream file("/proc/stat");
    const std::string wanted = "cpu" + std::to_string(core) + " ";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(wanted)) {
            continue;
        }
        std::istringstream words(line.substr(wanted.size()));
        std::array<double, 7> ticks{};
        for (double& each : ticks) {
            words >> each;
        }
        const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
        return busy / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    return 0;
}

double own_cpu_seconds() {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

std::string run_program(const std::vector<std::string>& arguments, const std::string& input,
                        const std::string& working_folder) {
    const std::string folder = std::filesystem::absolute(working_folder).string();
    const TemporaryFile in(folder + "/.input");
    const TemporaryFile out(folder + "/.output");
    const TemporaryFile complaints(folder + "/.complaints");
    std::ofstream(in.path) << input;
    const int in_file = open_file(in.path, O_RDONLY);
    const int out_file = open_file(out.path, O_WRONLY | O_CREAT | O_TRUNC);
    const int error_file = open_file(complaints.path, O_WRONLY | O_CREAT | O_TRUNC);
    const int id = start(arguments, folder, in_file, out_file, error_file);
    for (const int file : {in_file, out_file, error_file}) {
        ::close(file);
    }
    int status = 0;
    ::waitpid(id, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw std::runtime_error(arguments.front() + " failed: " + read_file(complaints.path));
    }
    return read_file(out.path);
}

std::optional<std::string> find_program(const std::string& name) {
    for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"}) {
        if (std::string path = folder + name; ::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return std::nullopt;
}

int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool done =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
        && ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!done) {
        fail_with_errno("no free port");
    }
    return ntohs(address.sin_port);
}

} // namespace bench
