// Time, number and end of connections: what slow, many and late clients get.
#include "tests/net/running_server.h"
#include "tests/support/raw_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace server_limits_test {

namespace {

using namespace std::chrono_literals;
using net_test::echo;
using net_test::quick_options;
using net_test::RunningServer;
using support::RawAnswer;
using support::RawClient;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// A handler that can be held: calls wait until the gate opens.
class Gate {
public:
    core::Response operator()(const core::Request& request) {
        std::unique_lock lock(mutex_);
        ++inside_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        return echo(request);
    }
    void wait_for_calls(int calls) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this, calls] { return inside_ >= calls; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int inside_ = 0;
    bool open_ = false;
};

// A test that fails early must not leave a handler waiting, for the server waits for its handlers.
class OpenAtEnd {
public:
    explicit OpenAtEnd(Gate& gate) : gate_(gate) {}
    ~OpenAtEnd() { gate_.open(); }
    OpenAtEnd(const OpenAtEnd&) = delete;
    OpenAtEnd& operator=(const OpenAtEnd&) = delete;

private:
    Gate& gate_;
};

TEST(ServerTimeouts, ASlowHeaderIsCutOffWith408) {
    net::ServerOptions options = quick_options();
    options.header_timeout = 1s;
    RunningServer server(options, echo);
    RawClient client(server.port());

    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow:");

    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.ends());
}

TEST(ServerTimeouts, ProgressDoesNotExtendTheTimeOfAHeader) {
    net::ServerOptions options = quick_options();
    options.header_timeout = 1s;
    RunningServer server(options, echo);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    std::atomic<bool> stop{false};
    std::thread dripping([&] {
        std::mutex mutex;
        std::condition_variable never;
        std::unique_lock lock(mutex);
        while (!stop && client.send("x")) {
            never.wait_for(lock, 50ms);
        }
    });

    EXPECT_EQ(client.receive().status, 408);

    stop = true;
    dripping.join();
}

TEST(ServerTimeouts, AStalledBodyIsCutOff) {
    net::ServerOptions options = quick_options();
    options.body_timeout = 1s;
    RunningServer server(options, echo);
    RawClient client(server.port());

    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");

    EXPECT_EQ(client.receive().status, 408);
    EXPECT_TRUE(client.ends());
}

TEST(ServerTimeouts, ABodyThatDripsForeverIsCutOff) {
    net::ServerOptions options = quick_options();
    options.body_total_timeout = 1s;
    RunningServer server(options, echo);
    RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    std::atomic<bool> stop{false};
    std::thread dripping([&] {
        std::mutex mutex;
        std::condition_variable never;
        std::unique_lock lock(mutex);
        while (!stop && client.send("x")) {
            never.wait_for(lock, 50ms);
        }
    });

    EXPECT_EQ(client.receive().status, 408);

    stop = true;
    dripping.join();
}

TEST(ServerTimeouts, AnIdleConnectionIsClosedWithoutAWord) {
    net::ServerOptions options = quick_options();
    options.idle_timeout = 1s;
    RunningServer server(options, echo);
    RawClient fresh(server.port());
    RawClient used(server.port());
    RawClient only_empty_lines(server.port());

    EXPECT_EQ(used.ask(get).status, 200);
    only_empty_lines.send("\r\n\r\n");

    EXPECT_TRUE(fresh.ends());
    EXPECT_TRUE(used.ends());
    EXPECT_TRUE(only_empty_lines.ends());
}

TEST(ServerTimeouts, AWorkingHandlerIsNotAnIdleConnection) {
    net::ServerOptions options = quick_options();
    options.idle_timeout = 1s;
    options.header_timeout = 1s;
    Gate gate;
    RunningServer server(options, std::ref(gate));
    const OpenAtEnd open_at_end(gate);
    RawClient other(server.port());
    RawClient client(server.port());
    client.send(get);
    gate.wait_for_calls(1);

    EXPECT_TRUE(other.ends()); // more than a second has gone by
    gate.open();

    EXPECT_EQ(client.receive().status, 200);
}

TEST(ServerTimeouts, ASlowReaderHoldsNoWorker) {
    net::ServerOptions options = quick_options();
    options.workers = 1;
    options.write_timeout = 1s;
    RunningServer server(options, [](const core::Request& request) {
        core::Response response = echo(request);
        if (request.target == "/large") {
            response.body.assign(20'000'000, 'a');
        }
        return response;
    });
    RawClient slow(server.port(), 4096);
    RawClient quick(server.port());

    slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(quick.ask(get).status, 200);
    }
}

TEST(ServerTimeouts, TheAnswerToASlowReaderEndsEarly) {
    net::ServerOptions options = quick_options();
    options.write_timeout = 1s;
    options.idle_timeout = 2s;
    RunningServer server(options, [](const core::Request&) {
        core::Response response;
        response.body.assign(20'000'000, 'a');
        return response;
    });
    RawClient slow(server.port(), 4096);
    RawClient clock(server.port()); // its end says that two seconds have gone by

    slow.send(get);
    EXPECT_TRUE(clock.ends());

    EXPECT_THROW(slow.receive(), std::runtime_error);
}

TEST(ServerLimits, AFullQueueIsAnsweredAtOnce) {
    net::ServerOptions options = quick_options();
    options.workers = 1;
    options.queue_length = 1;
    Gate gate;
    RunningServer server(options, std::ref(gate));
    const OpenAtEnd open_at_end(gate);
    RawClient first(server.port());
    first.send(get);
    gate.wait_for_calls(1);
    RawClient second(server.port());
    RawClient third(server.port());

    second.send(get);
    third.send(get);
    // Either may be the one that is turned away; the other waits in the queue.
    RawClient& turned_away = support::first_readable(second, third);
    RawClient& queued = &turned_away == &second ? third : second;
    const RawAnswer busy = turned_away.receive();

    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.field("Retry-After"), "2");
    EXPECT_FALSE(busy.body.empty());
    EXPECT_EQ(busy.field("Connection"), "");
    gate.open();
    EXPECT_EQ(first.receive().status, 200);
    EXPECT_EQ(queued.receive().status, 200);
    EXPECT_EQ(turned_away.ask(get).status, 200);
}

