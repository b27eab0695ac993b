// Sharing a calendar from a calendar client (Apple's caldav-sharing, "calendarserver-sharing"): the
// owner invites, each who was invited answers. What follows says domain/sharing.h.
#pragma once

#include "caldav/methods.h"
#include "caldav/resource.h"
#include "storage/store.h"

#include <string>

namespace caldav {

// POST of CS:share to a calendar.
core::Result<core::Response> share_calendar(const Call& call);
// POST of CS:invite-reply to one's own home.
core::Result<core::Response> answer_invitation(const Call& call);

// The CS:notification document of an invitation, and its strong ETag without quotes.
std::string notification_text(const storage::ReadTransaction& transaction,
                              const storage::Share& invitation);
std::string notification_etag(std::string_view text);

// Fragments with the fixed prefixes.
void append_access(std::string& out, storage::Level level); // CS:access
void append_status(std::string& out, storage::ShareStatus status);
void append_person(std::string& out, const storage::Account& account); // href and CS:common-name

} // namespace caldav
