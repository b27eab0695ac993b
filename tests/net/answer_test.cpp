#include "src/net/answer.h"
#include "src/net/gzip.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using core::Response;
using net::Answer;
using net::AnswerContext;
using net::make_answer;

AnswerContext context(std::string_view method = "GET") {
    AnswerContext result;
    result.method = method;
    result.request_id = "0123456789abcdef";
    result.keep_alive = true;
    return result;
}

AnswerContext gzip_context(std::string_view method = "GET") {
    AnswerContext result = context(method);
    result.accepts_gzip = true;
    return result;
}

Response response(int status, std::string body = {}, std::string type = "text/calendar") {
    Response result;
    result.status = status;
    result.body = std::move(body);
    if (!type.empty()) {
        result.headers.add("Content-Type", std::move(type));
    }
    return result;
}

bool has_line(const Answer& answer, const std::string& line) {
    return answer.head.find("\r\n" + line + "\r\n") != std::string::npos;
}

bool has_field(const Answer& answer, const std::string& name) {
    return answer.head.find("\r\n" + name + ":") != std::string::npos;
}

TEST(Answer, HasStatusLineAndTheFieldsOfEveryAnswer) {
    const Answer answer = make_answer(response(207, "abc"), context());

    EXPECT_TRUE(answer.head.starts_with("HTTP/1.1 207 Multi-Status\r\n"));
    EXPECT_TRUE(has_line(answer, "Server: Appointed"));
    EXPECT_TRUE(has_line(answer, "X-Request-Id: 0123456789abcdef"));
    EXPECT_TRUE(has_line(answer, "Content-Length: 3"));
    EXPECT_TRUE(has_line(answer, "Content-Type: text/calendar"));
    EXPECT_TRUE(has_field(answer, "Date"));
    EXPECT_FALSE(has_field(answer, "Connection"));
    EXPECT_TRUE(answer.head.ends_with("\r\n\r\n"));
    EXPECT_EQ(answer.body, "abc");
}

TEST(Answer, SaysHowTheConnectionGoesOn) {
    AnswerContext closing = context();
    closing.keep_alive = false;
    AnswerContext old = context();
    old.is_http_1_0 = true;

    EXPECT_TRUE(has_line(make_answer(response(200), closing), "Connection: close"));
    EXPECT_TRUE(has_line(make_answer(response(200), old), "Connection: keep-alive"));
}

TEST(Answer, Rfc9110_8_6_NoContentHasNoLength) {
    for (const int status : {204, 304}) {
        const Answer answer = make_answer(response(status, "must not be sent"), context());

        EXPECT_FALSE(has_field(answer, "Content-Length"));
        EXPECT_EQ(answer.body, "");
    }
}

TEST(Answer, Rfc9110_9_3_2_HeadHasTheLengthOfGetAndNoBody) {
    const Answer answer = make_answer(response(200, std::string(5000, 'a')), gzip_context("HEAD"));

    EXPECT_TRUE(has_line(answer, "Content-Length: 5000"));
    EXPECT_TRUE(has_line(answer, "Vary: Accept-Encoding"));
    EXPECT_FALSE(has_field(answer, "Content-Encoding"));
    EXPECT_EQ(answer.body, "");
}

TEST(Answer, AHandlerMayKnowTheLengthForHeadWithoutTheBody) {
    Response head = response(200);
    head.headers.add("Content-Length", "77");

    EXPECT_TRUE(has_line(make_answer(head, context("HEAD")), "Content-Length: 77"));
    EXPECT_TRUE(has_line(make_answer(head, context("GET")), "Content-Length: 0"));
}

TEST(Answer, TheFramingIsNotTheHandlers) {
    Response own = response(200, "abc");
    own.headers.add("content-length", "99");
    own.headers.add("Transfer-Encoding", "chunked");
    own.headers.add("Connection", "upgrade");

    const Answer answer = make_answer(own, context());

    EXPECT_TRUE(has_line(answer, "Content-Length: 3"));
    EXPECT_EQ(answer.head.find("99"), std::string::npos);
    EXPECT_EQ(answer.head.find("chunked"), std::string::npos);
    EXPECT_EQ(answer.head.find("upgrade"), std::string::npos);
}

