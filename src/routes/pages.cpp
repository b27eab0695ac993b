#include "src/routes/pages.h"

#include "core/strings.h"
#include "core/uri.h"
#include "ical/value.h"
#include "src/routes/assets.h"
#include "src/routes/display.h"

#include <kainjow/mustache.hpp>

#include <array>
#include <cassert>
#include <functional>
#include <map>
#include <utility>

namespace routes {

namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

std::string asset_text(std::string_view name) {
    const Asset* asset = find_asset(name);
    assert(asset != nullptr);
    return std::string(asset->bytes);
}

// Parsed once by each thread: a page is rendered by one thread at a time. The parts that all pages
// share are put in before, or mustache would parse them again for every page.
mustache& page_template(std::string_view name) {
    thread_local std::map<std::string, mustache, std::less<>> parsed;
    const auto known = parsed.find(name);
    if (known != parsed.end()) {
        return known->second;
    }
    std::string text = asset_text(name);
    text = core::replace_all(std::move(text), "{{>head}}\n", asset_text("head.html"));
    text = core::replace_all(std::move(text), "{{>foot}}\n", asset_text("foot.html"));
    mustache page(text);
    page.set_custom_escape([](const std::string& value) { return core::xml_escaped(value); });
    return parsed.emplace(name, std::move(page)).first->second;
}

// Missing and false values leave their section out; so does an empty text, which mustache itself
// would count as true.
void set_text(data& values, const std::string& key, const std::string& text) {
    if (text.empty()) {
        values.set(key, false);
    } else {
        values.set(key, text);
    }
}

std::string render(std::string_view name, data values) {
    values.set("site_css", asset_url("site.css"));
    values.set("icon_svg", asset_url("icon.svg"));
    return page_template(name).render(values);
}

// What a state says. A heading that is empty is the session's title.
struct StateText {
    domain::JoinState state;
    std::string_view label;
    std::string_view heading;
    std::string_view guest_advice;
    std::string_view host_advice;
};

constexpr std::array state_texts{
    StateText{domain::JoinState::early, "Upcoming", "",
              "Keep this link. It stays the same, even if the time changes.",
              "Keep this link. It stays the same, even if you move the appointment."},
    StateText{domain::JoinState::open, "Open now", "", "", ""},
    StateText{domain::JoinState::over, "Ended", "This session has ended",
              "If you missed it or need another appointment, please contact your practice.",
              "To give it more time, make it longer in your calendar: this link works again at "
              "once."},
    StateText{domain::JoinState::cancelled, "Cancelled", "This session was cancelled",
              "If you did not expect this or need another appointment, please contact your "
              "practice.",
              "It is no longer in the calendar, or it is marked there as cancelled."},
    StateText{domain::JoinState::removed, "Not valid any more", "This link is not valid any more",
              "You may have been sent a newer one: please look at your latest message. If you find "
              "none, please contact your practice.",
              "The appointment may have a new link: please look in your calendar."},
    StateText{domain::JoinState::unknown, "Unknown link", "We do not know this link",
              "Please check that you opened the whole link, and that it comes from your latest "
              "message. If it still does not work, please contact your practice.",
              ""},
};

const StateText& text_of(domain::JoinState state) {
    for (const StateText& text : state_texts) {
        if (text.state == state) {
            return text;
        }
    }
    return state_texts.back();
}

std::string zone_line(const domain::JoinView& view) {
    const std::string name =
        display_text(view.time_zone.empty() ? view.zone->name() : view.time_zone);
    const ical::ZonePtr utc = ical::utc();
    const std::string date = display_date(view.time->start, *view.zone);
    const std::string utc_date = display_date(view.time->start, *utc);
    const std::string utc_times = display_times(*view.time, *utc);
    if (date == utc_date && utc_times == display_times(*view.time, *view.zone)) {
        return name == "UTC" ? name : name + " time, the same as UTC";
    }
    return name + " time · " + (date == utc_date ? "" : utc_date + ", ") + utc_times + " UTC";
}

void set_time(data& values, const domain::JoinView& view) {
    const core::Interval time = *view.time;
    const DayLeaf leaf = day_leaf(time.start, *view.zone);
    values.set("has_time", true);
    values.set("month", leaf.month);
    values.set("day", leaf.day);
    values.set("weekday", leaf.weekday);
    values.set("start", core::to_rfc3339(time.start));
    values.set("end", core::to_rfc3339(time.end));
    if (view.all_day) {
        values.set("all_day", "true");
        values.set("date", display_days(time, *view.zone));
        return;
    }
    values.set("date", display_date(time.start, *view.zone));
    values.set("times", display_times(time, *view.zone));
    values.set("zone_line", zone_line(view));
}

void set_window(data& values, const domain::JoinView& view, core::Instant now) {
    const domain::AccessWindow& window = *view.window;
    values.set("opens", core::to_rfc3339(window.opens));
    values.set("closes", core::to_rfc3339(window.closes));
    values.set("remaining", display_duration(window.opens - now));
    std::string opens_at = display_time(window.opens, *view.zone);
    if (view.time) {
        const std::string day = display_date(window.opens, *view.zone);
        const bool same_day = day == display_date(view.time->start, *view.zone);
        opens_at += same_day ? "" : ", " + day;
        const std::int64_t lead = view.time->start - window.opens;
        set_text(values, "opens_before", lead > 0 ? display_duration(lead) : "");
    }
    values.set("opens_at", opens_at);
}

void set_people(data& values, const domain::JoinView& view) {
    const bool host = view.participant.role == storage::Role::host;
    const std::string with = display_names(view.with);
    const std::string name = display_text(view.participant.name);
    set_text(values, "with", with);
    set_text(values, "participant", name);
    values.set("participant_label", host ? "Host" : "For");
    values.set("people", !with.empty() || !name.empty());
    if (view.time) {
        set_time(values, view);
    }
}

void set_session(data& values, const JoinPage& page) {
    const domain::JoinView& view = page.view;
    set_people(values, view);
    if (view.window) {
        set_window(values, view, page.now);
    }
    const std::string base = "/j/" + core::encode_segment(page.token);
    const bool early = view.state == domain::JoinState::early;
    const bool open = view.state == domain::JoinState::open;
    values.set("early", early && view.window.has_value());
    values.set("open", open);
    values.set("enter_url", base + "/enter");
    set_text(values, "calendar_url", early || open ? base + "/session.ics" : "");
    set_text(values, "footer",
             early || open ? "This link is yours alone. Please do not pass it on." : "");
    if (early && page.refused) {
        values.set("refused", "It is not time yet. Your link will open the session when it is.");
    }
}

std::string heading_of(AnswerWanted wanted) {
    switch (wanted) {
    case AnswerWanted::accept:
        return "Accept this appointment?";
    case AnswerWanted::decline:
        return "Decline this appointment?";
    case AnswerWanted::another_time:
        return "Ask for another time?";
    case AnswerWanted::any:
        break;
    }
    return "Can you come?";
}

std::string label_of_status(std::string_view status) {
    return status == "ACCEPTED"    ? "You accepted"
           : status == "DECLINED"  ? "You declined"
           : status == "TENTATIVE" ? "You said maybe"
                                   : "Not answered yet";
}

void set_choices(data& values, const AnswerPage& page) {
    const domain::AnswerView& view = page.view;
    const bool any = page.wanted == AnswerWanted::any;
    values.set("asks_answer", page.wanted != AnswerWanted::another_time);
    values.set("asks_scope", view.has_one && view.has_all);
    values.set("one_first", !view.is_series);
    values.set("all_first", view.is_series);
    set_text(values, "only_scope",
             view.has_one && view.has_all ? "" : (view.has_one ? "one" : "all"));
    // What is said already is no choice, unless others of the series may be meant.
    const auto offer = [&](const std::string& name, std::string_view status, AnswerWanted wanted,
                           const std::string& label) {
        const bool said = view.status == status && !(view.has_one && view.has_all);
        set_text(values, name,
                 page.wanted == wanted ? "Yes, " + core::to_lower(label)
                 : any && !said        ? label
                                       : "");
    };
    offer("accept", "ACCEPTED", AnswerWanted::accept, "Accept");
    offer("decline", "DECLINED", AnswerWanted::decline, "Decline");
    set_text(values, "maybe", any && view.status != "TENTATIVE" ? "Maybe" : "");
    values.set("decline_class", any ? "secondary" : "primary");
}

// Begins with the time as it is.
void set_proposal(data& values, const AnswerPage& page) {
    const domain::JoinView& session = page.view.session;
    const std::string wall = ical::to_ical_wall(session.zone->to_wall(session.time->start), false);
    values.set("asks_time", true);
    values.set("propose_date",
               wall.substr(0, 4) + "-" + wall.substr(4, 2) + "-" + wall.substr(6, 2));
    values.set("propose_time", wall.substr(9, 2) + ":" + wall.substr(11, 2));
    values.set("propose_zone",
               display_text(session.time_zone.empty() ? session.zone->name() : session.time_zone));
    values.set("time_class", page.wanted == AnswerWanted::any ? "secondary" : "primary");
}

} // namespace

