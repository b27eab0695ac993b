#include "src/net/lmtp_server.h"
#include "tests/support/raw_client.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

namespace net_test::lmtp_server_test {

namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

net::LmtpHandler handler_with(std::function<net::LmtpReply(const net::LmtpMail&)> deliver) {
    return {
        .accept = [](const std::string&) { return net::LmtpReply{}; },
        .deliver = [deliver = std::move(deliver)](const net::LmtpMail& mail,
                                                  const std::string&) { return deliver(mail); }};
}

net::LmtpHandler takes_all() {
    return handler_with([](const net::LmtpMail&) { return net::LmtpReply{}; });
}

constexpr const char* mail_of_two =
    "LHLO x\r\nMAIL FROM:<p@mail.example>\r\nRCPT TO:<a@c.example>\r\nRCPT TO:<b@c.example>\r\n"
    "DATA\r\nSubject: x\r\n\r\nHello\r\n.\r\nQUIT\r\n";

} // namespace

TEST(LmtpServer, DeliversAMailOverASocket) {
    std::promise<std::string> text;
    std::atomic<int> deliveries = 0;
    net::LmtpServer server({}, handler_with([&](const net::LmtpMail& mail) {
                               if (++deliveries == 2) {
                                   text.set_value(mail.text);
                               }
                               return net::LmtpReply{250, "2.0.0 taken"};
                           }));
    support::RawClient client(server.port());

    client.send(mail_of_two);

    EXPECT_THAT(client.receive_all(), EndsWith("250 2.0.0 taken\r\n250 2.0.0 taken\r\n221 2.0.0 "
                                               "Bye\r\n"));
    EXPECT_EQ(text.get_future().get(), "Subject: x\r\n\r\nHello\r\n");
}

TEST(LmtpServer, HangsUpOnSilence) {
    net::LmtpOptions options;
    options.silence = std::chrono::seconds(1);
    net::LmtpServer server(options, takes_all());
    support::RawClient client(server.port());

    EXPECT_THAT(client.receive_all(), StartsWith("220 "));
}

TEST(LmtpServer, ServesTheNextConnectionWhenOneHasGoneInTheMiddle) {
    net::LmtpOptions options;
    options.connections = 1;
    net::LmtpServer server(options, takes_all());
    {
        support::RawClient client(server.port());
        client.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@c.example>\r\nDATA\r\nhalf");
    }
    support::RawClient client(server.port());

    client.send(mail_of_two);

    EXPECT_THAT(client.receive_all(), HasSubstr("221 "));
}

TEST(LmtpServer, AnswersTheMailThatItIsAtBeforeItStops) {
    std::promise<void> began;
    std::promise<void> may_end;
    auto server = std::make_unique<net::LmtpServer>(
        net::LmtpOptions{},
        handler_with([&, ended = may_end.get_future().share()](const net::LmtpMail& mail) {
            if (mail.recipients.size() == 1) {
                began.set_value();
                ended.wait();
            }
            return net::LmtpReply{250, "2.0.0 taken"};
        }));
    support::RawClient client(server->port());
    client.send("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@c.example>\r\nDATA\r\nx\r\n.\r\n");
    began.get_future().wait();

    auto stopped = std::async(std::launch::async, [&] { server.reset(); });
    may_end.set_value();

    EXPECT_THAT(client.receive_all(), EndsWith("250 2.0.0 taken\r\n"));
    stopped.wait();
}

TEST(LmtpServer, SaysWhichAddressItCannotListenOn) {
    const net::LmtpServer first({}, takes_all());
    for (const auto& [host, port] :
         {std::pair<std::string, std::uint16_t>("127.0.0.1", first.port()), {"mail.example", 0}}) {
        net::LmtpOptions options;
        options.host = host;
        options.port = port;
        try {
            const net::LmtpServer second(options, takes_all());
            FAIL() << host;
        } catch (const std::runtime_error& problem) {
            EXPECT_THAT(problem.what(), HasSubstr(host));
        }
    }
}

} // namespace net_test::lmtp_server_test
