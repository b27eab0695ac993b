// The files of attachments beside the rows that name them: carried along by backup and restore, and
// looked at by check. A backup's are in a folder beside its file, FILE.attachments.
#pragma once

#include "src/app/commands.h"
#include "storage/content_folder.h"
#include "storage/sql/connection.h"

#include <string>
#include <string_view>
#include <vector>

namespace app {

std::string backup_attachments_of(const std::string& backup_file);

// Copies what `rows` name and `to` does not have. Returns what is missing or damaged in `from`, as
// "NAME of OWNER", where some event has it.
std::vector<std::string> carry_attachments(storage::sql::Connection& rows,
                                           const storage::ContentFolder& from,
                                           const storage::ContentFolder& to);
// What is missing or damaged.
std::vector<std::string> faults_of_attachments(storage::sql::Connection& rows,
                                               const storage::ContentFolder& folder);

// One line for each to the error stream.
void complain_of_missing(Streams streams, const std::vector<std::string>& missing);

} // namespace app
