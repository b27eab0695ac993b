// RFC 6578: sync tokens and the sync-collection report.
#pragma once

#include "caldav/report.h"
#include "core/result.h"
#include "storage/store.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace caldav {

// A URI (R-E2) that holds the database's epoch, the collection's id and its revision.
std::string make_sync_token(std::string_view epoch, std::string_view scope, std::int64_t revision);
// The token of a collection, or of a home, as that transaction sees it.
std::string current_sync_token(const storage::ReadTransaction& transaction,
                               const storage::Collection& collection);
std::string current_home_token(const storage::ReadTransaction& transaction, const Resource& home);

// How far a client has come.
struct SyncPosition {
    std::int64_t revision = 0; // it has every change up to here
    // What was removed up to here it never had. More than `revision` only within the pages of an
    // initial sync, which so neither lists what was removed before it began nor depends on how long
    // tombstones are kept.
    std::int64_t began = 0;
    std::string shared{}; // as SyncScope::shared was when the client was told of it
};
// An empty token is the beginning of an initial sync. Errors: forbidden with valid_sync_token for
// any other epoch or collection, for a revision that has not been yet, and for one older than the
// oldest tombstone.
core::Result<SyncPosition> read_sync_token(std::string_view token, std::string_view epoch,
                                           const storage::Collection& collection);

// What a token is about, and the revisions between which one is answered.
struct SyncScope {
    std::string name; // one word, in tokens
    std::int64_t revision = 0;
    std::int64_t floor = 0;
    // A digest of the calendars that others share with a home's owner, empty when there are none
    // and for whoever else looks: their revisions are those of their own homes.
    std::string shared{};
};
SyncScope home_scope(const storage::ReadTransaction& transaction, const Resource& home);
core::Result<SyncPosition> read_sync_token(std::string_view token, std::string_view epoch,
                                           const SyncScope& scope);
std::string make_page_token(std::string_view epoch, const SyncScope& scope,
                            const SyncPosition& position);
std::string epoch_of(const storage::ReadTransaction& transaction);
tl::unexpected<core::Error> invalid_token(); // R-O3, client rule 13

core::Result<core::Response> sync_collection(const ReportCall& report, const Element& root);
// home_sync.cpp: a home with its calendars and, at the level `infinite`, what is in them.
core::Result<core::Response> sync_home(const ReportCall& report, const SyncCollection& request);

} // namespace caldav
