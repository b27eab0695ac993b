"""An invitation between colleagues over a real socket: made with curl, found and answered with
python-caldav, and what `appointed check` says of it all."""

import unittest

import caldav

from support import (PASSWORD, ServerCase, curl, days, email, event, guest_link, join_links, now,
                     put, unfold)

CALENDAR = "/calendars/ada/calendar/"
PAUL = "paul@home.example"


class SchedulingCase(ServerCase):
    accounts = ("ada", "bob", "cleo")

    def calendar_of(self, login):
        client = caldav.DAVClient(url=self.server.url, username=login, password=PASSWORD)
        return next(calendar for calendar in client.principal().calendars()
                    if str(calendar.url).endswith("/calendar/"))

    def copy(self, login, uid):
        """That event in somebody's own calendar, or None."""
        found = [each for each in self.calendar_of(login).events()
                 if f"UID:{uid}" in unfold(each.data)]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def plan(self, uid, guests, **more):
        answer = put(f"{self.server.url}{CALENDAR}{uid}.ics",
                     event(uid, now() + days(1), guests=guests, **more))
        self.assertIn(answer.status, (201, 204), answer.text)

    def organizers(self, uid):
        return curl(f"{self.server.url}{CALENDAR}{uid}.ics").text

    def status_of(self, text, login):
        line = next(line for line in unfold(text)
                    if line.startswith("ATTENDEE") and line.endswith(email(login)))
        return next(part.split("=")[1] for part in line.split(":")[0].split(";")
                    if part.startswith("PARTSTAT="))

    def test_an_invitation_is_found_answered_and_called_off(self):
        self.plan("round", [email("bob"), email("cleo"), PAUL])
        copy = self.copy("bob", "round")
        link = guest_link(self.organizers("round"), email("bob"))
        self.assertEqual({link}, set(join_links(copy.data)))

        lines = [line.replace("NEEDS-ACTION", "ACCEPTED") if line.endswith(email("bob")) else line
                 for line in unfold(copy.data)]
        answer = put(str(copy.url), "\r\n".join(lines) + "\r\n", login="bob")
        self.assertEqual(204, answer.status, answer.text)

        for text in (self.organizers("round"), self.copy("bob", "round").data,
                     self.copy("cleo", "round").data):
            self.assertEqual("ACCEPTED", self.status_of(text, "bob"))
            self.assertEqual("NEEDS-ACTION", self.status_of(text, "cleo"))

        self.copy("cleo", "round").delete()
        self.assertEqual("DECLINED", self.status_of(self.organizers("round"), "cleo"))

        self.assertEqual(204, curl(f"{self.server.url}{CALENDAR}round.ics", "--request",
                                   "DELETE").status)
        self.assertIn("STATUS:CANCELLED", unfold(self.copy("bob", "round").data))
        self.assertEqual([], join_links(self.copy("bob", "round").data))

    def test_only_the_organizer_moves_it(self):
        self.plan("fixed", [email("bob")])
        copy = self.copy("bob", "fixed")
        answer = put(str(copy.url), event("fixed", now() + days(3), guests=[email("bob")]),
                     login="bob")
        self.assertEqual(403, answer.status)
        self.assertIn("allowed-attendee-scheduling-object-change", answer.text)

    def test_what_is_stored_passes_the_check(self):
        self.plan("checked", [email("bob"), email("cleo"), PAUL])
        self.copy("bob", "checked").delete()
        self.server.command("check")


if __name__ == "__main__":
    unittest.main()
