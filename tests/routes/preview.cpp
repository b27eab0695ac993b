// Writes every page to a folder, for looking at them in a browser without a server:
//   page_preview FOLDER
#include "core/strings.h"
#include "ical/zone.h"
#include "src/routes/assets.h"
#include "src/routes/pages.h"

#include <fstream>
#include <iostream>

namespace {

constexpr core::Instant start{1'795'704'300}; // 2026-11-26T14:45:00Z

domain::JoinView view_of(domain::JoinState state, storage::Role role) {
    domain::JoinView view;
    view.state = state;
    view.participant.name = role == storage::Role::host ? "Dr Ada Lovelace" : "Jane Doe";
    view.participant.role = role;
    view.title = role == storage::Role::host ? "Follow-up: knee, Jane and Tom"
                                             : "Video consultation with Dr Ada Lovelace";
    view.with = role == storage::Role::host ? std::vector<std::string>{"Jane Doe", "Tom Doe"}
                                            : std::vector<std::string>{"Dr Ada Lovelace"};
    view.time = core::Interval{start, start + 45 * 60};
    view.window = domain::access_window(*view.time, role, domain::Policy{});
    view.time_zone = "Australia/Sydney";
    view.zone = ical::find_zone(view.time_zone).value_or(ical::utc());
    return view;
}

// Assets by relative path, so that the file opens from disk.
void write_page(const std::string& folder, const std::string& name, const std::string& html) {
    std::ofstream(folder + "/" + name + ".html") << core::replace_all(html, "\"/assets/", "\"");
}

void write_join_pages(const std::string& folder) {
    using domain::JoinState;
    for (const storage::Role role : {storage::Role::guest, storage::Role::host}) {
        for (const JoinState state :
             {JoinState::early, JoinState::open, JoinState::over, JoinState::cancelled,
              JoinState::removed, JoinState::unknown}) {
            const domain::JoinView view = view_of(state, role);
            const std::string name = std::string(domain::to_string(state))
                                     + (role == storage::Role::host ? "-host" : "");
            const core::Instant now = start - 26 * 3600;
            write_page(folder, name, routes::render_join_page({view, "TOKEN", now}));
        }
    }
    const domain::JoinView early = view_of(JoinState::early, storage::Role::guest);
    write_page(folder, "early-soon",
               routes::render_join_page({early, "TOKEN", start - 5 * 60 - 754, true}));
}

void write_answer_pages(const std::string& folder) {
    domain::AnswerView view;
    view.session = view_of(domain::JoinState::early, storage::Role::guest);
    view.status = "NEEDS-ACTION";
    view.has_all = true;
    view.can_propose = true;
    using routes::AnswerWanted;
    write_page(folder, "answer", routes::render_answer_page({view, "TOKEN"}));
    write_page(folder, "answer-accept",
               routes::render_answer_page({view, "TOKEN", AnswerWanted::accept, "", ""}));
    write_page(folder, "answer-another-time",
               routes::render_answer_page({view, "TOKEN", AnswerWanted::another_time, "",
                                           "The proposed time has passed."}));
    view.status = "ACCEPTED";
    write_page(folder, "answer-done",
               routes::render_answer_page({view, "TOKEN", AnswerWanted::any,
                                           "Thank you. Your answer has been passed on.", ""}));
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: page_preview FOLDER\n";
        return 1;
    }
    const std::string folder = argv[1];
    for (const routes::Asset& asset : routes::assets()) {
        std::ofstream(folder + "/" + std::string(asset.name), std::ios::binary) << asset.bytes;
    }
    write_join_pages(folder);
    write_answer_pages(folder);
    write_page(folder, "landing", routes::render_landing_page("https://cal.example.org"));
    write_page(folder, "not-found",
               routes::render_message_page("Not Found", {"There is nothing at this address."}));
    return 0;
}
