// Managed attachments as rows, and their bytes as files.
#include "core/unavailable.h"
#include "storage/content_folder.h"
#include "tests/contract/store_contract.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace contract {

namespace {

using storage::Attachment;
using storage::content_hash;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr core::Instant long_ago{-1'000'000'000};
constexpr core::Instant far_ahead{std::int64_t{1} << 40};

Attachment attachment(const std::string& managed_id, const std::string& bytes = "words") {
    return {.id = 0,
            .managed_id = managed_id,
            .owner = "anna",
            .hash = content_hash(bytes),
            .size = static_cast<std::int64_t>(bytes.size()),
            .content_type = "text/plain",
            .file_name = "\u00e9.txt",
            .created = {7},
            .unused_since = {}};
}

std::int64_t attach(storage::WriteTransaction& transaction, const Attachment& attachment) {
    transaction.attachments().hold_content(attachment.hash, attachment.size);
    return transaction.attachments().insert(attachment);
}

std::filesystem::path new_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "content-XXXXXX").string();
    return ::mkdtemp(pattern.data());
}

class FolderOfContent : public testing::Test {
protected:
    ~FolderOfContent() override { std::filesystem::remove_all(parent_); }

    std::vector<std::string> hashes(core::Instant before) {
        std::vector<std::string> found;
        folder_.for_each_older(before, [&](const std::string& hash) { found.push_back(hash); });
        return found;
    }

    std::filesystem::path parent_ = new_folder();
    storage::ContentFolder folder_{parent_ / "a/b"};
    std::string hash_ = content_hash("words");
};

} // namespace

TEST_P(StoreContract, AnAttachmentComesBackAsItWasStored) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        auto& attachments = transaction.attachments();
        const std::int64_t event = put(transaction, object(work, "a.ics")).head.id;
        const std::int64_t id = attach(transaction, attachment("x"));
        attachments.use(event, id);
        attachments.use(event, id);

        const auto found = attachments.find("x");
        ASSERT_TRUE(found);
        EXPECT_EQ(
            std::tuple(found->id, found->managed_id, found->owner, found->hash, found->size,
                       found->content_type, found->file_name, found->created.seconds),
            std::tuple(id, "x", "anna", content_hash("words"), 5, "text/plain", "\u00e9.txt", 7));
        EXPECT_EQ(attachments.list_of_object(event).size(), 1U);
        const auto uses = attachments.uses(id);
        ASSERT_EQ(uses.size(), 1U);
        EXPECT_EQ(std::tuple(uses[0].object, uses[0].collection, uses[0].owner),
                  std::tuple(event, work, "anna"));
        EXPECT_EQ(attachments.find("y"), std::nullopt);
        EXPECT_EQ(attachments.bytes("anna"), 5);
        EXPECT_EQ(attachments.bytes("bert"), 0);
    });
}

TEST_P(StoreContract, AnAttachmentIsForgottenOnlyWhereNoObjectHasIt) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        auto& attachments = transaction.attachments();
        const storage::Object event = put(transaction, object(work, "a.ics"));
        const std::int64_t id = attach(transaction, attachment("x"));
        attachments.use(event.head.id, id);
        EXPECT_THAT(attachments.unnoted(10), IsEmpty());
        attachments.note_unused(id, {100});
        EXPECT_EQ(attachments.forget({200}, 10), 0U) << "it is in use, and was not noted";

        transaction.objects().remove(event.head.id);
        EXPECT_EQ(attachments.bytes("anna"), 0);
        EXPECT_THAT(attachments.unnoted(10), ElementsAre(id));
        attachments.note_unused(id, {100});
        EXPECT_THAT(attachments.unnoted(10), IsEmpty());
        EXPECT_EQ(attachments.forget({100}, 10), 0U);

        const storage::Object other = put(transaction, object(work, "b.ics"));
        attachments.use(other.head.id, id);
        EXPECT_EQ(attachments.forget({200}, 10), 0U) << "somebody put it back";
        attachments.release(other.head.id, id);
        attachments.note_unused(id, {100});
        EXPECT_EQ(attachments.forget({200}, 0), 0U);
        EXPECT_EQ(attachments.forget({200}, 10), 1U);
        EXPECT_EQ(attachments.find("x"), std::nullopt);
    });
}

