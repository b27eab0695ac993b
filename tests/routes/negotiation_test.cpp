#include "src/routes/negotiation.h"

#include <gtest/gtest.h>

#include <vector>

namespace routes {

TEST(Negotiation, JsonIsGivenOnlyToWhoWeighsItHigher) {
    struct Row {
        const char* accept;
        Form form;
    };
    const std::vector<Row> table{
        {"", Form::html},
        {"*/*", Form::html},
        {"text/html", Form::html},
        {"application/json", Form::json},
        {"APPLICATION/JSON", Form::json},
        {"application/*", Form::json},
        {"application/problem+json", Form::json},
        {"text/html, application/json", Form::html},
        {"application/json, text/html", Form::html},
        {"application/json, text/html;q=0.9", Form::json},
        {"application/json;q=0.9, text/html;q=0.8", Form::json},
        {"application/json;q=0.8, text/html;q=0.9", Form::html},
        {"application/json, */*;q=0.1", Form::json},
        {"application/json;q=0, */*", Form::html},
        {"text/html;q=0, */*", Form::json},
        {"application/json;q=nonsense", Form::html},
        {"application/json;q=", Form::html},
        {"application/json;q=-1", Form::html},
        {"application/json;q=99999999999999999999", Form::html},
        {"application/json;q=1.000", Form::json},
        {"application/json; charset=utf-8", Form::json},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", Form::html},
        {"text/*, application/json;q=0.5", Form::html},
        {"text/xml", Form::html},
        {",,;;,q=1", Form::html},
    };

    for (const Row& row : table) {
        core::Headers headers;
        headers.add("Accept", row.accept);

        EXPECT_EQ(preferred_form(headers), row.form) << row.accept;
    }
}

TEST(Negotiation, SeveralFieldsCountAsOne) {
    core::Headers headers;
    headers.add("Accept", "text/html;q=0.5");
    headers.add("Accept", "application/json");

    EXPECT_EQ(preferred_form(headers), Form::json);
}

TEST(Negotiation, WithoutTheFieldItIsHtml) {
    EXPECT_EQ(preferred_form({}), Form::html);
}

} // namespace routes
