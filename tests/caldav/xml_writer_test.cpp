#include "caldav/xml_reader.h"
#include "caldav/xml_writer.h"

#include <gtest/gtest.h>

namespace caldav {
namespace {

TEST(XmlWriter, DeclaresTheFourNamespacesOnTheRoot) {
    XmlWriter writer(dav("error"));

    EXPECT_EQ(writer.finish(), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                               "<D:error xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\""
                               " xmlns:CS=\"http://calendarserver.org/ns/\""
                               " xmlns:A=\"http://apple.com/ns/ical/\"/>");
}

TEST(XmlWriter, WritesWhatTheReaderReads) {
    XmlWriter writer(dav("multistatus"));
    writer.open(dav("response"));
    writer.element(dav("href"), "/a&b/");
    writer.open(cal("comp"));
    writer.attribute("name", "V\"<EVENT");
    writer.close();
    writer.open({"urn:other", "x"});
    writer.empty({"urn:another", "y"});
    writer.text("a < b");
    writer.close();
    writer.empty({"", "bare"});
    writer.raw("<A:calendar-order>1</A:calendar-order>");

    const auto root = read_xml(writer.finish());

    ASSERT_TRUE(root) << root.error().detail;
    const Element& response = root->children.at(0);
    EXPECT_EQ(response.children.at(0).text, "/a&b/");
    EXPECT_EQ(response.children.at(1).attribute("name"), "V\"<EVENT");
    const Element& other = response.children.at(2);
    EXPECT_EQ(other.name, (Name{"urn:other", "x"}));
    EXPECT_EQ(other.children.at(0).name, (Name{"urn:another", "y"}));
    EXPECT_EQ(other.text, "a < b");
    EXPECT_EQ(response.children.at(3).name, (Name{"", "bare"}));
    EXPECT_EQ(response.children.at(4).name, apple("calendar-order"));
}

TEST(XmlWriter, ClosesWhatIsOpen) {
    XmlWriter writer(dav("a"));
    writer.open(cal("b"));
    writer.open({"urn:x", "c"});
    writer.text("t");

    EXPECT_TRUE(read_xml(writer.finish()));
}

TEST(XmlWriter, DropsCharactersThatXmlDoesNotAllow) {
    XmlWriter writer(dav("a"));
    writer.element(cal("calendar-data"), "x\x01y\x0Bz\xEF\xBF\xBE");

    const auto root = read_xml(writer.finish());

    ASSERT_TRUE(root);
    EXPECT_EQ(root->children.at(0).text, "xyz");
}

TEST(XmlWriter, EscapesNamespacesThatAClientMadeUp) {
    std::string fragment;
    append_empty_tag(fragment, {"urn:\"><evil/>", "x"});

    const auto element = read_xml(fragment);

    ASSERT_TRUE(element);
    EXPECT_EQ(element->name, (Name{"urn:\"><evil/>", "x"}));
}

TEST(XmlWriter, NeverDeclaresTheXmlNamespace) {
    std::string fragment;
    append_start_tag(fragment, {"http://www.w3.org/XML/1998/namespace", "x"});
    append_end_tag(fragment, {"http://www.w3.org/XML/1998/namespace", "x"});

    EXPECT_TRUE(read_xml(fragment)) << fragment;
}

} // namespace
} // namespace caldav
