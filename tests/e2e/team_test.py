"""A practice's team over a real socket: an assistant plans in a clinician's calendar with her own
client, colleagues read or see when somebody is busy, and strangers learn nothing."""

import unittest

from support import ServerCase, curl, days, event, join_links, now, put, utc

HOME = "/calendars/ada/"
CALENDAR = HOME + "calendar/"
PAUL = "paul@home.example"


def free_busy(start):
    return ('<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
            f'<C:time-range start="{utc(start)}" end="{utc(start + days(3))}"/>'
            '</C:free-busy-query>')


class TeamCase(ServerCase):
    accounts = ("ada", "bob", "cleo", "dora", "eve")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        command = cls.server.command
        command("group", "add", "desk", "--name", "Front desk")
        command("group", "member", "add", "desk", "bob")
        command("delegate", "ada", "--to", "desk", "--write")
        command("delegate", "ada", "--to", "cleo", "--calendar", "calendar", "--read")
        command("delegate", "ada", "--to", "dora", "--free-busy")

    def ask(self, login, method, path, *options, body=""):
        return curl(self.server.url + path, "--request", method, *options, "--data-binary", "@-",
                    stdin=body.encode(), login=login)

    def test_an_assistant_plans_a_session_and_the_clinician_is_its_host(self):
        for number, host in enumerate(("ada", "bob")):  # whoever her client names as organizer
            name = f"planned-{number}"
            text = event(name, now() + days(1), guests=[PAUL], host=host)
            answer = put(f"{self.server.url}{CALENDAR}{name}.ics", text, login="bob")
            self.assertEqual(201, answer.status, answer.text)
            seen = [curl(f"{self.server.url}{CALENDAR}{name}.ics", login=login).text
                    for login in ("ada", "bob")]
            self.assertEqual(seen[0], seen[1])
            self.assertTrue(join_links(seen[0]))
        planned = [session for session in self.server.sessions("--host", "ada")
                   if session["host"] == "ada"]
        self.assertGreaterEqual(len(planned), 2)
        for session in planned:
            hosts = [person["name"] for person in session["participants"]
                     if person["role"] == "host"]
            self.assertEqual(["Dr Ada"], hosts)
        self.assertEqual([], self.server.sessions("--host", "bob"))

    def test_a_reader_sees_no_link_and_changes_nothing(self):
        put(f"{self.server.url}{CALENDAR}read.ics", event("read", now() + days(1), guests=[PAUL]))
        answer = curl(f"{self.server.url}{CALENDAR}read.ics", login="cleo")
        self.assertEqual(200, answer.status)
        self.assertIn(PAUL, answer.text)
        self.assertEqual([], join_links(answer.text))
        refused = self.ask("cleo", "DELETE", CALENDAR + "read.ics")
        self.assertEqual(403, refused.status)
        self.assertIn("unbind/>", refused.text)
        self.assertEqual(403, self.ask("cleo", "PROPFIND", HOME).status)

    def test_who_sees_free_and_busy_sees_nothing_else(self):
        put(f"{self.server.url}{CALENDAR}busy.ics",
            event("busy", now() + days(1), summary="Secret"))
        answer = self.ask("dora", "REPORT", HOME, body=free_busy(now()))
        self.assertEqual(200, answer.status, answer.text)
        self.assertIn("FREEBUSY", answer.text)
        self.assertNotIn("Secret", answer.text)
        for method, path in (("GET", CALENDAR + "busy.ics"), ("PROPFIND", CALENDAR)):
            self.assertEqual(403, self.ask("dora", method, path).status)

    def test_nobody_and_the_wrong_person_learn_nothing(self):
        there, missing = CALENDAR + "busy.ics", CALENDAR + "none.ics"
        for method in ("GET", "PUT", "DELETE", "PROPFIND", "REPORT"):
            answers = [self.ask("eve", method, path) for path in (there, missing)]
            self.assertEqual([403, 403], [answer.status for answer in answers])
            self.assertEqual(answers[0].text.replace("busy", "none"), answers[1].text)
            self.assertEqual(401, self.ask(None, method, there).status)

    def test_what_is_taken_back_is_gone_at_once(self):
        self.server.command("delegate", "ada", "--to", "eve", "--read")
        self.assertEqual(207, self.ask("eve", "PROPFIND", HOME).status)
        self.assertIn("eve\tread\tall calendars\n", self.server.command("delegate", "ada"))
        self.server.command("delegate", "ada", "--to", "eve", "--remove")
        self.assertEqual(403, self.ask("eve", "PROPFIND", HOME).status)


if __name__ == "__main__":
    unittest.main()