TEST(Answer, AFieldWithALineEndIsDropped) {
    Response split = response(200);
    split.headers.add("Location", "/a\r\nSet-Cookie: stolen=1");
    split.headers.add("X-Bad\r\nName", "v");
    split.headers.add("X-Nul", std::string("a\0b", 3));
    split.headers.add("X-Good", "kept");

    const Answer answer = make_answer(split, context());

    EXPECT_EQ(answer.head.find("stolen"), std::string::npos);
    EXPECT_EQ(answer.head.find("X-Bad"), std::string::npos);
    EXPECT_EQ(answer.head.find("X-Nul"), std::string::npos);
    EXPECT_TRUE(has_line(answer, "X-Good: kept"));
}

TEST(Answer, AnImpossibleStatusIsAnErrorOfOurs) {
    for (const int status : {0, 100, 199, 600, -1}) {
        EXPECT_EQ(make_answer(response(status), context()).status, 500);
    }
}

TEST(Answer, LargeTextIsCompressedAndKeepsItsStrongEtag) {
    const std::string text(5000, 'a');
    Response large = response(200, text, "text/calendar; charset=utf-8");
    large.headers.add("ETag", "\"1\"");

    const Answer answer = make_answer(large, gzip_context());

    EXPECT_TRUE(has_line(answer, "Content-Encoding: gzip"));
    EXPECT_TRUE(has_line(answer, "Vary: Accept-Encoding"));
    EXPECT_TRUE(has_line(answer, "ETag: \"1\""));
    EXPECT_TRUE(has_line(answer, "Content-Length: " + std::to_string(answer.body.size())));
    EXPECT_EQ(net::gunzip(answer.body, 10'000).data, text);
}

struct CodingRow {
    const char* name;
    const char* type;
    std::size_t bytes;
    bool compressed;
};

class AnswerCoding : public testing::TestWithParam<CodingRow> {};

TEST_P(AnswerCoding, DependsOnTypeAndSize) {
    const Answer answer = make_answer(
        response(200, std::string(GetParam().bytes, 'a'), GetParam().type), gzip_context());

    EXPECT_EQ(has_line(answer, "Content-Encoding: gzip"), GetParam().compressed);
    EXPECT_EQ(has_line(answer, "Vary: Accept-Encoding"), GetParam().compressed);
}

INSTANTIATE_TEST_SUITE_P(Rows, AnswerCoding,
                         testing::Values(CodingRow{"Xml", "application/xml; charset=\"utf-8\"",
                                                   2000, true},
                                         CodingRow{"Json", "Application/JSON", 2000, true},
                                         CodingRow{"Script", "text/javascript", 2000, true},
                                         CodingRow{"Svg", "image/svg+xml", 2000, true},
                                         CodingRow{"SmallText", "text/calendar", 1024, false},
                                         CodingRow{"JustLargeEnough", "text/calendar", 1025, true},
                                         CodingRow{"Picture", "image/png", 5000, false},
                                         CodingRow{"NoType", "", 5000, false},
                                         CodingRow{"NotText", "application/text", 5000, false}),
                         [](const auto& row) { return row.param.name; });

TEST(Answer, WithoutAcceptEncodingTheAnswerStillVaries) {
    const Answer answer = make_answer(response(200, std::string(5000, 'a')), context());

    EXPECT_FALSE(has_field(answer, "Content-Encoding"));
    EXPECT_TRUE(has_line(answer, "Vary: Accept-Encoding"));
}

TEST(Answer, AnExistingVaryIsExtendedOnce) {
    Response with_vary = response(200, std::string(5000, 'a'));
    with_vary.headers.add("Vary", "Accept");
    Response complete = response(200, std::string(5000, 'a'));
    complete.headers.add("Vary", "Cookie, accept-encoding");

    EXPECT_TRUE(has_line(make_answer(with_vary, gzip_context()), "Vary: Accept, Accept-Encoding"));
    EXPECT_TRUE(has_line(make_answer(complete, gzip_context()), "Vary: Cookie, accept-encoding"));
}

TEST(Answer, WhatIsEncodedOrMustNotChangeIsLeftAlone) {
    Response encoded = response(200, std::string(5000, 'a'));
    encoded.headers.add("Content-Encoding", "br");
    Response fixed = response(200, std::string(5000, 'a'));
    fixed.headers.add("Cache-Control", "private, no-transform");

    EXPECT_EQ(make_answer(encoded, gzip_context()).body.size(), 5000U);
    EXPECT_EQ(make_answer(fixed, gzip_context()).body.size(), 5000U);
    EXPECT_EQ(make_answer(response(206, std::string(5000, 'a')), gzip_context()).body.size(),
              5000U);
}

} // namespace
