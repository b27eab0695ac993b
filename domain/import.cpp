#include "domain/import.h"

#include "core/crypto.h"
#include "core/strings.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace domain {

namespace {

struct Candidate {
    const ical::SplitObject* source;
    CheckedObject checked;
};

// The UID where that is a plain name, as clients do it; else something of the same length for all.
std::string new_name(const std::string& uid) {
    constexpr std::size_t plain_bytes = 200;
    constexpr std::size_t digest_bytes = 18;
    const bool plain =
        uid.size() <= plain_bytes && !uid.starts_with('.') && std::ranges::all_of(uid, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '-' || c == '_' || c == '.' || c == '@';
        });
    if (plain) {
        return uid + ".ics";
    }
    const core::Digest digest = core::sha256(uid);
    return core::to_base64url(std::span(digest).first(digest_bytes)) + ".ics";
}

core::Result<Stored> put(storage::WriteTransaction& transaction, const Calendars& calendars,
                         const storage::Collection& collection, const CheckedObject& checked) {
    const std::string& uid = checked.object.uid;
    const auto known = transaction.objects().find_by_uid(collection.id, uid);
    return calendars.put(transaction, collection, known ? known->name : new_name(uid), checked,
                         Cause::import);
}

// All of them or, if one is refused, none.
core::Result<Imported> put_all(storage::Store& store, const Calendars& calendars,
                               const storage::Collection& collection,
                               std::span<const Candidate> candidates) {
    return store.write([&](storage::WriteTransaction& transaction) -> core::Result<Imported> {
        Imported imported;
        for (const Candidate& candidate : candidates) {
            const Stored stored = TRY(put(transaction, calendars, collection, candidate.checked));
            ++(stored.created ? imported.created : imported.replaced);
        }
        return imported;
    });
}

} // namespace

Imported import_objects(storage::Store& store, const Calendars& calendars,
                        const storage::Collection& collection,
                        std::span<const ical::SplitObject> objects, const ImportReport& report) {
    Imported all;
    const auto refuse = [&](const ical::SplitObject& object, const core::Error& error) {
        ++all.refused;
        report.on_refused(object, error);
    };
    const auto store_some = [&](std::span<const Candidate> candidates) {
        auto imported = put_all(store, calendars, collection, candidates);
        if (imported) {
            all.created += imported->created;
            all.replaced += imported->replaced;
        }
        return imported;
    };
    for (std::size_t at = 0; at < objects.size(); at += import_batch) {
        const auto batch = objects.subspan(at, std::min(import_batch, objects.size() - at));
        std::vector<Candidate> candidates;
        for (const ical::SplitObject& object : batch) {
            if (auto checked = calendars.check(collection, object.text)) {
                candidates.push_back({&object, *std::move(checked)});
            } else {
                refuse(object, checked.error());
            }
        }
        if (!store_some(candidates)) { // one of them; which, only each alone can tell
            for (const Candidate& candidate : candidates) {
                if (const auto imported = store_some(std::span(&candidate, 1)); !imported) {
                    refuse(*candidate.source, imported.error());
                }
            }
        }
        report.on_progress(at + batch.size());
    }
    return all;
}

} // namespace domain
