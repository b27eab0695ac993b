#include "src/app/key_file.h"
#include "tests/support/domain_fixture.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace {

class KeyFile : public testing::Test {
protected:
    void write(const std::string& text, mode_t mode = 0600) {
        std::ofstream(path) << text;
        ::chmod(path.c_str(), mode);
    }
    support::TemporaryFolder folder;
    std::string path = folder.file("key");
};

TEST_F(KeyFile, IsMadeOnceForItsOwnerOnly) {
    const core::Key made = app::load_or_make_key(path);

    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_NE(made, core::Key{});
    EXPECT_EQ(app::load_or_make_key(path), made);
}

TEST_F(KeyFile, OfTwoFoldersAreDifferent) {
    EXPECT_NE(app::load_or_make_key(path), app::load_or_make_key(folder.file("other")));
}

TEST_F(KeyFile, ThatOthersCanReadIsRefused) {
    write("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 0644);

    EXPECT_THROW(app::load_or_make_key(path), std::runtime_error);
}

TEST_F(KeyFile, ThatIsDamagedIsRefusedAndLeftAlone) {
    write("not a key\n");

    EXPECT_THROW(app::load_or_make_key(path), std::runtime_error);

    std::ifstream stream(path);
    std::string line;
    std::getline(stream, line);
    EXPECT_EQ(line, "not a key");
}

} // namespace
