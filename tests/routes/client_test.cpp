#include "src/routes/client.h"

#include <gtest/gtest.h>

namespace routes {

namespace {

constexpr const char* public_url = "https://clinic.example";

core::Request request_from(const std::string& peer,
                           const std::vector<std::pair<std::string, std::string>>& fields) {
    core::Request request;
    request.peer_address = peer;
    for (const auto& [name, value] : fields) {
        request.headers.add(name, value);
    }
    return request;
}

} // namespace

TEST(Client, AddressIsInABlockAsItsBitsSay) {
    struct Row {
        const char* address;
        const char* block;
        bool inside;
    };
    const std::vector<Row> table{
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.2", "10.0.0.1", false},
        {"10.1.2.3", "10.0.0.0/8", true},
        {"11.1.2.3", "10.0.0.0/8", false},
        {"10.0.0.129", "10.0.0.128/25", true},
        {"10.0.0.127", "10.0.0.128/25", false},
        {"192.0.2.1", "0.0.0.0/0", true},
        {"2001:db8::1", "0.0.0.0/0", false},
        {"::ffff:10.0.0.1", "10.0.0.0/8", true}, // a dual-stack socket's way to say 10.0.0.1
        {"10.0.0.1", "::ffff:10.0.0.1", true},
        {"2001:db8::1", "2001:db8::/32", true},
        {"2001:db9::1", "2001:db8::/32", false},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", true},
        {"fe80::1%eth0", "fe80::/10", true},
        {"10.0.0.1", "10.0.0.0/33", false},
        {"10.0.0.1", "10.0.0.0/-1", false},
        {"10.0.0.1", "10.0.0.0/", false},
        {"10.0.0.1", "10.0.0.0/8x", false},
        {"10.0.0.1", "10/8", false},
        {"10.0.0.1", "", false},
        {"10.0.0.1", " 10.0.0.1 ", true},
        {"", "0.0.0.0/0", false},
        {"nonsense", "::/0", false},
    };

    for (const Row& row : table) {
        EXPECT_EQ(in_blocks(row.address, {row.block}), row.inside)
            << row.address << " in " << row.block;
    }
}

TEST(Client, ForwardedAddressIsTheRightMostThatNoTrustedProxyHas) {
    struct Row {
        const char* peer;
        const char* forwarded_for;
        const char* address;
    };
    const Exposure exposure{{"10.0.0.0/8", "2001:db8:aaaa::/48"}};
    const std::vector<Row> table{
        {"10.0.0.1", "203.0.113.9", "203.0.113.9"},
        {"10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"}, // the client wrote 6.6.6.6 itself
        {"10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
        {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
        {"10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"},
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", " ,, ", "10.0.0.1"},
        {"10.0.0.1", "203.0.113.9:4711", "203.0.113.9"},
        {"10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"},
        {"10.0.0.1", "[", "10.0.0.1"},
        {"10.0.0.1", "2001:db8::9", "2001:db8::9"},
        {"10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"},
        {"::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"},
        {"2001:db8:aaaa::1", "203.0.113.9", "203.0.113.9"},
        {"2001:db8:bbbb::1", "203.0.113.9", "2001:db8:bbbb::1"},
        {"198.51.100.7", "203.0.113.9", "198.51.100.7"}, // not one of ours: not believed
        {"127.0.0.1", "203.0.113.9", "127.0.0.1"},       // nor is the own machine by itself
    };

    for (const Row& row : table) {
        const auto request = request_from(row.peer, {{"X-Forwarded-For", row.forwarded_for}});

        EXPECT_EQ(identify_client(request, exposure, public_url).address, row.address)
            << row.peer << " for " << row.forwarded_for;
    }
}

TEST(Client, PasswordsTravelOnlyWhereNobodyCanReadThem) {
    struct Row {
        const char* what;
        const char* peer;
        bool tls;
        const char* proto;
        const char* forwarded_for;
        bool confidential;
    };
    const Exposure exposure{{"10.0.0.1", "127.0.0.2"}};
    const std::vector<Row> table{
        {"TLS from anywhere", "203.0.113.9", true, "", "", true},
        {"plain from elsewhere", "203.0.113.9", false, "", "", false},
        {"plain from elsewhere that claims https", "203.0.113.9", false, "https", "", false},
        {"the own machine", "127.0.0.1", false, "", "", true},
        {"the own machine, IPv6", "::1", false, "", "", true},
        {"the own machine, mapped", "::ffff:127.0.0.1", false, "", "", true},
        {"trusted proxy, https", "10.0.0.1", false, "https", "203.0.113.9", true},
        {"trusted proxy, HTTPS", "10.0.0.1", false, "HTTPS", "203.0.113.9", true},
        {"trusted proxy, http", "10.0.0.1", false, "http", "203.0.113.9", false},
        {"trusted proxy that passed on a claim", "10.0.0.1", false, "https, http", "", false},
        {"trusted proxy that says nothing", "10.0.0.1", false, "", "203.0.113.9", false},
        {"trusted proxy over TLS, but http before it", "10.0.0.1", true, "http", "", false},
        {"trusted loopback proxy, http", "127.0.0.2", false, "http", "203.0.113.9", false},
        {"trusted loopback proxy that says no scheme", "127.0.0.2", false, "", "6.6.6.6", false},
        {"beside the loopback proxy", "127.0.0.2", false, "", "", true},
        {"no address", "", false, "", "", false},
    };

    for (const Row& row : table) {
        core::Request request = request_from(row.peer, {});
        request.tls = row.tls;
        for (const auto& [name, value] : {std::pair{"X-Forwarded-Proto", row.proto},
                                          std::pair{"X-Forwarded-For", row.forwarded_for}}) {
            if (*value != '\0') {
                request.headers.add(name, value);
            }
        }

        EXPECT_EQ(identify_client(request, exposure, public_url).confidential, row.confidential)
            << row.what;
    }
}

TEST(Client, OriginIsHowTheClientReachesUs) {
    struct Row {
        const char* peer;
        bool tls;
        std::vector<std::pair<std::string, std::string>> fields;
        const char* origin;
    };
    const Exposure exposure{{"10.0.0.1"}};
    const std::vector<Row> table{
        {"203.0.113.9", true, {{"Host", "cal.example"}}, "https://cal.example"},
        {"203.0.113.9", false, {{"Host", "cal.example:8080"}}, "http://cal.example:8080"},
        {"203.0.113.9", true, {{"Host", "[2001:db8::1]:8443"}}, "https://[2001:db8::1]:8443"},
        {"203.0.113.9", false, {{"Host", "CLINIC.example"}}, public_url},
        {"203.0.113.9", true, {}, public_url},
        {"203.0.113.9", true, {{"Host", ""}}, public_url},
        {"203.0.113.9", true, {{"Host", "evil.example/x"}}, public_url},
        {"203.0.113.9", true, {{"Host", "a@evil.example"}}, public_url},
        {"203.0.113.9", true, {{"Host", "evil.example\r\nX: y"}}, public_url},
        {"203.0.113.9", true, {{"Host", ":80"}}, public_url},
        {"203.0.113.9", true, {{"Host", std::string(300, 'a')}}, public_url},
        {"203.0.113.9",
         true,
         {{"Host", "cal.example"}, {"X-Forwarded-Host", "evil.example"}},
         "https://cal.example"},
        {"10.0.0.1",
         false,
         {{"Host", "inner:8080"},
          {"X-Forwarded-Host", "cal.example"},
          {"X-Forwarded-Proto", "https"}},
         "https://cal.example"},
        {"10.0.0.1",
         false,
         {{"Host", "inner:8080"},
          {"X-Forwarded-Host", "evil.example, cal.example"},
          {"X-Forwarded-Proto", "https"}},
         "https://cal.example"},
    };

    for (const Row& row : table) {
        core::Request request = request_from(row.peer, row.fields);
        request.tls = row.tls;

        EXPECT_EQ(identify_client(request, exposure, public_url).origin, row.origin);
    }
}

} // namespace routes
