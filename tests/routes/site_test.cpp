#include "src/routes/assets.h"
#include "src/routes/site.h"
#include "tests/routes/site_fixture.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace routes {

TEST(Site, LandingPageIsForEverybody) {
    Clinic site;

    const auto response = site.get("/");

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(has(response.body, "<code>https://clinic.example/</code>"));
    EXPECT_TRUE(has(field(response, "Content-Security-Policy"), "default-src 'none'"));
    EXPECT_EQ(site.send("HEAD", "/").status, 200);
}

TEST(Site, AssetsAreServedWithTheirTypes) {
    Clinic site;
    struct Row {
        const char* name;
        const char* type;
    };

    for (const Row& row : {Row{"site.css", "text/css; charset=utf-8"},
                           Row{"join.js", "text/javascript; charset=utf-8"},
                           Row{"icon.svg", "image/svg+xml"}, Row{"favicon.ico", "image/x-icon"}}) {
        const auto response = site.get("/assets/" + std::string(row.name));

        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(field(response, "Content-Type"), row.type);
        EXPECT_EQ(response.body, find_asset(row.name)->bytes);
        EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
    }
}

TEST(Site, EmbeddedFilesAreThoseOfTheFolder) {
    for (const Asset& asset : assets()) {
        std::ifstream file(APPOINTED_SOURCE_DIR "/web/" + std::string(asset.name),
                           std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});

        EXPECT_TRUE(bytes == asset.bytes) << asset.name;
        const auto digest = core::sha256(bytes);
        EXPECT_EQ(core::to_hex(std::span(digest).first(8)), asset.version) << asset.name;
    }
}

TEST(Site, OnlyAVersionedAddressIsKeptForEver) {
    Clinic site;

    EXPECT_TRUE(has(field(site.get(asset_url("site.css")), "Cache-Control"), "immutable"));
    EXPECT_FALSE(has(field(site.get("/assets/site.css"), "Cache-Control"), "immutable"));
    EXPECT_FALSE(has(field(site.get("/assets/site.css?v=old"), "Cache-Control"), "immutable"));
}

TEST(Site, KnownAssetIsNotSentAgain) {
    Clinic site;
    const std::string etag = field(site.get("/assets/site.css"), "ETag");

    const auto again = site.get("/assets/site.css", {{"If-None-Match", etag}});

    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
}

TEST(Site, TemplatesAndOtherFilesAreNoAssets) {
    Clinic site;

    for (const char* path :
         {"/assets/join.html", "/assets/nothing.css", "/assets/", "/assets/%2e%2e",
          "/assets/../src/routes/router.cpp", "/assets/a/site.css", "/assets/SITE.CSS"}) {
        const int status = site.get(path).status;
        EXPECT_TRUE(status == 404 || status == 400) << path << ' ' << status;
    }
}

TEST(Site, FaviconIsAnIcon) {
    Clinic site;

    const auto response = site.get("/favicon.ico");

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.substr(0, 4), std::string("\0\0\1\0", 4));
}

// F3: some calendar services do not fetch what robots.txt forbids.
TEST(Site, RobotsMayFetchFeedsButNoJoinLinks) {
    Clinic site;

    const auto response = site.get("/robots.txt");

    EXPECT_EQ(response.body, "User-agent: *\nDisallow: /j/\n");
    EXPECT_EQ(field(response, "Content-Type"), "text/plain; charset=utf-8");
}

TEST(Site, HealthIsOkWhileTheStoreAnswers) {
    Clinic site;

    const auto response = site.get("/healthz");

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "ok\n");
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
}

TEST(Site, CallWithoutAVideoServiceIsExplained) {
    Clinic site;
    EXPECT_EQ(site.get("/call/room").status, 404); // there is one

    site.practice.policy.call_url.clear();
    const auto response = site.get("/call/room");

    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(has(response.body, "You are in"));
    EXPECT_EQ(field(response, "Cache-Control"), "no-store");
}

} // namespace routes
