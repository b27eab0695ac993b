#include "src/net/request_parser.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>

namespace request_parser_test {

namespace {

using net::RequestParser;
using Step = RequestParser::Step;

constexpr std::size_t header_max = 2048;
constexpr std::size_t body_max = 4096;

// A parser with what a session does around it: bytes come in pieces, what is left is kept.
struct Feed {
    RequestParser parser{header_max, body_max};
    std::string input;
    Step step = Step::need_more;
    int headers_done = 0;

    Step give(std::string_view bytes) {
        input += bytes;
        std::string_view view = input;
        do {
            step = parser.advance(view);
            headers_done += step == Step::header_done ? 1 : 0;
        } while (step == Step::header_done);
        input.erase(0, input.size() - view.size());
        return step;
    }
};

std::unique_ptr<Feed> parse(std::string_view bytes) {
    auto feed = std::make_unique<Feed>();
    feed->give(bytes);
    return feed;
}

TEST(RequestParser, ReadsMethodTargetFieldsAndBody) {
    const auto feed = parse("REPORT /calendars/a%20b/?x=1 HTTP/1.1\r\nHost: example.com\r\n"
                            "Depth:1\r\nContent-Length: 5\r\n\r\nhelloGET");

    ASSERT_EQ(feed->step, Step::complete);
    EXPECT_EQ(feed->parser.request().method, "REPORT");
    EXPECT_EQ(feed->parser.request().target, "/calendars/a%20b/?x=1");
    EXPECT_EQ(feed->parser.request().headers.get("depth"), "1");
    EXPECT_EQ(feed->parser.request().body, "hello");
    EXPECT_EQ(feed->input, "GET");
    EXPECT_EQ(feed->headers_done, 1);
    EXPECT_TRUE(feed->parser.keep_alive());
    EXPECT_FALSE(feed->parser.has_unread_body());
}

TEST(RequestParser, TheMethodIsAnyToken) {
    for (const std::string method : {"MKCALENDAR", "ACL", "propfind", "X-!#$%&'*+.^_`|~9"}) {
        const auto feed = parse(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

        EXPECT_EQ(feed->step, Step::complete) << method;
        EXPECT_EQ(feed->parser.request().method, method);
    }
}

TEST(RequestParser, PiecesOfAnySizeMakeTheSameRequest) {
    const std::string whole =
        "\r\nPUT /a HTTP/1.1\r\nHost: example.com\r\nX-Folded: one\r\n two\r\n"
        "Transfer-Encoding: chunked\r\n\r\n4;a=b\r\nwiki\r\n5;c=\"d\"\r\npedia\r\n0\r\nT: "
        "x\r\n\r\n";
    std::minstd_rand random(1);
    for (std::size_t most = 1; most < whole.size(); ++most) {
        Feed feed;
        for (std::size_t at = 0; at < whole.size();) {
            const std::size_t size = most == 1 ? 1 : 1 + random() % most;
            ASSERT_NE(feed.give(std::string_view(whole).substr(at, size)), Step::refused) << most;
            at += size;
        }

        ASSERT_EQ(feed.step, Step::complete) << most;
        EXPECT_EQ(feed.parser.request().body, "wikipedia");
        EXPECT_EQ(feed.parser.request().headers.get("X-Folded"), "one two");
        EXPECT_EQ(feed.input, "");
    }
}

TEST(RequestParser, Rfc9110_6_5_1_TrailersAreNoHeaders) {
    const auto feed = parse("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "1\r\na\r\n0\r\nAuthorization: Basic eDp5\r\nHost: b\r\n\r\n");

    ASSERT_EQ(feed->step, Step::complete);
    EXPECT_FALSE(feed->parser.request().headers.has("Authorization"));
    EXPECT_EQ(feed->parser.request().headers.get("Host"), "a");
}

TEST(RequestParser, Rfc9112_3_2_2_AbsoluteFormReplacesHost) {
    const auto feed = parse("GET http://real.example:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n");

    ASSERT_EQ(feed->step, Step::complete);
    EXPECT_EQ(feed->parser.request().target, "/a?b");
    EXPECT_EQ(feed->parser.request().headers.joined("Host"), "real.example:81");
}

TEST(RequestParser, AbsoluteFormWithoutPathIsTheRoot) {
    EXPECT_EQ(parse("GET HTTPS://a HTTP/1.1\r\nHost: a\r\n\r\n")->parser.request().target, "/");
    EXPECT_EQ(parse("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n")->parser.request().target, "/?q");
}

TEST(RequestParser, HostsOfEveryKindPass) {
    for (const std::string host :
         {"example.com", "example.com:8443", "192.0.2.1", "[::1]:80", ""}) {
        EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")->step, Step::complete)
            << host;
    }
}

TEST(RequestParser, AsteriskIsForOptions) {
    EXPECT_EQ(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")->step, Step::complete);
    EXPECT_EQ(parse("GET * HTTP/1.1\r\nHost: a\r\n\r\n")->step, Step::refused);
}

TEST(RequestParser, KeepAliveFollowsVersionAndConnection) {
    EXPECT_FALSE(
        parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n")->parser.keep_alive());
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n")->parser.keep_alive());
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->parser.keep_alive());
}

TEST(RequestParser, ExpectIsForRequestsWithABodyIn_1_1) {
    EXPECT_TRUE(
        parse("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n")
            ->parser.expects_continue());
    EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")
                     ->parser.expects_continue());
    EXPECT_FALSE(parse("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
                     ->parser.expects_continue());
}

TEST(RequestParser, KnowsTheCodingOfTheBody) {
    const auto coding = [](const std::string& name) {
        return parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Encoding: " + name
                     + "\r\n\r\n");
    };

    EXPECT_EQ(coding("gzip")->parser.coding(), RequestParser::Coding::gzip);
    EXPECT_EQ(coding("X-GZip")->parser.coding(), RequestParser::Coding::gzip);
    EXPECT_EQ(coding("identity")->parser.coding(), RequestParser::Coding::identity);
    EXPECT_EQ(coding("br")->parser.refusal().status, 415);
    EXPECT_EQ(coding("gzip, gzip")->parser.refusal().status, 415);
}

TEST(RequestParser, ABodyOfExactlyTheLimitPasses) {
    const std::string body(body_max, 'a');
    const auto declared = parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                + std::to_string(body_max) + "\r\n\r\n" + body);
    const auto chunked = parse("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "1000\r\n"
                               + body + "\r\n0\r\n\r\n");

    for (const auto& feed : {declared.get(), chunked.get()}) {
        ASSERT_EQ(feed->step, Step::complete);
        EXPECT_FALSE(feed->parser.request().body_too_large);
        EXPECT_EQ(feed->parser.request().body, body);
    }
}

TEST(RequestParser, ALargerBodyIsTooLargeAtOnceAndNotKept) {
    const auto declared = parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                + std::to_string(body_max + 1) + "\r\n\r\n");
    const auto chunked = parse("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "800\r\n"
                               + std::string(0x800, 'a') + "\r\n801\r\n");
    const auto huge = parse("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "ffffffffffffffff\r\n");

    for (const auto& feed : {declared.get(), chunked.get(), huge.get()}) {
        ASSERT_EQ(feed->step, Step::complete);
        EXPECT_TRUE(feed->parser.request().body_too_large);
        EXPECT_EQ(feed->parser.request().body, "");
        EXPECT_TRUE(feed->parser.has_unread_body());
    }
}

TEST(RequestParser, ChunksOfMoreWrappingThanBodyAreTooLarge) {
    const std::string chunk = "1;name=" + std::string(1000, 'x') + "\r\na\r\n";
    Feed feed;
    feed.give("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

    for (int i = 0; i < 100 && feed.step == Step::need_more; ++i) {
        feed.give(chunk);
    }

    ASSERT_EQ(feed.step, Step::complete);
    EXPECT_TRUE(feed.parser.request().body_too_large);
}

TEST(RequestParser, AHeaderOfTheLimitPassesAndOneByteMoreDoesNot) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    const std::string fits = start + std::string(header_max - start.size() - 4, 'x') + "\r\n\r\n";
    const std::string large = start + std::string(header_max - start.size() - 3, 'x') + "\r\n\r\n";

    EXPECT_EQ(parse(fits)->step, Step::complete);
    EXPECT_EQ(parse(large)->parser.refusal().status, 431);
}

TEST(RequestParser, TheHeaderLimitHoldsForPiecesToo) {
    Feed feed;
    feed.give("GET / HTTP/1.1\r\nHost: a\r\n");

    for (int i = 0; i < 1000 && feed.step == Step::need_more; ++i) {
        feed.give("X-Name: value\r\n");
    }

    ASSERT_EQ(feed.step, Step::refused);
    EXPECT_EQ(feed.parser.refusal().status, 431);
}

TEST(RequestParser, AnEndlessTargetIsPartOfTheHeaderLimit) {
    EXPECT_EQ(parse("GET /" + std::string(header_max, 'a'))->parser.refusal().status, 431);
}

TEST(RequestParser, MoreFieldsThanAnyClientSendsAreRefused) {
    std::string fields;
    for (int i = 0; i < 257; ++i) {
        fields += "a:\r\n";
    }

    EXPECT_EQ(parse("GET / HTTP/1.1\r\n" + fields + "\r\n")->parser.refusal().status, 431);
}

TEST(RequestParser, AnEndlessChunkExtensionOrTrailerIsRefused) {
    const std::string start = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    EXPECT_EQ(parse(start + "1;" + std::string(header_max, 'x'))->step, Step::refused);
    EXPECT_EQ(parse(start + "0\r\nX: " + std::string(header_max, 'x'))->step, Step::refused);
}

struct RefusedRow {
    const char* name;
    std::string bytes;
    int status;
};

class RequestParserRefuses : public testing::TestWithParam<RefusedRow> {};

TEST_P(RequestParserRefuses, WhatCouldBeReadInTwoWays) {
    const auto feed = parse(GetParam().bytes);

    ASSERT_EQ(feed->step, Step::refused);
    EXPECT_EQ(feed->parser.refusal().status, GetParam().status);
    EXPECT_FALSE(feed->parser.refusal().reason.empty());
    EXPECT_FALSE(feed->parser.keep_alive());
}

RefusedRow get(const char* name, const std::string& fields, int status = 400) {
    return {name, "GET / HTTP/1.1\r\n" + fields + "\r\n", status};
}

RefusedRow chunked(const char* name, const std::string& body, int status = 400) {
    return {name, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body, status};
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine, RequestParserRefuses,
    testing::Values(RefusedRow{"Garbage", "\x16\x03\x01\x02", 400},
                    RefusedRow{"NoTarget", "GET HTTP/1.1\r\n\r\n", 400},
                    RefusedRow{"NoVersion", "GET /\r\n\r\n", 400},
                    RefusedRow{"TwoSpaces", "GET  / HTTP/1.1\r\n\r\n", 400},
                    RefusedRow{"SpaceInTarget", "GET /a b HTTP/1.1\r\n\r\n", 400},
                    RefusedRow{"ControlInTarget", "GET /a\x01 HTTP/1.1\r\n\r\n", 400},
                    RefusedRow{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
                    RefusedRow{"Http09", "GET / HTTP/0.9\r\n\r\n", 400},
                    RefusedRow{"LowerCaseVersion", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
                    RefusedRow{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", 400},
                    RefusedRow{"RelativeTarget", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    RefusedRow{"OtherScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    RefusedRow{"UserInTarget", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    RefusedRow{"NoHostInTarget", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    RefusedRow{"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
                    RefusedRow{"Trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Fields, RequestParserRefuses,
    testing::Values(get("NoHost", ""), get("TwoHosts", "Host: a\r\nHost: a\r\n"),
                    get("BadHost", "Host: a/b\r\n"), get("UserInHost", "Host: u@a\r\n"),
                    get("SpaceBeforeColon", "Host: a\r\nContent-Length : 5\r\n"),
                    get("SpaceBeforeName", " Host: a\r\n"),
                    get("NoColon", "Host: a\r\nnonsense\r\n"),
                    get("EmptyName", "Host: a\r\n: x\r\n"),
                    get("NulInValue", std::string("Host: a\r\nX: a\0b\r\n", 17)),
                    get("CarriageReturnInValue", "Host: a\r\nX: a\rb\r\n"),
                    get("LineFeedInValue", "Host: a\r\nX: a\nTransfer-Encoding: chunked\r\n"),
                    get("UnknownExpectation", "Host: a\r\nExpect: miracle\r\n", 417)),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Length, RequestParserRefuses,
    testing::Values(
        get("LengthAndChunked", "Host: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        get("ChunkedAndLength", "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        get("DifferentLengths", "Host: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n"),
        get("DifferentLengthsInOne", "Host: a\r\nContent-Length: 4, 5\r\n"),
        get("NegativeLength", "Host: a\r\nContent-Length: -1\r\n"),
        get("PlusLength", "Host: a\r\nContent-Length: +1\r\n"),
        get("HexLength", "Host: a\r\nContent-Length: 0x10\r\n"),
        get("EmptyLength", "Host: a\r\nContent-Length:\r\n"),
        get("EndlessLength", "Host: a\r\nContent-Length: 99999999999999999999\r\n"),
        get("UnknownTransferCoding", "Host: a\r\nTransfer-Encoding: gzip\r\n", 501),
        get("CodingBeforeChunked", "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", 501),
        get("CodingAfterChunked", "Host: a\r\nTransfer-Encoding: chunked, identity\r\n", 501),
        get("AlmostChunked", "Host: a\r\nTransfer-Encoding: xchunked\r\n", 501),
        get("QuotedChunked", "Host: a\r\nTransfer-Encoding: \"chunked\"\r\n", 501),
        get("ChunkedTwice",
            "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        get("UnknownThenLength", "Host: a\r\nTransfer-Encoding: identity\r\nContent-Length: 4\r\n",
            501),
        RefusedRow{"ChunkedInHttp10",
                   "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Chunks, RequestParserRefuses,
    testing::Values(chunked("NoSize", "\r\n\r\n"), chunked("NotHex", "g\r\na\r\n"),
                    chunked("NegativeSize", "-1\r\na\r\n"),
                    chunked("PrefixedSize", "0x1\r\na\r\n\r\n"),
                    chunked("SizeTooLong", "fffffffffffffffff\r\na\r\n"),
                    chunked("SpaceAfterSize", "1 \r\na\r\n"),
                    chunked("NoLineAfterData", "1\r\nabcd\r\n"),
                    chunked("BareLineFeed", "1\na\n0\n\n\r\n\r\n"),
                    chunked("LineFeedInExtension", "1;a=\"\n\"\r\na\r\n0\r\n\r\n"),
                    chunked("LengthInTrailer", "0\r\nContent-Length: 5\r\n\r\n")),
    [](const auto& row) { return row.param.name; });

TEST(RequestParser, ChangedBytesNeverBreakIt) {
    const std::string whole = "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "4;a=b\r\nwiki\r\n0\r\nT: x\r\n\r\n";
    std::minstd_rand random(7);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = whole;
        for (int i = 0; i < 3; ++i) {
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        }
        Feed feed;
        for (std::size_t at = 0; at < bytes.size() && feed.step == Step::need_more; at += 7) {
            feed.give(std::string_view(bytes).substr(at, 7));
        }

        EXPECT_LE(feed.parser.request().body.size(), body_max);
    }
}

} // namespace

} // namespace request_parser_test
