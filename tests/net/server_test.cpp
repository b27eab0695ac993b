#include "core/unavailable.h"
#include "src/net/gzip.h"
#include "tests/net/running_server.h"
#include "tests/support/raw_client.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

namespace server_test {

namespace {

using net_test::echo;
using net_test::quick_options;
using net_test::RunningServer;
using support::RawAnswer;
using support::RawClient;

std::string get(const std::string& target, const std::string& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string put(const std::string& fields, const std::string& body) {
    return "PUT /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

std::string put(const std::string& body) {
    return put("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
    RunningServer server(echo);
    RawClient client(server.port());

    for (int i = 0; i < 50; ++i) {
        const std::string target = "/" + std::to_string(i);
        const RawAnswer answer = client.ask(get(target));

        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "GET\n" + target + "\n\n");
        EXPECT_EQ(answer.field("Connection"), "");
    }
}

TEST(Server, EveryAnswerHasItsOwnRequestIdAndNotTheClients) {
    std::string seen;
    RunningServer server([&seen](const core::Request& request) {
        seen = request.id;
        return echo(request);
    });
    RawClient client(server.port());
    std::set<std::string> ids;

    for (int i = 0; i < 20; ++i) {
        const RawAnswer answer = client.ask(get("/", "X-Request-Id: mine\r\n"));
        const std::string id = answer.field("X-Request-Id");
        EXPECT_EQ(id, seen);
        EXPECT_EQ(id.size(), 16U);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
        ids.insert(id);
    }

    EXPECT_EQ(ids.size(), 20U);
}

TEST(Server, TellsTheHandlerWhoAsks) {
    RunningServer server([](const core::Request& request) {
        core::Response response;
        response.body = request.peer_address + (request.tls ? " tls" : " plain");
        return response;
    });
    RawClient client(server.port());

    EXPECT_EQ(client.ask(get("/")).body, "127.0.0.1 plain");
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
    RunningServer server(echo);
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 200; ++i) {
        requests += i % 3 == 0 ? put(std::to_string(i)) : get("/" + std::to_string(i));
    }

    client.send(requests);

    for (int i = 0; i < 200; ++i) {
        const std::string number = std::to_string(i);
        EXPECT_EQ(client.receive().body,
                  i % 3 == 0 ? "PUT\n/x\n" + number + "\n" : "GET\n/" + number + "\n\n");
    }
}

TEST(Server, ARequestMayComeByteByByte) {
    RunningServer server(echo);
    RawClient client(server.port());

    for (const char c : put("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
        client.send({&c, 1});
    }

    EXPECT_EQ(client.receive().body, "PUT\n/x\nabcde\n");
}

TEST(Server, HeadHasTheFieldsOfGetAndNoBody) {
    RunningServer server(echo);
    RawClient client(server.port());

    const RawAnswer head = client.ask("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
    const RawAnswer next = client.ask(get("/b"));

    EXPECT_EQ(head.field("Content-Length"), std::to_string(std::string("HEAD\n/a\n\n").size()));
    EXPECT_EQ(next.body, "GET\n/b\n\n");
}

TEST(Server, AnswersWithoutContentHaveNone) {
    RunningServer server([](const core::Request& request) {
        core::Response response;
        response.status = request.target == "/204" ? 204 : 304;
        response.body = "must not be sent";
        return response;
    });
    RawClient client(server.port());

    client.send(get("/204") + get("/304"));

    EXPECT_EQ(client.receive().status, 204);
    EXPECT_EQ(client.receive().status, 304);
}

TEST(Server, ConnectionCloseIsHonoured) {
    RunningServer server(echo);
    RawClient client(server.port());

    const RawAnswer answer = client.ask(get("/", "Connection: close\r\n"));

    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.ends());
}

TEST(Server, Http10ClosesUnlessAskedToStay) {
    RunningServer server(echo);
    RawClient once(server.port());
    RawClient staying(server.port());

    EXPECT_EQ(once.ask("GET / HTTP/1.0\r\n\r\n").field("Connection"), "close");
    EXPECT_TRUE(once.ends());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(
            staying.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"),
            "keep-alive");
    }
}

TEST(Server, AHalfClosedClientStillGetsItsAnswer) {
    RunningServer server(echo);
    RawClient client(server.port());

    client.send(get("/a"));
    client.finish_sending();

    EXPECT_EQ(client.receive().body, "GET\n/a\n\n");
    EXPECT_TRUE(client.ends());
}

TEST(Server, Rfc9112_2_2_EmptyLinesBeforeARequestAreIgnored) {
    RunningServer server(echo);
    RawClient client(server.port());

    EXPECT_EQ(client.ask("\r\n" + put("a") + "\r\n").status, 200);
    EXPECT_EQ(client.ask("\r\n" + get("/b")).body, "GET\n/b\n\n");
}

TEST(Server, Expect100IsAnsweredBeforeTheBodyIsRead) {
    RunningServer server(echo);
    RawClient client(server.port());

    client.send(put("Content-Length: 3\r\nExpect: 100-continue\r\n", ""));
    const RawAnswer go_on = client.receive();
    client.send("abc");

    EXPECT_EQ(go_on.head, "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.receive().body, "PUT\n/x\nabc\n");
    EXPECT_EQ(client.ask(get("/b")).status, 200);
}

TEST(Server, Expect100IsNotAnsweredWhenTheBodyIsThere) {
    RunningServer server(echo);
    RawClient client(server.port());

    EXPECT_EQ(client.ask(put("Content-Length: 3\r\nExpect: 100-continue\r\n", "abc")).status, 200);
}

TEST(Server, Expect100ForATooLargeBodyIsAnsweredWithTheFinalAnswer) {
    net::ServerOptions options = quick_options();
    options.body_bytes = 10;
    RunningServer server(options, echo);
    RawClient client(server.port());

    const RawAnswer answer = client.ask(put("Content-Length: 11\r\nExpect: 100-continue\r\n", ""));

    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.ends());
}

TEST(Server, OtherExpectationsFail) {
    RunningServer server(echo);
    RawClient client(server.port());

    EXPECT_EQ(client.ask(put("Content-Length: 1\r\nExpect: x\r\n", "a")).status, 417);
    EXPECT_TRUE(client.ends());
}

TEST(Server, AClientThatSendsATooLargeBodyToItsEndCanReadTheAnswer) {
    net::ServerOptions options = quick_options();
    options.body_bytes = 1'000'000;
    RunningServer server(options, echo);
    const std::string body(3'000'000, 'a');
    const std::string chunk = "2dc6c0\r\n" + body + "\r\n0\r\n\r\n";

    for (const std::string& request : {put(body), put("Transfer-Encoding: chunked\r\n", chunk)}) {
        RawClient client(server.port());

        EXPECT_TRUE(client.send(request));
        const RawAnswer answer = client.receive();

        EXPECT_EQ(answer.status, 413);
        EXPECT_EQ(answer.body, "too large");
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_TRUE(client.ends());
    }
}

TEST(Server, ALargeBodyArrivesWhole) {
    std::string received;
    RunningServer server([&received](const core::Request& request) {
        received = request.body;
        return core::Response{};
    });
    RawClient client(server.port());
    std::string body;
    while (body.size() < 5'000'000) {
        body += "ATTENDEE:mailto:" + std::to_string(body.size()) + "\r\n";
    }

    EXPECT_EQ(client.ask(put(body)).status, 200);
    EXPECT_TRUE(received == body);
}

TEST(Server, ALargeAnswerArrivesWhole) {
    std::string body;
    while (body.size() < 20'000'000) {
        body += "ATTENDEE:mailto:" + std::to_string(body.size()) + "\r\n";
    }
    RunningServer server([&body](const core::Request&) {
        core::Response response;
        response.body = body;
        return response;
    });
    RawClient client(server.port());

    EXPECT_TRUE(client.ask(get("/")).body == body);
    EXPECT_TRUE(client.ask(get("/")).body == body);
}

TEST(Server, AGzipBodyReachesTheHandlerPlain) {
    RunningServer server(echo);
    RawClient client(server.port());
    const std::string body = net::gzip("BEGIN:VCALENDAR");
    const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";

    EXPECT_EQ(client.ask(put(length + "Content-Encoding: gzip\r\n", body)).body,
              "PUT\n/x\nBEGIN:VCALENDAR\n");
    EXPECT_EQ(client.ask(put(length + "Content-Encoding: x-gzip\r\n", body)).body,
              "PUT\n/x\nBEGIN:VCALENDAR\n");
    EXPECT_EQ(client.ask(put("Content-Length: 1\r\nContent-Encoding: identity\r\n", "a")).body,
              "PUT\n/x\na\n");
}

TEST(Server, ADamagedGzipBodyIsTheClientsMistake) {
    RunningServer server(echo);
    RawClient client(server.port());

    EXPECT_EQ(client.ask(put("Content-Length: 5\r\nContent-Encoding: gzip\r\n", "hello")).status,
              400);
    EXPECT_EQ(client.ask(get("/")).status, 200);
}

TEST(Server, AGzipBombIsTooLarge) {
    net::ServerOptions options = quick_options();
    options.body_bytes = 1'000'000;
    RunningServer server(options, echo);
    RawClient client(server.port());
    const std::string bomb = net::gzip(std::string(100'000'000, 'a'));
    ASSERT_LT(bomb.size(), options.body_bytes);

    const RawAnswer answer = client.ask(put(
        "Content-Length: " + std::to_string(bomb.size()) + "\r\nContent-Encoding: gzip\r\n", bomb));

    EXPECT_EQ(answer.status, 413);
}

TEST(Server, OtherCodingsAreRefusedWithTheOneThatWorks) {
    RunningServer server(echo);
    RawClient client(server.port());

    const RawAnswer answer = client.ask(put("Content-Length: 1\r\nContent-Encoding: br\r\n", "a"));

    EXPECT_EQ(answer.status, 415);
    EXPECT_EQ(answer.field("Accept-Encoding"), "gzip");
}

TEST(Server, TextIsCompressedForThoseWhoTakeIt) {
    const std::string text(100'000, 'a');
    RunningServer server([&text](const core::Request&) {
        core::Response response;
        response.headers.add("Content-Type", "text/calendar");
        response.headers.add("ETag", "\"1\"");
        response.body = text;
        return response;
    });
    RawClient client(server.port());

    const RawAnswer small = client.ask(get("/", "Accept-Encoding: gzip, deflate\r\n"));
    const RawAnswer plain = client.ask(get("/", "Accept-Encoding: gzip;q=0\r\n"));

    EXPECT_EQ(small.field("Content-Encoding"), "gzip");
    EXPECT_EQ(small.field("ETag"), "\"1\"");
    EXPECT_EQ(net::gunzip(small.body, 200'000).data, text);
    EXPECT_EQ(plain.field("Content-Encoding"), "");
    EXPECT_EQ(plain.body, text);
}

TEST(Server, AMalformedRequestIsRefusedAndTheConnectionEnds) {
    RunningServer server(echo);
    for (const char* bytes :
         {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
          "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
        RawClient client(server.port());

        const RawAnswer answer = client.ask(bytes);

        EXPECT_EQ(answer.status, 400) << bytes;
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
        EXPECT_FALSE(answer.field("X-Request-Id").empty());
        EXPECT_TRUE(client.ends());
    }
}

TEST(Server, WhatFollowsARefusedRequestIsNotServed) {
    int calls = 0;
    RunningServer server([&calls](const core::Request& request) {
        ++calls;
        return echo(request);
    });
    RawClient client(server.port());

    client.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n"
                + get("/smuggled"));

    EXPECT_EQ(client.receive().status, 400);
    EXPECT_TRUE(client.ends());
    EXPECT_EQ(calls, 0);
}

TEST(Server, AnEndlessHeaderIsRefused) {
    RunningServer server(echo);
    RawClient client(server.port());

    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'a'));

    EXPECT_EQ(client.receive().status, 431);
    EXPECT_TRUE(client.ends());
}

TEST(Server, ConnectAndTraceAreNotImplemented) {
    RunningServer server(echo);
    RawClient connect(server.port());
    RawClient trace(server.port());

    EXPECT_EQ(connect.ask("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n").status, 501);
    EXPECT_EQ(trace.ask("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n").status, 501);
}

TEST(Server, AFailingHandlerIsAnErrorWithoutDetails) {
    RunningServer server([](const core::Request& request) -> core::Response {
        if (request.target == "/unavailable") {
            throw core::Unavailable("the database is at /secret/path");
        }
        if (request.target == "/odd") {
            throw 5;
        }
        throw std::runtime_error("the password is 1234");
    });
    RawClient client(server.port());

    const RawAnswer error = client.ask(get("/error"));
    const RawAnswer odd = client.ask(get("/odd"));
    const RawAnswer unavailable = client.ask(get("/unavailable"));

    EXPECT_EQ(error.status, 500);
    EXPECT_EQ(error.body.find("1234"), std::string::npos);
    EXPECT_EQ(odd.status, 500);
    EXPECT_EQ(unavailable.status, 503);
    EXPECT_EQ(unavailable.field("Retry-After"), "5");
    EXPECT_EQ(unavailable.body.find("secret"), std::string::npos);
}

TEST(Server, LogsEachRequestWithoutItsSecrets) {
    testing::internal::CaptureStderr();
    {
        RunningServer server(echo);
        RawClient client(server.port());
        client.ask(
            get("/j/TOKEN1?q=TOKEN2",
                "Authorization: Basic TOKEN3\r\nCookie: TOKEN4\r\nUser-Agent: Tester/1\r\n"));
    }
    const std::string log = testing::internal::GetCapturedStderr();

    EXPECT_NE(log.find("/j/***"), std::string::npos) << log;
    EXPECT_NE(log.find("Tester/1"), std::string::npos);
    EXPECT_NE(log.find("status=200"), std::string::npos);
    EXPECT_NE(log.find("method=GET"), std::string::npos);
    EXPECT_EQ(log.find("TOKEN"), std::string::npos) << log;
}

TEST(Server, SaysWhatItCouldNotListenOn) {
    RunningServer first(echo);
    net::ServerOptions taken = quick_options();
    taken.port = first.port();
    net::ServerOptions nowhere = quick_options();
    nowhere.host = "calendar.example";

    const auto message = [](const net::ServerOptions& options) {
        try {
            const net::Server server(options, echo);
        } catch (const std::runtime_error& failure) {
            return std::string(failure.what());
        }
        return std::string();
    };

    EXPECT_NE(message(taken).find("127.0.0.1 port " + std::to_string(taken.port)),
              std::string::npos);
    EXPECT_NE(message(nowhere).find("calendar.example"), std::string::npos);
}

TEST(Server, AServerThatNeverRanCanBeDestroyed) {
    net::Server server(quick_options(), echo);

    EXPECT_NE(server.port(), 0);
}

} // namespace

} // namespace server_test
