#include "caldav/xml_writer.h"

#include "core/strings.h"

#include <array>
#include <cassert>

namespace caldav {

namespace {

struct Prefix {
    std::string_view prefix;
    std::string_view name_space;
};

constexpr std::array fixed_prefixes{
    Prefix{"D", ns::dav},
    Prefix{"C", ns::caldav},
    Prefix{"CS", ns::calendarserver},
    Prefix{"A", ns::apple},
};

// Namespaces in XML section 3: bound to this prefix in every document and never declared otherwise.
constexpr Prefix reserved{"xml", "http://www.w3.org/XML/1998/namespace"};

// Declared on the element itself, so a nested one may bind it anew.
constexpr std::string_view other_prefix = "X";

struct Tag {
    std::string_view prefix; // empty: no namespace
    bool declare = false;
};

Tag tag_of(const Name& name) {
    if (name.name_space.empty()) {
        return {};
    }
    for (const Prefix& row : fixed_prefixes) {
        if (row.name_space == name.name_space) {
            return {row.prefix, false};
        }
    }
    if (name.name_space == reserved.name_space) {
        return {reserved.prefix, false};
    }
    return {other_prefix, true};
}

void append_qualified(std::string& out, std::string_view prefix, std::string_view local) {
    if (!prefix.empty()) {
        out.append(prefix).append(":");
    }
    out.append(local);
}

// Everything up to, and without, the closing ">" or "/>".
void append_open_start_tag(std::string& out, const Name& name) {
    const Tag tag = tag_of(name);
    out += '<';
    append_qualified(out, tag.prefix, name.local);
    if (tag.declare) {
        out.append(" xmlns:").append(tag.prefix).append("=\"");
        core::append_xml_escaped(out, name.name_space);
        out += '"';
    }
}

} // namespace

void append_start_tag(std::string& out, const Name& name) {
    append_open_start_tag(out, name);
    out += '>';
}

void append_end_tag(std::string& out, const Name& name) {
    out += "</";
    append_qualified(out, tag_of(name).prefix, name.local);
    out += '>';
}

void append_empty_tag(std::string& out, const Name& name) {
    append_open_start_tag(out, name);
    out += "/>";
}

XmlWriter::XmlWriter(const Name& root) {
    out_ = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    open(root);
    for (const Prefix& row : fixed_prefixes) {
        attribute("xmlns:" + std::string(row.prefix), row.name_space);
    }
}

void XmlWriter::open(const Name& name) {
    end_start_tag();
    append_open_start_tag(out_, name);
    marks_.push_back(stack_.size());
    append_end_tag(stack_, name);
    start_tag_open_ = true;
}

void XmlWriter::close() {
    assert(!marks_.empty());
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    if (start_tag_open_) {
        out_ += "/>";
        start_tag_open_ = false;
    } else {
        out_.append(stack_, mark);
    }
    stack_.resize(mark);
}

void XmlWriter::empty(const Name& name) {
    end_start_tag();
    append_empty_tag(out_, name);
}

void XmlWriter::text(std::string_view text) {
    end_start_tag();
    core::append_xml_escaped(out_, text);
}

void XmlWriter::element(const Name& name, std::string_view text) {
    end_start_tag();
    append_start_tag(out_, name);
    core::append_xml_escaped(out_, text);
    append_end_tag(out_, name);
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
    assert(start_tag_open_);
    out_.append(" ").append(name).append("=\"");
    core::append_xml_escaped(out_, value);
    out_ += '"';
}

std::string XmlWriter::finish() {
    while (!marks_.empty()) {
        close();
    }
    return std::move(out_);
}

} // namespace caldav
