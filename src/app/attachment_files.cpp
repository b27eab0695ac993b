#include "src/app/attachment_files.h"

#include "storage/sql/attachments.h"

#include <optional>

namespace app {

namespace {

// Its bytes, if they are what was attached.
std::optional<std::string> whole_bytes(const storage::ContentFolder& folder,
                                       const storage::Attachment& attachment) {
    auto bytes = folder.read(attachment.hash);
    if (bytes && storage::content_hash(*bytes) != attachment.hash) {
        bytes.reset();
    }
    return bytes;
}

std::string words_for(const storage::Attachment& attachment) {
    return attachment.file_name + " of " + attachment.owner + ", file " + attachment.hash;
}

// Those that some event has, and the others, of which nobody misses the bytes.
bool is_used(const storage::sql::SqlAttachments& attachments, const storage::Attachment& one) {
    return !attachments.uses(one.id).empty();
}

std::vector<storage::Attachment> all_attachments(const storage::sql::SqlAttachments& attachments) {
    std::vector<storage::Attachment> all;
    attachments.for_each([&](const storage::Attachment& one) { all.push_back(one); });
    return all;
}

} // namespace

std::string backup_attachments_of(const std::string& backup_file) {
    return backup_file + ".attachments";
}

std::vector<std::string> carry_attachments(storage::sql::Connection& rows,
                                           const storage::ContentFolder& from,
                                           const storage::ContentFolder& to) {
    const storage::sql::SqlAttachments attachments(rows);
    std::vector<std::string> missing;
    for (const storage::Attachment& attachment : all_attachments(attachments)) {
        if (whole_bytes(to, attachment)) {
            continue;
        }
        if (const auto bytes = whole_bytes(from, attachment)) {
            to.keep(attachment.hash, *bytes);
        } else if (is_used(attachments, attachment)) {
            missing.push_back(words_for(attachment));
        }
    }
    return missing;
}

std::vector<std::string> faults_of_attachments(storage::sql::Connection& rows,
                                               const storage::ContentFolder& folder) {
    const storage::sql::SqlAttachments attachments(rows);
    std::vector<std::string> faults;
    for (const storage::Attachment& attachment : all_attachments(attachments)) {
        if (!whole_bytes(folder, attachment) && is_used(attachments, attachment)) {
            faults.push_back(words_for(attachment)
                             + (folder.has(attachment.hash) ? ": is damaged" : ": is missing"));
        }
    }
    return faults;
}

void complain_of_missing(Streams streams, const std::vector<std::string>& missing) {
    for (const std::string& one : missing) {
        streams.error << "appointed: The attachment " << printable(one)
                      << " is missing or damaged: it was left out.\n";
    }
}

} // namespace app
