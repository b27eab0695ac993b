#include "tests/net/running_server.h"
#include "tests/net/tls_peer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace server_tls_test {

namespace {

using namespace std::chrono_literals;
using net_test::echo;
using net_test::quick_options;
using net_test::RunningServer;
using net_test::TlsClient;
using net_test::write_certificate;
using support::RawAnswer;
using support::RawClient;

const std::string get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

// A directory with a certificate and its key, gone at the end of the test.
class ServerTls : public testing::Test {
protected:
    ServerTls() {
        std::string name = testing::TempDir() + "appointed-tls-XXXXXX";
        directory_ = mkdtemp(name.data());
        options_ = quick_options();
        options_.certificate_file = directory_ / "certificate.pem";
        options_.key_file = directory_ / "key.pem";
        make_certificate("first.example");
    }
    ~ServerTls() override { std::filesystem::remove_all(directory_); }

    void make_certificate(const std::string& name) {
        write_certificate(name, options_.certificate_file, options_.key_file);
    }
    [[nodiscard]] std::string failure() const {
        try {
            const net::Server server(options_, echo);
        } catch (const std::runtime_error& failure) {
            return failure.what();
        }
        return {};
    }

    std::filesystem::path directory_;
    net::ServerOptions options_;
};

TEST_F(ServerTls, ServesRequests) {
    RunningServer server(options_, [](const core::Request& request) {
        core::Response response = echo(request);
        response.body += request.tls ? "tls" : "plain";
        return response;
    });
    TlsClient client(server.port());

    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client.ask(get).body, "GET\n/a\n\ntls");
    }
    EXPECT_EQ(client.certificate_name(), "first.example");
}

TEST_F(ServerTls, CarriesLargeBodiesBothWays) {
    RunningServer server(options_, [](const core::Request& request) {
        core::Response response;
        response.body = request.body;
        return response;
    });
    TlsClient client(server.port());
    std::string body;
    while (body.size() < 4'000'000) {
        body += std::to_string(body.size());
    }
    const std::string header =
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";

    EXPECT_TRUE(client.ask(header + body).body == body);
    EXPECT_TRUE(client.ask(header + body).body == body);
}

TEST_F(ServerTls, PipelinedRequestsInOneRecordAreAllAnswered) {
    RunningServer server(options_, echo);
    TlsClient client(server.port());
    std::string requests;
    for (int i = 0; i < 300; ++i) {
        requests += get;
    }

    client.send(requests);

    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(client.receive().status, 200);
    }
}

TEST_F(ServerTls, ChoosesHttp11) {
    RunningServer server(options_, echo);
    TlsClient client(server.port(), {.protocols = std::string("\x02h2\x08http/1.1")});

    EXPECT_EQ(client.protocol(), "http/1.1");
}

TEST_F(ServerTls, Rfc7301_3_2_NoProtocolInCommonFails) {
    RunningServer server(options_, echo);

    EXPECT_THROW(TlsClient(server.port(), {.protocols = std::string("\x02h2")}),
                 std::runtime_error);
}

TEST_F(ServerTls, VersionsBefore12AreRefused) {
    RunningServer server(options_, echo);

    EXPECT_THROW(TlsClient(server.port(), {.version_max = TLS1_1_VERSION}), std::runtime_error);
    EXPECT_NO_THROW(TlsClient(server.port(), {.version_max = TLS1_2_VERSION}));
}

TEST_F(ServerTls, CiphersWithoutForwardSecrecyAreRefused) {
    RunningServer server(options_, echo);

    EXPECT_THROW(TlsClient(server.port(), {.version_max = TLS1_2_VERSION, .ciphers = "AES128-SHA"}),
                 std::runtime_error);
}

TEST_F(ServerTls, SaysGoodbyeBeforeItCloses) {
    RunningServer server(options_, echo);
    TlsClient client(server.port());

    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    EXPECT_EQ(client.receive().status, 200);
    EXPECT_TRUE(client.ends());
    EXPECT_TRUE(client.was_said_goodbye());
}

TEST_F(ServerTls, ATooLargeBodyIsDrainedSoThatTheAnswerArrives) {
    options_.body_bytes = 1000;
    RunningServer server(options_, echo);
    TlsClient client(server.port());

    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n"
                + std::string(3000, 'a'));

    EXPECT_EQ(client.receive().status, 413);
}

TEST_F(ServerTls, PlainHttpOnATlsPortIsClosed) {
    RunningServer server(options_, echo);
    RawClient plain(server.port());

    EXPECT_THROW(plain.ask(get), std::runtime_error);
    TlsClient client(server.port());
    EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(ServerTls, AHandshakeThatDoesNotEndIsCutOff) {
    options_.header_timeout = 1s;
    RunningServer server(options_, echo);
    RawClient silent(server.port());

    EXPECT_TRUE(silent.ends());
}

TEST_F(ServerTls, AStopClosesConnectionsAndHandshakes) {
    RunningServer server(options_, echo);
    TlsClient idle(server.port());
    EXPECT_EQ(idle.ask(get).status, 200);
    RawClient silent(server.port());

    server.server().stop();
    server.join();

    EXPECT_TRUE(idle.ends());
    EXPECT_TRUE(silent.ends());
}

TEST_F(ServerTls, AReloadedCertificateIsForNewConnections) {
    RunningServer server(options_, echo);
    TlsClient before(server.port());

    make_certificate("second.example");
    EXPECT_TRUE(server.server().reload_certificate());
    TlsClient after(server.port());

    EXPECT_EQ(before.ask(get).status, 200);
    EXPECT_EQ(before.certificate_name(), "first.example");
    EXPECT_EQ(after.ask(get).status, 200);
    EXPECT_EQ(after.certificate_name(), "second.example");
}

TEST_F(ServerTls, AFailedReloadKeepsTheOldCertificate) {
    RunningServer server(options_, echo);
    std::ofstream(options_.certificate_file) << "no certificate";

    EXPECT_FALSE(server.server().reload_certificate());

    TlsClient client(server.port());
    EXPECT_EQ(client.certificate_name(), "first.example");
}

TEST_F(ServerTls, SaysWhichFileCannotBeUsed) {
    EXPECT_EQ(failure(), "");

    const std::string certificate = options_.certificate_file;
    options_.certificate_file = directory_ / "missing.pem";
    EXPECT_NE(failure().find("missing.pem"), std::string::npos);

    options_.certificate_file = certificate;
    options_.key_file = directory_ / "other-key.pem";
    write_certificate("other", directory_ / "other.pem", options_.key_file);
    EXPECT_NE(failure().find("other-key.pem"), std::string::npos);
}

} // namespace

} // namespace server_tls_test
