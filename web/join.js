// What the join page does beyond its HTML, which is complete without it: times in the reader's own
// zone, a countdown, and the page changing by itself when the session opens or is rescheduled. The
// server's clock decides; this one only counts.
"use strict";

(() => {
  const pollSeconds = 45;
  const farPollSeconds = 300; // when the opening is more than a day away
  const language = /^en\b/i.test(navigator.language || "") ? navigator.language : "en-GB";
  const readerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  let session = document.getElementById("session");
  const announcement = document.getElementById("announcement");
  let clockOffset = 0; // server's clock minus ours, in milliseconds
  let known = "";      // the last answer of the server, without its clock
  let announced = "";
  let busy = false;
  let nextPoll = 0;    // performance.now()
  let retry = 0;

  const now = () => Date.now() + clockOffset;
  const instant = (name) => Date.parse(session.dataset[name] || "");
  const places = (name) => session.querySelectorAll(`[data-show="${name}"]`);
  const show = (name, text) => places(name).forEach((place) => { place.textContent = text; });
  const announce = (text) => {
    if (text !== announced) {
      announced = text;
      announcement.textContent = text;
    }
  };

  const format = (date, options, zone) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).format(date);
  const longDate = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const clock = { hour: "numeric", minute: "2-digit" };

  function times(start, end, zone) {
    const startDay = format(start, longDate, zone);
    const endDay = format(end, longDate, zone);
    const range = `${format(start, clock, zone)} – ${format(end, clock, zone)}`;
    return startDay === endDay ? range : `${range} on ${endDay}`;
  }

  function showTimes() {
    const start = instant("start");
    const end = instant("end");
    if (Number.isNaN(start) || Number.isNaN(end) || session.dataset.allDay || !readerZone) {
      return;
    }
    show("date", format(start, longDate, readerZone));
    show("times", times(start, end, readerZone));
    show("zone", `In your time zone, ${readerZone.replaceAll("_", " ")}`);
    show("month", format(start, { month: "short" }, readerZone));
    show("day", format(start, { day: "numeric" }, readerZone).replace(/\D/g, ""));
    show("weekday", format(start, { weekday: "short" }, readerZone));
    showOtherZone(start, end);
    const opens = instant("opens");
    const sameDay = format(opens, longDate, readerZone) === format(start, longDate, readerZone);
    const day = sameDay ? "" : `, ${format(opens, { weekday: "short", day: "numeric", month: "short" }, readerZone)}`;
    show("opens", format(opens, clock, readerZone) + day);
  }

  // The practice's own time, where it is another one.
  function showOtherZone(start, end) {
    const zone = session.dataset.zone;
    let text = "";
    try {
      const theirs = `${format(start, longDate, zone)}, ${times(start, end, zone)}`;
      const mine = `${format(start, longDate, readerZone)}, ${times(start, end, readerZone)}`;
      const otherDay = format(start, longDate, zone) !== format(start, longDate, readerZone);
      const shown = otherDay ? theirs : times(start, end, zone);
      text = theirs === mine ? "" : `${shown} in ${zone.replaceAll("_", " ")}`;
    } catch {
      text = ""; // a zone that this browser does not know
    }
    places("other-zone").forEach((place) => {
      place.textContent = text;
      place.hidden = text === "";
    });
  }

  const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

  function duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    if (days > 1) {
      return count(days, "day");
    }
    const parts = [];
    if (days === 1) {
      parts.push(count(1, "day"));
    }
    if (hours % 24 > 0) {
      parts.push(count(hours % 24, "hour"));
    }
    if (days === 0 && minutes % 60 > 0) {
      parts.push(count(minutes % 60, "minute"));
    }
    return parts.join(" ") || "less than a minute";
  }

  function showRemaining() {
    if (session.dataset.state !== "early") {
      return;
    }
    const seconds = Math.max(0, Math.ceil((instant("opens") - now()) / 1000));
    const minutes = Math.floor(seconds / 60);
    const digits = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    show("remaining", seconds < 3600 ? digits : duration(seconds));
    // Spoken seldom: every quarter of an hour in the last hour, then at five minutes and one.
    if (seconds > 0 && seconds <= 3600 && (minutes % 15 === 0 || minutes === 5 || minutes === 1)
        && seconds % 60 === 0) {
      announce(`You can join in ${duration(seconds)}.`);
    }
    if (seconds === 0 && performance.now() >= retry) {
      retry = performance.now() + 3000;
      nextPoll = 0;
    }
  }

  async function get(accept) {
    const sent = Date.now();
    const response = await fetch(session.dataset.url, {
      headers: { Accept: accept }, cache: "no-store", credentials: "omit",
      signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
    });
    return { response, between: (sent + Date.now()) / 2 };
  }

  function differs(answer) {
    const { now: _, ...rest } = answer;
    const text = JSON.stringify(rest);
    const before = known;
    known = text;
    if (before !== "") {
      return before !== text;
    }
    const shown = session.dataset;
    return ["state", "start", "end", "opens", "closes"].some(
      (name) => (answer[name] || "") !== (shown[name] || ""));
  }

  // The server renders every state; its new page replaces what is shown.
  async function replacePage() {
    const { response } = await get("text/html");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("session");
    if (!fresh) {
      return;
    }
    const hadFocus = session.contains(document.activeElement);
    const adopted = document.adoptNode(fresh);
    session.replaceWith(adopted);
    session = adopted;
    document.title = page.title;
    document.getElementById("footer").textContent = page.getElementById("footer").textContent;
    showTimes();
    showRemaining();
    if (hadFocus) {
      (session.querySelector("button") || session).focus();
    }
    const pill = session.querySelector(".pill").textContent;
    const heading = session.querySelector("h1").textContent;
    const date = session.querySelector(".date");
    const hours = session.querySelector(".times");
    announce([pill, heading, date && date.textContent, hours && hours.textContent]
      .filter(Boolean).join(". "));
  }

  async function poll() {
    busy = true;
    try {
      const { response, between } = await get("application/json");
      if (response.headers.get("Content-Type")?.startsWith("application/json")) {
        const answer = await response.json();
        clockOffset = Date.parse(answer.now) - between;
        if (differs(answer)) {
          await replacePage();
        }
      }
    } catch {
      known = ""; // out of reach for now: compare with the page again next time
    }
    busy = false;
    const far = instant("opens") - now() > 86400000;
    nextPoll = performance.now() + (far ? farPollSeconds : pollSeconds) * 1000;
  }

  function tick() {
    showRemaining();
    if (!busy && document.visibilityState === "visible" && performance.now() >= nextPoll) {
      poll();
    }
  }

  if (!session || session.dataset.state === "unknown") {
    return;
  }
  clockOffset = Date.parse(session.dataset.now) - Date.now();
  nextPoll = performance.now() + pollSeconds * 1000;
  showTimes();
  tick();
  setInterval(tick, 1000);
  const soon = () => { nextPoll = 0; tick(); };
  document.addEventListener("visibilitychange", soon);
  window.addEventListener("online", soon);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { soon(); } });
})();
