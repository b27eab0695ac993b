#include "caldav/xml_reader.h"

#include "core/limits.h"
#include "core/strings.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

namespace caldav {

namespace {

// Between namespace and local name in the names that expat hands over. No URI holds one, and expat
// refuses namespace names that do.
constexpr char separator = '\n';
constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";

struct ParserDeleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPtr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserDeleter>;

Name split_name(std::string_view qualified) {
    const auto at = qualified.find(separator);
    if (at == std::string_view::npos) {
        return {"", std::string(qualified)};
    }
    return {std::string(qualified.substr(0, at)), std::string(qualified.substr(at + 1))};
}

// Collects what expat reports into a tree, and stops expat at the first bound that is crossed.
class TreeBuilder {
public:
    explicit TreeBuilder(XML_Parser parser) : parser_(parser) {
        XML_SetUserData(parser, this);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
        XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    }

    std::optional<core::Error> error;
    std::optional<Element> root;

private:
    static TreeBuilder& self(void* user) { return *static_cast<TreeBuilder*>(user); }
    static void on_start(void* user, const char* name, const char** attributes) {
        self(user).start(name, attributes);
    }
    static void on_end(void* user, const char* /*name*/) { self(user).end(); }
    static void on_text(void* user, const char* text, int length) {
        self(user).text({text, static_cast<std::size_t>(length)});
    }
    static void on_doctype(void* user, const char*, const char*, const char*, int) {
        self(user).stop(core::Errc::invalid_input, "a DOCTYPE is not accepted");
    }

    void stop(core::Errc code, std::string detail) {
        if (!error) {
            error = core::Error{code, std::move(detail), core::Condition::none, {}};
            XML_StopParser(parser_, XML_FALSE);
        }
    }

    // Expat may go on calling for a while after XML_StopParser, so every callback looks first.
    void start(const char* name, const char** attributes) {
        if (error) {
            return;
        }
        if (open_.size() >= core::limits::xml_depth) {
            return stop(core::Errc::too_large, "the XML is nested too deeply");
        }
        if (++nodes_ > core::limits::xml_nodes) {
            return stop(core::Errc::too_large, "too many XML elements");
        }
        const int attribute_count = XML_GetSpecifiedAttributeCount(parser_) / 2;
        if (static_cast<std::size_t>(attribute_count) > core::limits::xml_attributes) {
            return stop(core::Errc::too_large, "too many attributes on an XML element");
        }
        Element element;
        element.name = split_name(name);
        if (!open_.empty()) {
            element.language = open_.back().language;
        }
        for (const char** pair = attributes; *pair != nullptr; pair += 2) {
            Name attribute = split_name(pair[0]);
            if (attribute.name_space == xml_namespace && attribute.local == "lang") {
                element.language = pair[1];
            } else {
                element.attributes.emplace_back(std::move(attribute), pair[1]);
            }
        }
        open_.push_back(std::move(element));
    }

    void end() {
        if (error) {
            return;
        }
        Element element = std::move(open_.back());
        open_.pop_back();
        if (open_.empty()) {
            root = std::move(element);
            return;
        }
        Element& parent = open_.back();
        parent.child_offsets.push_back(parent.text.size());
        parent.children.push_back(std::move(element));
    }

    void text(std::string_view text) {
        if (error || open_.empty()) {
            return;
        }
        std::string& target = open_.back().text;
        if (target.size() + text.size() > core::limits::xml_text_bytes) {
            return stop(core::Errc::too_large, "too much text in an XML element");
        }
        target.append(text);
    }

    XML_Parser parser_;
    std::vector<Element> open_; // from the root down
    std::size_t nodes_ = 0;
};

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
    out.append(" ").append(name).append("=\"");
    // A reader turns bare line ends and tabs in attribute values into blanks (XML 1.0
    // section 3.3.3).
    for (const char c : value) {
        switch (c) {
        case '\t':
            out += "&#9;";
            break;
        case '\n':
            out += "&#10;";
            break;
        case '\r':
            out += "&#13;";
            break;
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    out += '"';
}

// A bare CR would be read as a line end (XML 1.0 section 2.11).
void append_text(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\r'), text.size());
        core::append_xml_escaped(out, text.substr(0, end));
        text.remove_prefix(end);
        if (!text.empty()) {
            out += "&#13;";
            text.remove_prefix(1);
        }
    }
}

void append_fragment(std::string& out, const Element& element, std::string_view default_namespace,
                     std::string_view language) {
    // The xml namespace can be neither a default nor declared anew (Namespaces in XML section 3).
    const bool reserved = element.name.name_space == xml_namespace;
    const std::string tag = (reserved ? "xml:" : "") + element.name.local;
    out.append("<").append(tag);
    if (!reserved && element.name.name_space != default_namespace) {
        append_attribute(out, "xmlns", element.name.name_space);
        default_namespace = element.name.name_space;
    }
    if (element.language != language) {
        append_attribute(out, "xml:lang", element.language);
    }
    std::size_t prefixes = 0;
    for (const auto& [name, value] : element.attributes) {
        if (name.name_space.empty()) {
            append_attribute(out, name.local, value);
        } else if (name.name_space == xml_namespace) {
            append_attribute(out, "xml:" + name.local, value);
        } else {
            const std::string prefix = "a" + std::to_string(prefixes++);
            append_attribute(out, "xmlns:" + prefix, name.name_space);
            append_attribute(out, prefix + ":" + name.local, value);
        }
    }
    if (element.children.empty() && element.text.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    const std::string_view text = element.text;
    std::size_t written = 0;
    for (std::size_t i = 0; i < element.children.size(); ++i) {
        append_text(out, text.substr(written, element.child_offsets[i] - written));
        written = element.child_offsets[i];
        append_fragment(out, element.children[i], default_namespace, element.language);
    }
    append_text(out, text.substr(written));
    out.append("</").append(tag).append(">");
}

} // namespace

const Element* Element::find(const Name& child) const {
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](const Element& element) { return element.is(child); });
    return found == children.end() ? nullptr : &*found;
}

std::string_view Element::attribute(std::string_view local) const {
    for (const auto& [attribute_name, value] : attributes) {
        if (attribute_name.name_space.empty() && attribute_name.local == local) {
            return value;
        }
    }
    return {};
}

core::Result<Element> read_xml(std::string_view bytes) {
    if (bytes.size() > core::limits::body_bytes) {
        return core::fail(core::Errc::too_large, "the XML is too long");
    }
    // Without a handler for other encodings expat refuses all but the four that it knows.
    const ParserPtr parser(XML_ParserCreateNS(nullptr, separator));
    if (!parser) {
        throw std::bad_alloc();
    }
    TreeBuilder builder(parser.get());
    const XML_Status status =
        XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), XML_TRUE);
    if (builder.error) {
        return tl::unexpected<core::Error>(std::move(*builder.error));
    }
    if (status != XML_STATUS_OK || !builder.root) {
        const std::string reason = XML_ErrorString(XML_GetErrorCode(parser.get()));
        const auto line = XML_GetCurrentLineNumber(parser.get());
        return core::fail(core::Errc::invalid_input,
                          "the XML cannot be read: " + reason + ", line " + std::to_string(line));
    }
    return std::move(*builder.root);
}

std::string to_xml(const Element& element) {
    std::string out;
    append_fragment(out, element, "", "");
    return out;
}

} // namespace caldav
