// What a connection costs while nothing happens on it.
#include "tests/net/running_server.h"
#include "tests/support/raw_client.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

namespace {

using net_test::RunningServer;
using support::RawClient;

std::size_t resident_bytes() {
    std::size_t size = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> size >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(IdleConnections, CostLessThanFourKilobytesEach) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
    constexpr std::size_t connections = 2000;
    // An empty answer, so that the clients in this process keep no buffers either.
    RunningServer server([](const core::Request&) { return core::Response{}; });
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < 2 * connections + 500) {
        GTEST_SKIP() << "not enough open files are allowed";
    }
    std::vector<RawClient> clients;
    clients.reserve(connections);
    const std::string request =
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'a');
    RawClient(server.port()).ask(request); // threads and buffers that are made once
    const std::size_t before = resident_bytes();

    for (std::size_t i = 0; i < connections; ++i) {
        clients.emplace_back(server.port());
        ASSERT_EQ(clients.back().ask(request).status, 200);
    }

    const std::size_t each = (resident_bytes() - before) / connections;
    RecordProperty("bytes_per_connection", static_cast<int>(each));
    EXPECT_LT(each, 4'000U);
    EXPECT_EQ(clients.front().ask(request).status, 200);
}

} // namespace
