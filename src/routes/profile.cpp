#include "src/routes/profile.h"

#include "core/crypto.h"
#include "core/strings.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace routes {

namespace {

constexpr std::string_view head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                                  "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                                  "<plist version=\"1.0\">\n";

// A name-based UUID (RFC 4122 section 4.3): the same profile again replaces the one before.
std::string uuid_of(const std::string& name) {
    const core::Digest digest = core::sha256(name);
    std::array<unsigned char, 16> bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x50);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    std::string uuid = core::to_upper(core::to_hex(bytes));
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        uuid.insert(dash, 1, '-');
    }
    return uuid;
}

class Dictionary {
public:
    Dictionary& text(std::string_view key, std::string_view value) {
        return entry(key, "<string>" + core::xml_escaped(value) + "</string>");
    }
    Dictionary& number(std::string_view key, unsigned value) {
        return entry(key, "<integer>" + std::to_string(value) + "</integer>");
    }
    Dictionary& flag(std::string_view key, bool value) {
        return entry(key, value ? "<true/>" : "<false/>");
    }
    Dictionary& list(std::string_view key, const Dictionary& only) {
        return entry(key, "<array>\n" + only.print() + "</array>");
    }
    [[nodiscard]] std::string print() const { return "<dict>\n" + entries_ + "</dict>\n"; }

private:
    Dictionary& entry(std::string_view key, const std::string& value) {
        entries_.append("<key>").append(key).append("</key>").append(value).append("\n");
        return *this;
    }

    std::string entries_;
};

struct Address {
    std::string host;
    unsigned port = 0;
    bool tls = true;
};

// Of "https://cal.example.org:8443".
Address address_of(std::string_view origin) {
    constexpr unsigned https_port = 443;
    constexpr unsigned http_port = 80;
    Address address;
    address.tls = origin.starts_with("https://");
    address.host = origin.substr(origin.find("//") + 2);
    address.port = address.tls ? https_port : http_port;
    const std::size_t colon = address.host.rfind(':');
    const std::string digits = colon == std::string::npos ? "" : address.host.substr(colon + 1);
    constexpr std::size_t digits_max = 5;
    if (!digits.empty() && digits.size() <= digits_max
        && digits.find_first_not_of("0123456789") == std::string::npos) {
        address.port = static_cast<unsigned>(std::stoul(digits));
        address.host.resize(colon);
    }
    return address;
}

Dictionary account_of(const Context& context, const std::string& identity) {
    const Address address = address_of(context.client.origin);
    return Dictionary()
        .text("PayloadType", "com.apple.caldav.account")
        .number("PayloadVersion", 1)
        .text("PayloadIdentifier", "appointed.caldav." + uuid_of(identity + "\naccount"))
        .text("PayloadUUID", uuid_of(identity + "\naccount"))
        .text("PayloadDisplayName", "Calendars of " + context.who.name)
        .text("CalDAVAccountDescription", address.host)
        .text("CalDAVHostName", address.host)
        .number("CalDAVPort", address.port)
        .flag("CalDAVUseSSL", address.tls)
        .text("CalDAVUsername", context.who.login)
        .text("CalDAVPrincipalURL",
              "/principals/" + core::encode_segment(context.who.account) + "/");
}

} // namespace

core::Response configuration_profile(const core::Request&, const core::Target&,
                                     const Context& context) {
    const std::string identity = context.client.origin + "\n" + context.who.account;
    const Dictionary profile =
        Dictionary()
            .text("PayloadType", "Configuration")
            .number("PayloadVersion", 1)
            .text("PayloadIdentifier", "appointed." + uuid_of(identity))
            .text("PayloadUUID", uuid_of(identity))
            .text("PayloadDisplayName", "Calendars at " + address_of(context.client.origin).host)
            .text("PayloadDescription", "Sets up the calendars of " + context.who.name + ".")
            .list("PayloadContent", account_of(context, identity));
    core::Response response;
    response.headers.set("Content-Type", "application/x-apple-aspen-config");
    response.headers.set("Content-Disposition", "attachment; filename=\"calendars.mobileconfig\"");
    response.headers.set("Cache-Control", "private, no-store");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.body = std::string(head) + profile.print() + "</plist>\n";
    return response;
}

} // namespace routes
