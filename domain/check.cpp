#include "domain/check.h"

#include "domain/calendar_zone.h"
#include "domain/links.h"
#include "domain/reindex.h"
#include "domain/stored_form.h"
#include "ical/object.h"

namespace domain {

namespace {

using Faults = std::vector<std::string>;

void expect_equal(Faults& faults, const char* what, const std::string& stored,
                  const std::string& computed) {
    if (stored != computed) {
        faults.push_back("has " + std::string(what) + " \"" + stored + "\", its text says \""
                         + computed + "\"");
    }
}

void check_tags(Faults& faults, const storage::Object& object) {
    if (object.head.etag != etag_of(object.text)) {
        // Nobody but the store writes the two, so one was changed behind its back.
        faults.emplace_back("has an ETag that is not that of its text: the text is not what was "
                            "stored");
    }
    expect_equal(faults, "the size", std::to_string(object.head.size),
                 std::to_string(object.text.size()));
}

void check_index(Faults& faults, const storage::ReadTransaction& transaction,
                 const storage::Object& object, const ical::Object& event) {
    const auto right = is_index_right(transaction, object, event);
    if (!right) {
        faults.push_back("cannot be indexed: " + right.error().detail);
    } else if (!*right) {
        faults.emplace_back("is found at the wrong times: run `appointed reindex`");
    }
}

// The links of a text belong to the participants of the session that hangs on its row; those of an
// attendee's copy to its owner alone.
void check_links(Faults& faults, const storage::ReadTransaction& transaction,
                 const std::string& owner, const storage::Object& object) {
    if (object.links.empty()) {
        return;
    }
    if (object.links != placeholder_offsets(object.text)) {
        faults.emplace_back("has its join links noted at other places than they are");
        return;
    }
    const auto session = transaction.sessions().find(owner, object.head.uid);
    const bool is_copy = !session || session->object != object.head.id;
    for (const JoinToken& link : read_placeholders(object.text, object.links)) {
        const auto person = transaction.sessions().participant(link.participant);
        if (is_copy && (!person || person->account != owner)) {
            faults.emplace_back("has join links and no session");
            return;
        }
        if (!person || person->removed || (!is_copy && person->session != session->id)) {
            faults.push_back("has a join link of participant " + std::to_string(link.participant)
                             + ", who takes no part");
        }
    }
}

void check_plain(Faults& faults, const storage::Object& object) {
    const storage::ObjectHead& head = object.head;
    if (!head.uid.empty() || !head.component.empty() || !head.schedule_tag.empty()
        || !object.links.empty()) {
        faults.emplace_back("is kept like an event, and its collection is no calendar");
    }
}

} // namespace

std::vector<std::string> faults_of(const storage::ReadTransaction& transaction,
                                   const storage::Collection& collection,
                                   const storage::Object& object, const Policy& policy) {
    Faults faults;
    check_tags(faults, object);
    if (!collection.is_calendar && !collection.is_inbox()) {
        check_plain(faults, object);
        return faults;
    }
    // Not parse_object: rules that came later do not make an old object damaged.
    const auto event = ical::read_object(object.text, floating_zone(collection, policy));
    if (!event) {
        faults.push_back("is no calendar object: " + event.error().detail);
        return faults;
    }
    const storage::ObjectHead& head = object.head;
    expect_equal(faults, "the UID", head.uid, collection.is_inbox() ? "" : event->uid);
    expect_equal(faults, "the component", head.component,
                 std::string(ical::component_name(event->kind)));
    expect_equal(faults, "the content type", head.content_type, std::string(calendar_content_type));
    // Answers change the text and not the tag (RFC 6638 section 3.2.10).
    if (!collection.is_inbox()
        && head.schedule_tag.empty() != schedule_tag_of(*event, object.text).empty()) {
        faults.push_back("has the schedule tag \"" + head.schedule_tag
                         + "\", its text says otherwise");
    }
    check_index(faults, transaction, object, *event);
    check_links(faults, transaction, collection.owner, object);
    return faults;
}

} // namespace domain