std::string render_join_page(const JoinPage& page) {
    const domain::JoinView& view = page.view;
    const StateText& text = text_of(view.state);
    const bool known = view.state != domain::JoinState::unknown;
    const bool host = known && view.participant.role == storage::Role::host;
    std::string title = display_text(view.title);
    title = title.empty() ? "Video consultation" : title;
    const std::string heading = text.heading.empty() ? title : std::string(text.heading);

    data values;
    values.set("state", std::string(domain::to_string(view.state)));
    values.set("state_label", std::string(text.label));
    values.set("heading", heading);
    values.set("page_title", heading + " · " + std::string(text.label));
    values.set("url", "/j/" + core::encode_segment(page.token));
    values.set("now", core::to_rfc3339(page.now));
    values.set("script", asset_url("join.js"));
    values.set("time_zone", display_text(view.time_zone));
    set_text(values, "advice", std::string(host ? text.host_advice : text.guest_advice));
    // Who is no longer part of a session learns nothing more of it.
    if (known && view.state != domain::JoinState::removed) {
        set_text(values, "lead", text.heading.empty() ? "" : title);
        set_session(values, page);
    }
    return render("join.html", std::move(values));
}

std::string render_answer_page(const AnswerPage& page) {
    const domain::AnswerView& view = page.view;
    data values;
    const std::string title = display_text(view.session.title);
    const bool answered = page.wanted == AnswerWanted::any && view.status != "NEEDS-ACTION";
    const std::string heading = answered ? "Your answer" : heading_of(page.wanted);
    values.set("page_title", heading + " · " + title);
    values.set("heading", heading);
    values.set("title", title.empty() ? "Video consultation" : title);
    values.set("status", view.status);
    values.set("status_label", label_of_status(view.status));
    values.set("url", "/rsvp/" + core::encode_segment(page.token));
    values.set("other_answers", page.wanted != AnswerWanted::any);
    set_text(values, "notice", page.notice);
    set_text(values, "problem", page.problem);
    set_people(values, view.session);
    set_choices(values, page);
    if (view.can_propose && page.wanted != AnswerWanted::accept
        && page.wanted != AnswerWanted::decline) {
        set_proposal(values, page);
    }
    return render("answer.html", std::move(values));
}

std::string render_state_page(domain::JoinState state) {
    const StateText& text = text_of(state);
    return render_message_page(text.heading, {std::string(text.guest_advice)});
}

std::string render_landing_page(std::string_view origin) {
    data values;
    values.set("page_title", "Appointed");
    values.set("address", std::string(origin) + "/");
    return render("landing.html", std::move(values));
}

std::string render_message_page(std::string_view heading,
                                const std::vector<std::string>& paragraphs) {
    data list(data::type::list);
    for (const std::string& paragraph : paragraphs) {
        list.push_back(data(paragraph));
    }
    data values;
    values.set("page_title", std::string(heading));
    values.set("heading", std::string(heading));
    values.set("paragraphs", list);
    return render("message.html", std::move(values));
}

} // namespace routes