TEST(ServerLimits, ManyPipelinedRequestsOnABusyServerAreAllAnswered) {
    net::ServerOptions options = quick_options();
    options.workers = 1;
    options.queue_length = 0;
    Gate gate;
    RunningServer server(options, std::ref(gate));
    const OpenAtEnd open_at_end(gate);
    RawClient holder(server.port());
    holder.send(get);
    gate.wait_for_calls(1);
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 3000; ++i) {
        requests += get;
    }

    client.send(requests);

    for (int i = 0; i < 3000; ++i) {
        ASSERT_EQ(client.receive().status, 503);
    }
    gate.open();
}

TEST(ServerLimits, TooManyConnectionsAreAnswered503) {
    net::ServerOptions options = quick_options();
    options.connections = 2;
    RunningServer server(options, echo);
    RawClient first(server.port());
    RawClient second(server.port());
    EXPECT_EQ(first.ask(get).status, 200);
    EXPECT_EQ(second.ask(get).status, 200);

    RawClient third(server.port());
    const RawAnswer refused = third.receive();

    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.field("Retry-After"), "2");
    EXPECT_TRUE(third.ends());
    EXPECT_EQ(first.ask(get).status, 200);
}

TEST(ServerLimits, APlaceThatIsFreeAgainIsGivenAway) {
    net::ServerOptions options = quick_options();
    options.connections = 1;
    RunningServer server(options, echo);
    {
        RawClient first(server.port());
        EXPECT_EQ(first.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status, 200);
        EXPECT_TRUE(first.ends());
    }

    RawClient second(server.port());

    EXPECT_EQ(second.ask(get).status, 200);
}

TEST(ServerLimits, BodiesTogetherHaveABoundToo) {
    net::ServerOptions options = quick_options();
    options.body_bytes_in_flight = 1000;
    RunningServer server(options, echo);
    const std::string header = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n";
    RawClient first(server.port());
    first.send(header + "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(first.receive().status, 100);
    first.send(std::string(800, 'a'));
    RawClient probe(server.port());
    EXPECT_EQ(probe.ask(get).status, 200); // by now the 800 bytes have been read

    RawClient second(server.port());
    EXPECT_EQ(second.ask(header + "\r\n" + std::string(900, 'a')).status, 503);
    first.send(std::string(100, 'a'));
    EXPECT_EQ(first.receive().status, 200);
    RawClient third(server.port());
    EXPECT_EQ(third.ask(header + "\r\n" + std::string(900, 'a')).status, 200);
}

TEST(ServerLimits, ManyClientsAtOnceAreAllServed) {
    RunningServer server(echo);
    std::atomic<int> served{0};
    std::vector<std::thread> threads;

    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int c = 0; c < 10; ++c) {
                RawClient client(server.port());
                for (int i = 0; i < 20; ++i) {
                    const std::string target =
                        "/" + std::to_string(t) + "/" + std::to_string(c) + "/" + std::to_string(i);
                    const RawAnswer answer =
                        client.ask("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
                    served += answer.body == "GET\n" + target + "\n\n" ? 1 : 0;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(served, 8 * 10 * 20);
}

TEST(ServerStop, ClosesIdleConnectionsAndReturns) {
    RunningServer server(echo);
    RawClient fresh(server.port());
    RawClient used(server.port());
    EXPECT_EQ(used.ask(get).status, 200);

    server.server().stop();
    server.join();

    EXPECT_TRUE(fresh.ends());
    EXPECT_TRUE(used.ends());
    EXPECT_THROW(RawClient(server.port()).ask(get), std::runtime_error);
}

TEST(ServerStop, FinishesWhatIsInFlight) {
    Gate gate;
    RunningServer server(std::ref(gate));
    const OpenAtEnd open_at_end(gate);
    RawClient idle(server.port());
    RawClient client(server.port());
    client.send(get + get);
    gate.wait_for_calls(1);

    server.server().stop();
    EXPECT_TRUE(idle.ends()); // so the stop has begun
    gate.open();
    const RawAnswer answer = client.receive();

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.ends());
    server.join();
}

TEST(ServerStop, ARequestThatHasBegunMayEnd) {
    RunningServer server(echo);
    RawClient idle(server.port());
    RawClient client(server.port());
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.receive().status, 100);

    server.server().stop();
    EXPECT_TRUE(idle.ends());
    const RawAnswer answer = client.ask("abc");

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Connection"), "close");
    server.join();
}

TEST(ServerStop, CutsOffWhatDoesNotEndInTime) {
    net::ServerOptions options = quick_options();
    options.shutdown_timeout = 1s;
    Gate gate;
    RunningServer server(options, std::ref(gate));
    const OpenAtEnd open_at_end(gate);
    RawClient half(server.port());
    RawClient working(server.port());
    half.send("GET / HTTP");
    working.send(get);
    gate.wait_for_calls(1);

    server.server().stop();
    server.join(); // although a handler still works

    EXPECT_TRUE(half.ends());
    EXPECT_TRUE(working.ends());
    gate.open();
}

TEST(ServerStop, MayBeAskedForTwiceAndBeforeRun) {
    net::Server server(quick_options(), echo);
    server.stop();
    server.stop();

    server.run();
}

} // namespace

} // namespace server_limits_test
