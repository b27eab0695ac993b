// ASCII text helpers. Protocol text is compared byte by byte or with ASCII case folding; anything
// locale dependent has no place here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

std::string to_lower(std::string_view text); // ASCII only
std::string to_upper(std::string_view text); // ASCII only
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);
bool icontains(std::string_view text, std::string_view part);
std::string_view trim(std::string_view text); // blanks, tabs, CR, LF
std::vector<std::string_view> split(std::string_view text, char separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// RFC 4648 section 5, without padding. Decoding refuses anything that is not canonical.
std::string to_base64url(std::span<const unsigned char> bytes);
std::optional<std::vector<unsigned char>> from_base64url(std::string_view text);
// RFC 4648 section 4, padding optional on input.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string to_hex(std::span<const unsigned char> bytes);

// Text and attribute values of XML and HTML: & < > " ' are escaped; characters that XML 1.0 does
// not allow are dropped (R-O11).
void append_xml_escaped(std::string& out, std::string_view text);
std::string xml_escaped(std::string_view text);

bool is_valid_utf8(std::string_view text);

} // namespace core