TEST_P(StoreContract, ContentGoesWithItsLastAttachment) {
    const std::int64_t work = add_collection("work");
    write([&](storage::WriteTransaction& transaction) {
        auto& attachments = transaction.attachments();
        const std::int64_t event = put(transaction, object(work, "a.ics")).head.id;
        attachments.use(event, attach(transaction, attachment("x")));
        attach(transaction, attachment("y"));
        const std::string hash = content_hash("words");
        EXPECT_TRUE(attachments.has_content(hash));
        EXPECT_FALSE(attachments.remove_content(hash));
        for (const std::int64_t id : attachments.unnoted(10)) {
            attachments.note_unused(id, {1});
        }
        EXPECT_EQ(attachments.forget({2}, 10), 1U);
        EXPECT_THAT(attachments.idle_content(10), IsEmpty());
        transaction.collections().remove(work);
        for (const std::int64_t id : attachments.unnoted(10)) {
            attachments.note_unused(id, {1});
        }
        EXPECT_EQ(attachments.forget({2}, 10), 1U);
        EXPECT_THAT(attachments.idle_content(10), ElementsAre(hash));
        EXPECT_TRUE(attachments.remove_content(hash));
        EXPECT_FALSE(attachments.has_content(hash));
        EXPECT_FALSE(attachments.remove_content(hash));
    });
}

TEST_F(FolderOfContent, KeepsBytesUnderTheirDigest) {
    const std::string bytes("\0\xff words", 8);
    const std::string hash = content_hash(bytes);

    folder_.keep(hash, bytes);
    folder_.keep(hash, bytes);

    EXPECT_EQ(folder_.read(hash), bytes);
    EXPECT_EQ(folder_.size(hash), 8);
    EXPECT_TRUE(folder_.has(hash));
    EXPECT_THAT(hashes(far_ahead), ElementsAre(hash));
    EXPECT_THAT(hashes(long_ago), IsEmpty());
    folder_.remove(hash);
    folder_.remove(hash);
    EXPECT_FALSE(folder_.has(hash));
    EXPECT_EQ(folder_.read(hash), std::nullopt);
}

TEST_F(FolderOfContent, IsForItsOwnerOnly) {
    folder_.keep(hash_, "words");

    for (const auto& entry : std::filesystem::recursive_directory_iterator(parent_)) {
        const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
        EXPECT_EQ(entry.status().permissions() & others, std::filesystem::perms::none)
            << entry.path();
    }
}

TEST_F(FolderOfContent, MendsAFileThatWasCutShort) {
    folder_.keep(hash_, "words");
    const auto file = parent_ / "a/b" / hash_.substr(0, 2) / hash_;
    std::ofstream(file, std::ios::trunc) << "wo";
    EXPECT_EQ(folder_.size(hash_), 2);

    folder_.keep(hash_, "words");

    EXPECT_EQ(folder_.read(hash_), "words");
}

TEST_F(FolderOfContent, RemovesWhatWasNeverFinished) {
    folder_.keep(hash_, "words");
    const auto shelf = parent_ / "a/b" / hash_.substr(0, 2);
    std::ofstream(shelf / (hash_ + "-abc.part")) << "wo";
    std::ofstream(shelf / "notes") << "of somebody";

    EXPECT_THAT(hashes(far_ahead), ElementsAre(hash_));

    EXPECT_FALSE(std::filesystem::exists(shelf / (hash_ + "-abc.part")));
    EXPECT_TRUE(std::filesystem::exists(shelf / "notes"));
}

TEST_F(FolderOfContent, IsNeverLeftByAName) {
    for (const std::string name : {"", "../../etc/passwd", "..", "/etc/passwd"}) {
        EXPECT_THROW((void)folder_.read(name), core::Unavailable) << name;
        EXPECT_THROW(folder_.keep(name, "x"), core::Unavailable) << name;
        EXPECT_THROW(folder_.remove(name), core::Unavailable) << name;
    }
}

TEST_F(FolderOfContent, SaysThatTheDiskFailed) {
    std::ofstream(parent_ / "a") << "a file where the folder should be";

    EXPECT_THROW(folder_.keep(hash_, "words"), core::Unavailable);
    EXPECT_EQ(folder_.read(hash_), std::nullopt);
    EXPECT_THAT(hashes(far_ahead), IsEmpty());
}

} // namespace contract
