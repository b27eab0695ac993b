#include "src/routes/client.h"

#include "core/strings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace routes {

namespace {

// Every address as IPv6: IPv4 is ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
using Address = std::array<unsigned char, 16>;
constexpr int mapped_prefix_bits = 96;

constexpr std::array<unsigned char, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool is_mapped(const Address& address) {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.begin());
}

std::optional<Address> parse_address(std::string_view text) {
    const std::string zone_free(text.substr(0, text.find('%'))); // fe80::1%eth0
    Address address{};
    if (inet_pton(AF_INET6, zone_free.c_str(), address.data()) == 1) {
        return address;
    }
    std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.begin());
    if (inet_pton(AF_INET, zone_free.c_str(), address.data() + mapped_prefix.size()) == 1) {
        return address;
    }
    return std::nullopt;
}

std::string to_text(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = is_mapped(address);
    const void* bytes = v4 ? address.data() + mapped_prefix.size() : address.data();
    inet_ntop(v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
    return text.data();
}

struct Block {
    Address address{};
    int prefix_bits = 128;
};

std::optional<Block> parse_block(std::string_view text) {
    const auto slash = std::min(text.find('/'), text.size());
    const auto address = parse_address(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    if (slash == text.size()) {
        return Block{*address, 128};
    }
    const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    const std::string_view digits = text.substr(slash + 1);
    int bits = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size();
    if (!whole || bits < 0 || bits > (v4 ? 32 : 128)) {
        return std::nullopt;
    }
    return Block{*address, v4 ? bits + mapped_prefix_bits : bits};
}

bool covers(const Block& block, const Address& address) {
    for (int bit = 0; bit < block.prefix_bits; ++bit) {
        const auto byte = static_cast<std::size_t>(bit / 8);
        const unsigned mask = 0x80U >> (bit % 8);
        if ((block.address[byte] & mask) != (address[byte] & mask)) {
            return false;
        }
    }
    return true;
}

bool in_blocks(const Address& address, const std::vector<std::string>& blocks) {
    return std::any_of(blocks.begin(), blocks.end(), [&](const std::string& text) {
        const auto block = parse_block(core::trim(text));
        return block && covers(*block, address);
    });
}

bool is_loopback(const Address& address) {
    return in_blocks(address, {"127.0.0.0/8", "::1"});
}

// An element of X-Forwarded-For: an address, which some proxies write with a port.
std::optional<Address> parse_forwarded(std::string_view text) {
    text = core::trim(text);
    if (text.starts_with('[')) {
        return parse_address(text.substr(1, std::min(text.find(']'), text.size()) - 1));
    }
    const bool one_colon = std::count(text.begin(), text.end(), ':') == 1;
    return parse_address(one_colon ? text.substr(0, text.find(':')) : text);
}

// The right-most element was written by our own proxy, the one left of it by the proxy before, if
// that one is trusted too, and so on. Everything further left is what the client chose to say.
Address client_address(const Address& peer, const std::string& forwarded_for,
                       const std::vector<std::string>& trusted) {
    Address address = peer;
    const auto elements = core::split(forwarded_for, ',');
    for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
        if (!in_blocks(address, trusted)) {
            break;
        }
        const auto next = parse_forwarded(*element);
        if (!next) {
            break;
        }
        address = *next;
    }
    return address;
}

// The last element: what the nearest proxy says, whatever came in from outside.
std::string_view last_element(const std::string& list) {
    return core::trim(core::split(list, ',').back());
}

// A proxy on this machine that the configuration does not name makes everybody look local. What it
// says is not believed, but that it speaks for somebody else is.
bool forwarded(const core::Request& request) {
    constexpr std::array signs{"Forwarded",        "X-Forwarded-For", "X-Forwarded-Proto",
                               "X-Forwarded-Host", "X-Real-IP",       "Via"};
    return std::any_of(signs.begin(), signs.end(),
                       [&](const char* name) { return request.headers.has(name); });
}

// RFC 3986 section 3.2.2 and 3.2.3, without user information: what may stand in a redirect.
bool is_authority(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view(".-_:[]").find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), fits)
           && text.front() != ':' && text.front() != '.' && text.front() != '-';
}

std::string origin_of(std::string_view host, bool https, std::string_view public_url) {
    const auto scheme_end = public_url.find("://");
    const std::string_view public_authority =
        scheme_end == std::string_view::npos ? "" : public_url.substr(scheme_end + 3);
    // A proxy that keeps Host but is not known to us would make an https site look like http, and
    // clients fail silently on a redirect to http (R-C2). The configuration knows better.
    if (!is_authority(host) || core::iequals(host, public_authority)) {
        return std::string(public_url);
    }
    return (https ? "https://" : "http://") + std::string(host);
}

} // namespace

bool in_blocks(std::string_view address, const std::vector<std::string>& blocks) {
    const auto parsed = parse_address(address);
    return parsed && in_blocks(*parsed, blocks);
}

Client identify_client(const core::Request& request, const Exposure& exposure,
                       std::string_view public_url) {
    const auto peer = parse_address(request.peer_address);
    const bool trusted_proxy = peer && in_blocks(*peer, exposure.trusted_proxies);
    std::string host(request.headers.get("Host").value_or(""));
    Client client{request.peer_address, request.tls, request.tls, {}};
    if (!trusted_proxy) {
        client.confidential = request.tls || (peer && is_loopback(*peer) && !forwarded(request));
        client.origin = origin_of(host, client.https, public_url);
        return client;
    }
    const std::string forwarded_for = request.headers.joined("X-Forwarded-For");
    const std::string forwarded_proto = request.headers.joined("X-Forwarded-Proto");
    const std::string forwarded_host = request.headers.joined("X-Forwarded-Host");
    if (!forwarded_for.empty()) {
        client.address = to_text(client_address(*peer, forwarded_for, exposure.trusted_proxies));
    }
    if (!forwarded_proto.empty()) {
        client.https = core::iequals(last_element(forwarded_proto), "https");
        client.confidential = client.https;
    } else if (forwarded_for.empty()) {
        // Nothing was forwarded: somebody on the proxy's own machine.
        client.confidential = request.tls || is_loopback(*peer);
    }
    if (!forwarded_host.empty()) {
        host = last_element(forwarded_host);
    }
    client.origin = origin_of(host, client.https, public_url);
    return client;
}

} // namespace routes
