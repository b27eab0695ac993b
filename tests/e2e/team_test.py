"""A practice's team over a real socket: an assistant plans in a clinician's calendar with her own
client, colleagues read or see when somebody is busy, and strangers learn nothing."""

import re
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
    accounts = ("ada", "bob", "cleo", "dora", "eve", "fay")

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

    def test_a_calendar_is_shared_from_client_to_client(self):
        sharing = ('<S:share xmlns:S="http://calendarserver.org/ns/" xmlns:D="DAV:"><S:set>'
                   '<D:href>/principals/fay/</D:href><S:summary>With Ada</S:summary>'
                   '<S:read-write/></S:set></S:share>')
        xml = ("--header", "Content-Type: application/xml")
        self.assertEqual(403, self.ask("cleo", "POST", CALENDAR, *xml, body=sharing).status)
        self.assertEqual(200, self.ask("ada", "POST", CALENDAR, *xml, body=sharing).status)
        self.assertEqual(403, self.ask("fay", "PROPFIND", CALENDAR).status)

        box = self.ask("fay", "PROPFIND", "/calendars/fay/notification/", "--header", "Depth: 1")
        number = re.search("/notification/([^<]+)[.]xml", box.text).group(1)
        self.assertIn("Dr Ada",
                      self.ask("fay", "GET", f"/calendars/fay/notification/{number}.xml").text)
        reply = ('<S:invite-reply xmlns:S="http://calendarserver.org/ns/"><S:invite-accepted/>'
                 f'<S:in-reply-to>{number}</S:in-reply-to></S:invite-reply>')
        answer = self.ask("fay", "POST", "/calendars/fay/", *xml, body=reply)
        self.assertEqual(200, answer.status, answer.text)
        shared = re.search("<D:href>([^<]+)</D:href>", answer.text).group(1)
        home = self.ask("fay", "PROPFIND", "/calendars/fay/", "--header", "Depth: 1")
        self.assertIn(f"<D:href>{shared}</D:href>", home.text)

        text = event("shared", now() + days(1), guests=[PAUL], host="fay")
        answer = put(f"{self.server.url}{shared}shared.ics", text, login="fay")
        self.assertEqual(201, answer.status, answer.text)
        seen = curl(f"{self.server.url}{CALENDAR}shared.ics", login="ada")
        self.assertTrue(join_links(seen.text))
        self.assertEqual([], self.server.sessions("--host", "fay"))
        self.assertIn("fay\twrite\tcalendar\n", self.server.command("delegate", "ada"))

        self.assertEqual(204, self.ask("fay", "DELETE", shared).status)
        self.assertEqual(403, self.ask("fay", "PROPFIND", CALENDAR).status)
        self.assertEqual(200, curl(f"{self.server.url}{CALENDAR}shared.ics", login="ada").status)

    def test_an_owner_chooses_delegates_in_the_client(self):
        members = ('<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><D:group-member-set>'
                   '<D:href>/principals/fay/</D:href></D:group-member-set></D:prop></D:set>'
                   '</D:propertyupdate>')
        proxy = "/principals/bob/calendar-proxy-write/"
        self.assertEqual(403, self.ask("fay", "PROPFIND", "/calendars/bob/").status)
        self.assertEqual(403, self.ask("fay", "PROPPATCH", proxy, body=members).status)
        self.assertIn("200 OK", self.ask("bob", "PROPPATCH", proxy, body=members).text)
        self.assertEqual(207, self.ask("fay", "PROPFIND", "/calendars/bob/").status)
        self.assertIn("fay\twrite\tall calendars\n", self.server.command("delegate", "bob"))
        nobody = members.replace("fay", "nobody")
        self.assertIn("recognized-principal", self.ask("bob", "PROPPATCH", proxy, body=nobody).text)
        self.assertEqual(207, self.ask("fay", "PROPFIND", "/calendars/bob/").status)

    def test_an_owner_writes_the_access_control_list(self):
        entries = ('<D:acl xmlns:D="DAV:"><D:ace><D:principal><D:href>/principals/fay/</D:href>'
                   '</D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace>'
                   '</D:acl>')
        path = "/calendars/eve/calendar/"
        self.assertEqual(403, self.ask("fay", "ACL", path, body=entries).status)
        self.assertEqual(200, self.ask("eve", "ACL", path, body=entries).status)
        self.assertEqual(207, self.ask("fay", "PROPFIND", path).status)
        self.assertIn("shared", self.ask("fay", "PROPFIND", "/calendars/fay/", "--header",
                                         "Depth: 1").text)
        empty = '<D:acl xmlns:D="DAV:"/>'
        self.assertEqual(200, self.ask("eve", "ACL", path, body=empty).status)
        self.assertEqual(403, self.ask("fay", "PROPFIND", path).status)

    def test_colleagues_find_each_other_and_nothing_of_the_calendars(self):
        search = ('<D:principal-property-search xmlns:D="DAV:"><D:property-search><D:prop>'
                  '<D:displayname/></D:prop><D:match>dr ada</D:match></D:property-search><D:prop>'
                  '<D:displayname/></D:prop></D:principal-property-search>')
        found = self.ask("fay", "REPORT", "/principals/", body=search)
        self.assertIn("/principals/ada/", found.text)
        home = ('<D:propfind xmlns:D="DAV:"><D:prop>'
                '<calendar-home-set xmlns="urn:ietf:params:xml:ns:caldav"/></D:prop></D:propfind>')
        self.assertNotIn("/calendars/ada/",
                         self.ask("fay", "PROPFIND", "/principals/ada/", body=home).text)


if __name__ == "__main__":
    unittest.main()
