#include "domain/links.h"
#include "domain/notes_block.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace {

const std::string link = "https://clinic.example/j/" + domain::make_token(core::Key{}, {1, {}, 0});

TEST(NotesBlock, ComesOffAsItWentOn) {
    for (const std::string notes :
         {"", "a", "a\n", "a\n\n", "\n", "Bring the form.\nAnd the card.", "Fee: 90 AUD\n\n\n"}) {
        EXPECT_EQ(domain::remove_notes_block(domain::add_notes_block(notes, link)), notes);
    }
}

TEST(NotesBlock, KeepsWhatWasWrittenBehindIt) {
    const std::string edited = domain::add_notes_block("before", link) + "\nafter";

    EXPECT_EQ(domain::remove_notes_block(edited), "before\nafter");
}

TEST(NotesBlock, OfSomebodyElseStays) {
    const std::string foreign =
        "x\n----( Video Call )----\nhttps://facetime.apple.com/join#v=1\n---===---";

    EXPECT_EQ(domain::remove_notes_block(foreign), foreign);
}

struct Mangled {
    const char* name;
    std::string notes;
    std::string left;
};

class MangledNotesBlock : public testing::TestWithParam<Mangled> {};

TEST_P(MangledNotesBlock, LeavesNothingOfItself) {
    EXPECT_EQ(domain::remove_notes_block(GetParam().notes), GetParam().left);
}

INSTANTIATE_TEST_SUITE_P(
    Edits, MangledNotesBlock,
    testing::Values(Mangled{"WithoutOpener", "a\n" + link + "\n---===---", "a"},
                    Mangled{"WithoutCloser", "a\n\n----( Video Call )----\n" + link, "a"},
                    Mangled{"WithoutLink", "a\n\n----( Video Call )----\n---===---", "a"},
                    Mangled{"WithCarriageReturns",
                            "a\n\n----( Video Call )----\r\n" + link + "\r\n---===---\r", "a"},
                    Mangled{"InAngleBrackets",
                            "a\n\n----( Video Call )----\n<" + link + ">\n---===---", "a"},
                    Mangled{"TwiceByCopying",
                            domain::add_notes_block(domain::add_notes_block("a", link), link), "a"},
                    Mangled{"LinkAlone", "a\n" + link + "\nb", "a\nb"},
                    Mangled{"LinkInASentence", "Use " + link + " please", "Use  please"}),
    [](const auto& row) { return row.param.name; });

// Whatever a client does to the notes, there is one block with one link after the next rendering.
TEST(NotesBlock, IsThereOnceAfterAnyEdit) {
    std::mt19937 random(8);
    const std::vector<std::string> pieces = {
        "\n", " ", "x", link, "----( Video Call )----", "---===---", "https://other.example/",
        "\r"};
    for (int round = 0; round < 3'000; ++round) {
        std::string notes = domain::add_notes_block("Notes", link);
        for (int edit = 0; edit < 4; ++edit) {
            const std::size_t at = random() % (notes.size() + 1);
            if (random() % 2 == 0) {
                notes.insert(at, pieces[random() % pieces.size()]);
            } else {
                notes.erase(at, random() % 30);
            }
        }

        const std::string removed = domain::remove_notes_block(notes);
        const std::string rendered = domain::add_notes_block(removed, link);

        EXPECT_FALSE(domain::contains_join_link(removed)) << notes;
        const auto first = domain::find_join_link(rendered);
        ASSERT_TRUE(first);
        EXPECT_FALSE(domain::find_join_link(rendered, first->end)) << rendered;
    }
}

} // namespace
