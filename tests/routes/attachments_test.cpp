// GET of what is attached to an event (RFC 8607 section 3.10).
#include "core/unavailable.h"
#include "tests/routes/site_fixture.h"

#include <gtest/gtest.h>

namespace attachments_test {

using routes::field;
using routes::has;

const auto as_anna = routes::basic_field("anna:correct horse");
const auto as_bert = routes::basic_field("bert:correct horse");

class AttachedFile : public testing::Test {
protected:
    AttachedFile() {
        clinic.practice.add_account("bert", "Bert", "bert@clinic.example");
        EXPECT_TRUE(clinic.practice.put("a.ics", support::event(support::afternoon)));
    }

    // Its path.
    std::string attach(const std::string& name, const std::string& type = "text/html",
                       const std::string& bytes = "<script>alert(1)</script>") {
        const core::Response response =
            clinic.send("POST", "/calendars/anna/calendar/a.ics?action=attachment-add",
                        {as_anna,
                         {"Content-Type", type},
                         {"Content-Disposition", "attachment; filename*=UTF-8''" + name}},
                        bytes);
        EXPECT_EQ(response.status, 201) << response.body;
        std::string path = field(response, "Location");
        const std::string base = clinic.practice.policy.public_url;
        EXPECT_TRUE(path.starts_with(base)) << path;
        return path.substr(std::min(base.size(), path.size()));
    }

    routes::Clinic clinic;
};

TEST_F(AttachedFile, IsADownloadAndNeverAPage) {
    const std::string path = attach("f%C3%B6rm%22%3B%20a.html");

    const core::Response response = clinic.get(path, {as_anna});

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "<script>alert(1)</script>");
    EXPECT_EQ(field(response, "Content-Type"), "text/html");
    EXPECT_EQ(field(response, "Content-Disposition"),
              "attachment; filename=\"f__rm; a.html\"; filename*=UTF-8''f%C3%B6rm%3B%20a.html");
    EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field(response, "Content-Security-Policy"), "default-src 'none'; sandbox");
    EXPECT_TRUE(has(field(response, "Cache-Control"), "private"));
}

TEST_F(AttachedFile, IsNotSentTwiceToWhoHasIt) {
    const std::string path = attach("a.pdf");
    const std::string tag = field(clinic.get(path, {as_anna}), "ETag");

    const core::Response again = clinic.get(path, {as_anna, {"If-None-Match", tag}});

    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(clinic.get(path, {as_bert, {"If-None-Match", tag}}).status, 403);
    EXPECT_EQ(clinic.get(path, {as_bert, {"If-None-Match", "*"}}).status, 403);
}

TEST_F(AttachedFile, IsForWhoMayReadTheEvent) {
    const std::string path = attach("a.pdf");

    EXPECT_EQ(clinic.get(path).status, 401);
    EXPECT_EQ(clinic.get(path, {as_bert}).status, 403);
    EXPECT_FALSE(has(clinic.get(path, {as_bert}).body, "script"));
    EXPECT_EQ(clinic.get("/attachments/nobody/a.pdf", {as_bert}).status, 404);
    EXPECT_EQ(clinic.get("/attachments/nobody/a.pdf").status, 401);
    clinic.practice.remove("a.ics");
    EXPECT_EQ(clinic.get(path, {as_anna}).status, 404);
    EXPECT_EQ(clinic.get(path, {as_bert}).status, 404);
}

TEST_F(AttachedFile, IsChangedByNoMethod) { // RFC 8607 sections 3.8 and 3.9
    const std::string path = attach("a.pdf");

    for (const std::string method : {"PUT", "DELETE", "POST", "PROPFIND", "MOVE", "COPY"}) {
        const core::Response response = clinic.send(method, path, {as_anna}, "other");
        EXPECT_EQ(response.status, 405) << method;
        EXPECT_TRUE(has(field(response, "Allow"), "GET, HEAD")) << method;
    }
    EXPECT_EQ(clinic.get(path, {as_anna}).status, 200);
}

TEST_F(AttachedFile, ThatIsMissingIsForTheAdministratorToFind) {
    const std::string path = attach("a.pdf", "text/plain", "words");
    clinic.folder.remove(storage::content_hash("words"));

    EXPECT_EQ(clinic.get(path, {as_anna}).status, 503);
}

} // namespace attachments_test
