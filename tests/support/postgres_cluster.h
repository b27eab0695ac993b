// A PostgreSQL server of the tests' own: a cluster in a scratch folder, reached by a socket in that
// folder, run by somebody who is not root, and gone with the program that started it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace support {

class PostgresCluster {
public:
    // Started when first asked for, stopped when the program ends.
    static PostgresCluster& shared();

    PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;
    ~PostgresCluster();

    void start(); // returns when it answers
    void crash(); // as kill -9 of every server process does

    [[nodiscard]] std::string url(const std::string& database) const;
    // A new and empty database; its name.
    std::string create_database();
    void drop_database(const std::string& name); // and its connections
    // Statements as the server's administrator.
    void administer(const std::string& script) const;

private:
    [[nodiscard]] std::vector<std::string> server_command() const;
    [[nodiscard]] bool answers() const;

    std::filesystem::path folder_;
    pid_t server_ = -1;
    int databases_ = 0;
};

} // namespace support
