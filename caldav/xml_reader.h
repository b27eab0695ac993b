// Bytes to a small element tree. Only expat user. Any DOCTYPE is refused, so there are no entities
// to expand; depth, nodes, attributes and text are capped while reading (core/limits.h).
#pragma once

#include "caldav/names.h"
#include "core/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caldav {

struct Element {
    Name name;
    std::vector<std::pair<Name, std::string>> attributes; // without xmlns and xml:lang
    std::vector<Element> children;
    std::string text; // all character data directly inside, in order
    // Where each child stands in `text`, so that mixed content of a dead property survives.
    std::vector<std::size_t> child_offsets;
    std::string language; // xml:lang in scope (RFC 4918 section 4.3)

    [[nodiscard]] bool is(const Name& other) const { return name == other; }
    [[nodiscard]] const Element* find(const Name& child) const; // the first, or null
    // Of an attribute without a namespace; empty if absent.
    [[nodiscard]] std::string_view attribute(std::string_view local) const;
};

// Errors: invalid_input (not well-formed, a DOCTYPE, an undeclared prefix), too_large (a cap).
core::Result<Element> read_xml(std::string_view bytes);

// The element as a self-contained fragment: namespaces declared where needed, xml:lang kept. It
// uses no prefix of its surroundings but asks that no default namespace is in force there.
std::string to_xml(const Element& element);

} // namespace caldav
