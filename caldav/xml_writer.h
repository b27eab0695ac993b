// Appends XML to one buffer. Prefixes are fixed: D, C, CS, A; other namespaces are declared on the
// element that needs them.
#pragma once

#include "caldav/names.h"

#include <string>
#include <string_view>
#include <vector>

namespace caldav {

class XmlWriter {
public:
    // Writes the declaration and the root with the four namespaces.
    explicit XmlWriter(const Name& root);

    void open(const Name& name);
    void close();
    void empty(const Name& name);
    void text(std::string_view text);                      // escaped
    void element(const Name& name, std::string_view text); // <name>text</name>
    // A well-formed fragment: self-contained, or written with the four prefixes.
    void raw(std::string_view fragment) {
        end_start_tag();
        out_.append(fragment);
    }
    void attribute(std::string_view name, std::string_view value); // right after open()
    [[nodiscard]] std::size_t size() const { return out_.size(); }
    // Closes what is open and hands over the document.
    std::string finish();

private:
    void end_start_tag() {
        if (start_tag_open_) {
            out_ += '>';
            start_tag_open_ = false;
        }
    }

    std::string out_;
    std::string stack_;              // closing tags, joined
    std::vector<std::size_t> marks_; // where each begins in `stack_`
    bool start_tag_open_ = false;
};

// The same for fragments that go into such a document: <name>, </name>, <name/>.
void append_start_tag(std::string& out, const Name& name);
void append_end_tag(std::string& out, const Name& name);
void append_empty_tag(std::string& out, const Name& name);

} // namespace caldav
