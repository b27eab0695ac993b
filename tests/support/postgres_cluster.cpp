#include "tests/support/postgres_cluster.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

namespace support {

namespace {

const std::string programs = "/usr/lib/postgresql/15/bin/";

// The server refuses to be run by root.
void become_nobody(const passwd& nobody) {
    if (::setgid(nobody.pw_gid) != 0 || ::setuid(nobody.pw_uid) != 0) {
        ::_exit(126);
    }
}

// Starts a program, its output to `log`. It dies with this process, however that ends.
pid_t start_program(const std::vector<std::string>& command, const std::string& log) {
    std::vector<char*> arguments;
    for (const std::string& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const passwd* const nobody = ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;
    const pid_t child = ::fork();
    if (child == 0) {
        const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        if (nobody != nullptr) {
            become_nobody(*nobody);
        }
        ::setsid(); // a terminal's interrupt is for the tests
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    return child;
}

int wait_for(pid_t child) {
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};

} // namespace

PostgresCluster& PostgresCluster::shared() {
    static PostgresCluster cluster;
    return cluster;
}

PostgresCluster::PostgresCluster() {
    std::string name = (std::filesystem::temp_directory_path() / "appointed-pg-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary directory");
    }
    folder_ = name;
    if (::geteuid() == 0) {
        const passwd* const nobody = ::getpwnam("nobody");
        if (nobody == nullptr || ::chown(name.c_str(), nobody->pw_uid, nobody->pw_gid) != 0) {
            throw std::runtime_error("no user to run a database server as");
        }
    }
    // English sorts unlike bytes do, so that a text column without COLLATE "C" is noticed.
    const int status = wait_for(start_program(
        {programs + "initdb", "--pgdata", (folder_ / "data").string(), "--username", "tester",
         "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu",
         "--icu-locale", "en-US", "--no-sync", "--no-instructions"},
        (folder_ / "initdb.log").string()));
    if (status != 0) {
        throw std::runtime_error("initdb failed, see " + (folder_ / "initdb.log").string());
    }
    start();
}

PostgresCluster::~PostgresCluster() {
    crash();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

// What makes it fast and small costs durability only if the machine itself goes down.
std::vector<std::string> PostgresCluster::server_command() const {
    std::vector<std::string> command{programs + "postgres", "-D", (folder_ / "data").string()};
    for (const std::string setting :
         {"listen_addresses=", "fsync=off", "full_page_writes=off", "autovacuum=off",
          "wal_level=minimal", "max_wal_senders=0", "shared_buffers=32MB", "max_connections=100",
          "timezone=UTC"}) {
        command.insert(command.end(), {"-c", setting});
    }
    command.insert(command.end(), {"-c", "unix_socket_directories=" + folder_.string()});
    return command;
}

void PostgresCluster::start() {
    server_ = start_program(server_command(), (folder_ / "server.log").string());
    while (!answers()) {
        int status = 0;
        if (::waitpid(server_, &status, WNOHANG) != 0) {
            throw std::runtime_error("postgres ended, see " + (folder_ / "server.log").string());
        }
        ::poll(nullptr, 0, 5); // it tells nobody when it is ready
    }
}

void PostgresCluster::crash() {
    if (server_ > 0) {
        ::kill(server_, SIGQUIT);
        wait_for(server_);
        server_ = -1;
    }
}

bool PostgresCluster::answers() const {
    return PQping(url("postgres").c_str()) == PQPING_OK;
}

std::string PostgresCluster::url(const std::string& database) const {
    return "postgresql:///" + database + "?user=tester&host=" + folder_.string();
}

void PostgresCluster::administer(const std::string& script) const {
    const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(url("postgres").c_str()));
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, Clear> result(PQexec(connection.get(), script.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(script + ": " + PQerrorMessage(connection.get()));
    }
}

std::string PostgresCluster::create_database() {
    std::string name = "test_" + std::to_string(++databases_);
    // Copying files is three times as fast here as writing the copy to the log.
    administer("CREATE DATABASE " + name + " TEMPLATE template0 STRATEGY FILE_COPY");
    return name;
}

void PostgresCluster::drop_database(const std::string& name) {
    administer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

} // namespace support
