"""Replays of what calendar clients that do not run here send, request by request as it was seen on
the wire or read in their source, with what each of them needs to find in the answers."""

import gzip
import re
import unittest
import uuid

from support import BERLIN, ServerCase, calendar, days, event, now, utc
from wire import Client, document, element, href_in, properties, tag

CALENDAR = "/calendars/ada/calendar/"
HOME = "/calendars/ada/"
PRINCIPAL = "/principals/ada/"
GUEST = "paul@mail.example"

# What Apple Calendar asks of the home, Depth 1, in this order.
APPLE_HOME = """CS:xmpp-uri A:calendar-color A:calendar-order C:calendar-description C:calendar-timezone
C:calendar-free-busy-set C:default-alarm-vevent-date C:default-alarm-vevent-datetime
C:supported-calendar-component-set C:supported-calendar-component-sets C:max-attendees-per-instance
C:schedule-calendar-transp C:schedule-default-calendar-URL C:calendar-timezone-id ME:bulk-requests
CS:getctag CS:source CS:subscribed-strip-alarms CS:subscribed-strip-attachments
CS:subscribed-strip-todos CS:push-transports CS:pushkey CS:publish-url CS:pre-publish-url
CS:allowed-sharing-modes CS:invite A:refreshrate A:autoprovisioned A:language-code A:location-code
add-member current-user-privilege-set displayname owner quota-available-bytes quota-used-bytes
resource-id resourcetype supported-report-set sync-token"""


class Replay(ServerCase):
    def client(self, agent, **headers):
        client = Client(self.server.port, agent, **headers)
        self.addCleanup(client.close)
        return client

    def assert_tag(self, reply):
        self.assertRegex(reply.headers["etag"], r'^"[^"]+"$')

    def assert_classes(self, reply, *classes):
        found = [word.strip() for word in reply.headers["dav"].split(",")]
        self.assertEqual("1", found[0])
        for each in classes:
            self.assertIn(each, found)

    def privileges(self, found):
        return {child.tag.split("}")[1] for privilege in found[tag("current-user-privilege-set")]
                for child in privilege}


class AppleCalendar(Replay):
    """macOS and iOS."""

    def setUp(self):
        self.mac = self.client("macOS/14.5 (23F79) CalendarAgent/1000", Content_Type="text/xml",
                               Brief="t", Prefer="return=minimal", Accept="*/*")

    def test_finds_the_account_from_the_host_alone(self):
        names = "current-user-principal principal-URL resourcetype"
        self.assertIn(self.mac.propfind("/.well-known/caldav", names, password=False).status,
                      (301, 302, 307))
        self.assertEqual(401, self.mac.propfind("/", names, password=False).status)
        principal = href_in(self.mac.propfind("/", names).only(), "current-user-principal")
        self.assertEqual(PRINCIPAL, principal)
        options = self.mac.ask("OPTIONS", principal)
        self.assertEqual(200, options.status)
        self.assert_classes(options, "3", "access-control", "calendar-access",
                            "calendar-auto-schedule")

        found = self.mac.propfind(principal, """C:calendar-home-set C:calendar-user-address-set
            current-user-principal displayname CS:dropbox-home-URL CS:email-address-set
            C:max-attendees-per-instance CS:notification-URL principal-collection-set principal-URL
            resource-id C:schedule-inbox-URL C:schedule-outbox-URL supported-report-set""").only()
        self.assertEqual(HOME, href_in(found, "C:calendar-home-set"))
        for name in ("C:schedule-inbox-URL", "C:schedule-outbox-URL", "principal-collection-set"):
            self.assertTrue(href_in(found, name).endswith("/"))
        self.assertIn("mailto:ada@practice.example",
                      [each.text for each in found[tag("C:calendar-user-address-set")]])

        searchable = self.mac.report("/principals/", "principal-search-property-set", depth=0)
        self.assertEqual(200, searchable.status)
        proxies = "".join(f'<D:property name="{name}" namespace="http://calendarserver.org/ns/">'
                          '<D:property name="email-address-set" '
                          'namespace="http://calendarserver.org/ns/"/></D:property>'
                          for name in ("calendar-proxy-read-for", "calendar-proxy-write-for"))
        self.assertIn(tag("CS:calendar-proxy-write-for"),
                      self.mac.report(principal, "expand-property", proxies, depth=0).only())

    def test_asks_for_all_that_it_knows_of_every_calendar(self):
        self.assertGreaterEqual(len(APPLE_HOME.split()), 39)
        found = self.mac.propfind(HOME, APPLE_HOME, depth=1).responses()

        calendars = {href: each for href, each in found.items()
                     if each[tag("resourcetype")].find(tag("C:calendar")) is not None}
        self.assertIn(CALENDAR, calendars)
        for each in calendars.values():
            self.assertEqual({tag("collection"), tag("C:calendar")},
                             {child.tag for child in each[tag("resourcetype")]})
            self.assertTrue({"read", "write-content", "bind", "unbind"} <= self.privileges(each))
            components = {one.get("name")
                          for one in each[tag("C:supported-calendar-component-set")]}
            self.assertTrue(components and "VPOLL" not in components)
            self.assertTrue(each[tag("CS:getctag")].text and each[tag("sync-token")].text)

    def test_sets_the_properties_of_home_and_calendars(self):
        path = HOME + str(uuid.uuid4()).upper() + "/"
        values = (element("displayname", "Home visits")
                  + '<A:calendar-color symbolic-color="custom">#1BADF8FF</A:calendar-color>'
                  + element("A:calendar-order", "3")
                  + element("C:calendar-timezone", calendar(BERLIN))
                  + element("C:schedule-calendar-transp", "<C:opaque/>")
                  + '<C:supported-calendar-component-set><C:comp name="VEVENT"/>'
                    "</C:supported-calendar-component-set>")
        made = self.mac.ask("MKCALENDAR", path,
                            document("C:mkcalendar", element("set", element("prop", values))))
        self.assertEqual(201, made.status, made.text)

        for target, change in [
                (path, element("A:calendar-order", "4")),
                (path, '<A:calendar-color symbolic-color="red">#FF0000FF</A:calendar-color>'),
                (path, element("displayname", "Visits")),
                (HOME, element("C:default-alarm-vevent-datetime",
                               "BEGIN:VALARM&#13;\nACTION:NONE&#13;\nTRIGGER;VALUE=DATE-TIME:"
                               "19760401T005545Z&#13;\nEND:VALARM&#13;\n"))]:
            reply = self.mac.ask("PROPPATCH", target, document(
                "propertyupdate", element("set", element("prop", change))))
            self.assertIn(reply.status, (200, 204, 207), reply.text)
            self.assertNotIn("403", reply.text)
        found = self.mac.propfind(path, "displayname A:calendar-color A:calendar-order").only()
        self.assertEqual(["Visits", "#FF0000FF", "4"],
                         [each.text for each in found.values()])
        self.assertEqual(204, self.mac.ask("DELETE", path).status)

    def test_makes_moves_and_removes_an_event_and_refreshes(self):
        _, token = self.mac.sync(CALENDAR, "", "getetag getcontenttype")
        ctag = self.mac.propfind(CALENDAR, "CS:getctag sync-token").only()[tag("CS:getctag")].text
        path = CALENDAR + str(uuid.uuid4()).upper() + ".ics"
        text = event("apple-1", now() + days(2), guests=[GUEST])
        made = self.mac.ask("PUT", path, text, If_None_Match="*",
                            Content_Type="text/calendar; charset=utf-8")
        self.assertEqual(201, made.status, made.text)
        self.assertNotIn("etag", made.headers)  # the links were put in, so it asks for the text
        got = self.mac.ask("GET", path)
        self.assert_tag(got)
        self.assertTrue(got.headers["schedule-tag"])

        changes, token = self.mac.sync(CALENDAR, token, "getetag getcontenttype")
        self.assertEqual([path], list(changes))
        self.assertIn("text/calendar", changes[path][tag("getcontenttype")].text)
        self.assertNotEqual(ctag, self.mac.propfind(CALENDAR, "CS:getctag").only()[
            tag("CS:getctag")].text)
        data = self.mac.multiget(CALENDAR, [path], depth=1, names="""getetag C:calendar-data
            C:schedule-tag CS:created-by CS:updated-by""")[path]
        self.assertEqual(got.text, data[tag("C:calendar-data")].text)

        moved = self.mac.ask("PUT", path, got.text.replace("Consultation", "Follow-up"),
                             If_Match=got.headers["etag"],
                             Content_Type="text/calendar; charset=utf-8")
        self.assertEqual(204, moved.status, moved.text)
        stale = self.mac.ask("PUT", path, got.text, If_Match=got.headers["etag"],
                             Content_Type="text/calendar; charset=utf-8")
        self.assertEqual(412, stale.status)
        tagged = self.mac.ask("PUT", path, self.mac.ask("GET", path).text,
                              If_Schedule_Tag_Match=self.mac.ask("GET", path)
                              .headers["schedule-tag"],
                              Content_Type="text/calendar; charset=utf-8")
        self.assertEqual(204, tagged.status, tagged.text)
        self.assertEqual(204, self.mac.ask("DELETE", path).status)
        changes, _ = self.mac.sync(CALENDAR, token, "getetag getcontenttype")
        self.assertEqual({path: None}, changes)

    def test_ios_asks_with_a_start_only(self):
        phone = self.client("iOS/17.5 (21F79) dataaccessd/1.0", Content_Type="text/xml", Brief="t")
        for number, start in enumerate((now() - days(400), now() + days(400))):
            self.mac.ask("PUT", f"{CALENDAR}ios-{number}.ics", event(f"ios-{number}", start),
                         Content_Type="text/calendar")
        body = document("C:calendar-query", properties("getetag getcontenttype"), element(
            "C:filter", '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
            f'<C:time-range start="{utc(now() - days(30))}"/></C:comp-filter></C:comp-filter>'))
        found = phone.ask("REPORT", CALENDAR, body, depth=1).responses()
        self.assertIn(CALENDAR + "ios-1.ics", found)
        self.assertNotIn(CALENDAR + "ios-0.ics", found)
        self.assertEqual(207, phone.propfind(HOME + "inbox/", "getetag getcontenttype",
                                             depth=1).status)

    def test_asks_when_others_are_busy_without_naming_them_in_headers(self):
        start = utc(now() + days(1))
        text = calendar("BEGIN:VFREEBUSY\nUID:apple-busy\n"
                        f"DTSTAMP:{utc(now())}\nDTSTART:{start}\nDTEND:{utc(now() + days(2))}\n"
                        "ORGANIZER:mailto:ada@practice.example\n"
                        "ATTENDEE:mailto:ada@practice.example\n"
                        "ATTENDEE:mailto:stranger@else.example\n"
                        "X-CALENDARSERVER-MASK-UID:apple-1\nEND:VFREEBUSY\n").replace(
                            "VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST", 1)
        reply = self.mac.ask("POST", HOME + "outbox/", text, Content_Type="text/calendar")
        self.assertEqual(200, reply.status, reply.text)
        states = [each.findtext(tag("C:request-status"))
                  for each in reply.xml.findall(tag("C:response"))]
        self.assertEqual(["2.0", "3.7"], [state.split(";")[0] for state in states])

    def test_completes_attendees(self):
        found = self.mac.report("/principals/", "CS:calendarserver-principal-search",
                                '<CS:search-token>ada</CS:search-token>'
                                "<CS:limit><CS:nresults>50</CS:nresults></CS:limit>",
                                properties("C:calendar-user-address-set C:calendar-user-type "
                                           "displayname CS:email-address-set"),
                                depth=0).responses()
        self.assertIn(PRINCIPAL, found)


class DavX5(Replay):
    """Android."""

    def test_finds_synchronises_and_writes(self):
        phone = self.client("DAVx5/4.4.3 (at.bitfire.davdroid)", Content_Type="application/xml")
        self.assertEqual(207, phone.propfind(
            "/", "CARD:addressbook-home-set CARD:addressbook-description resourcetype").status)
        found = phone.propfind("/", """resourcetype displayname current-user-principal
            current-user-privilege-set C:calendar-home-set C:supported-calendar-component-set
            A:calendar-color C:calendar-description C:calendar-timezone""").only()
        principal = href_in(found, "current-user-principal")
        self.assert_classes(phone.ask("OPTIONS", principal), "calendar-access")
        found = phone.propfind(principal, """displayname group-membership resourcetype
            C:calendar-home-set C:calendar-user-address-set CS:calendar-proxy-read-for
            CS:calendar-proxy-write-for""").only()
        home = href_in(found, "C:calendar-home-set")
        listed = phone.propfind(home, """current-user-privilege-set displayname owner resourcetype
            A:calendar-color C:calendar-description C:calendar-timezone C:calendar-timezone-id
            C:supported-calendar-component-set CS:source""", depth=1).responses()
        self.assertEqual(PRINCIPAL, href_in(listed[CALENDAR], "owner"))
        self.assertEqual(207, phone.propfind(PRINCIPAL, "displayname resourcetype").status)

        state = phone.propfind(CALENDAR, """supported-report-set sync-token CS:getctag
            C:max-resource-size""").only()
        self.assertIn("sync-collection", {report.tag.split("}")[1]
                                          for report in state[tag("supported-report-set")].iter()})
        _, token = phone.sync(CALENDAR, "", "getetag resourcetype", depth=0)
        path = f"{CALENDAR}{uuid.uuid4()}.ics"
        made = phone.ask("PUT", path, event("davx5-1", now() + days(3), guests=[GUEST]),
                         Content_Type="text/calendar; charset=utf-8", If_None_Match="*")
        self.assertEqual(201, made.status, made.text)
        again = phone.ask("PUT", path, event("davx5-1", now() + days(3)),
                          Content_Type="text/calendar; charset=utf-8", If_None_Match="*")
        self.assertEqual(412, again.status)
        start = f'<C:time-range start="{utc(now() - days(90))}"/>'
        self.assertIn(path, phone.query(CALENDAR, "getetag", start))
        data = phone.multiget(CALENDAR, [path, CALENDAR + "gone.ics"],
                              "getcontenttype getetag C:schedule-tag C:calendar-data")
        self.assertIsNone(data[CALENDAR + "gone.ics"])
        schedule_tag = data[path][tag("C:schedule-tag")].text
        text = data[path][tag("C:calendar-data")].text

        changed = phone.ask("PUT", path, text.replace("Consultation", "Changed"),
                            Content_Type="text/calendar; charset=utf-8",
                            If_Schedule_Tag_Match=schedule_tag)
        self.assertEqual(204, changed.status, changed.text)
        changes, token = phone.sync(CALENDAR, token, "getetag resourcetype", depth=0)
        self.assertEqual([path], list(changes))
        refused = phone.report(CALENDAR, "sync-collection", element("sync-token", "urn:x:nothing"),
                               element("sync-level", "1"), properties("getetag"), depth=0)
        self.assertEqual(403, refused.status)
        self.assertIsNotNone(refused.xml.find(tag("valid-sync-token")))
        self.assertEqual(204, phone.ask("DELETE", path).status)
        self.assertEqual(404, phone.ask("DELETE", path).status)


class Kde(Replay):
    """KOrganizer and Merkuro: each request twice, first without a password."""

    def twice(self, client, method, path, body="", depth=None, **headers):
        refused = client.ask(method, path, body, depth, password=False, **headers)
        self.assertEqual(401, refused.status, "on the same connection, body and all")
        self.assertIn("Basic", refused.headers["www-authenticate"])
        return client.ask(method, path, body, depth, **headers)

    def test_finds_lists_and_writes(self):
        desk = self.client("Mozilla/5.0 (X11; Linux x86_64) KIO/5.103 kioworker/5.103",
                           Accept="text/html, text/*;q=0.9, image/jpeg;q=0.9, */*;q=0.8",
                           Content_Type="text/xml")
        found = self.twice(desk, "PROPFIND", "/", document("propfind", properties(
            "C:calendar-home-set current-user-principal principal-URL")), 0).only()
        principal = href_in(found, "current-user-principal")
        home = href_in(self.twice(desk, "PROPFIND", principal, document(
            "propfind", properties("C:calendar-home-set")), 0).only(), "C:calendar-home-set")
        listed = self.twice(desk, "PROPFIND", home, document("propfind", properties(
            """displayname resourcetype A:calendar-color C:supported-calendar-component-set
            current-user-privilege-set CS:getctag""")), 1).responses()
        self.assertIn(CALENDAR, listed)

        path = CALENDAR + "kde 1@host+x%25.ics".replace(" ", "%20")
        text = event("kde-1", now() + days(4))
        made = self.twice(desk, "PUT", path, text, Content_Type="text/calendar", If_None_Match="*")
        self.assertEqual(201, made.status, made.text)
        self.assertIn("text/calendar", desk.ask("GET", path).headers["content-type"])
        items = desk.query(CALENDAR, "getetag resourcetype")
        self.assertIn("kde-1", "".join(
            each[tag("C:calendar-data")].text
            for each in desk.multiget(CALENDAR, items, depth=0).values()))

        self.assert_gives_weak_tags_back(desk, path, text)

    def assert_gives_weak_tags_back(self, desk, path, text):
        desk.connection.request("GET", path, headers={"Authorization": desk.password,
                                                      "Accept-Encoding": "gzip"})
        answer = desk.connection.getresponse()
        body = answer.read()
        if answer.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        self.assertIn(b"kde-1", body)
        weak = "W/" + answer.headers["ETag"].removeprefix("W/")
        changed = self.twice(desk, "PUT", path, text.replace("Consultation", "Later"),
                             Content_Type="text/calendar", If_Match=weak)
        self.assertEqual(204, changed.status, changed.text)
        stale = self.twice(desk, "PUT", path, text, Content_Type="text/calendar", If_Match=weak)
        self.assertEqual(412, stale.status)
        self.assertTrue(stale.text, "KDE says that there is no such file after an empty 412")


class OutlookAddIn(Replay):
    """CalDav Synchronizer."""

    def test_tests_the_connection_and_synchronises(self):
        add_in = self.client("CalDavSynchronizer/4.4", Content_Type="application/xml")
        where = add_in.propfind("/.well-known/caldav", "current-user-principal")
        self.assertIn(where.status, (301, 302, 303, 307))
        self.assertEqual(PRINCIPAL, href_in(add_in.propfind(
            "/", "current-user-principal").only(), "current-user-principal"))
        home = href_in(add_in.propfind(PRINCIPAL, "C:calendar-home-set").only(),
                       "C:calendar-home-set")
        self.assertIn(CALENDAR, add_in.propfind(home, """resourcetype displayname A:calendar-color
            C:supported-calendar-component-set""", depth=1).responses())
        self.assert_classes(add_in.ask("OPTIONS", CALENDAR), "calendar-access")
        found = add_in.propfind(CALENDAR, """resourcetype supported-report-set
            current-user-privilege-set owner CS:organizer current-user-principal
            C:calendar-user-address-set""")
        self.assertTrue({"write-content", "bind", "unbind"} <= self.privileges(found.only()))
        self.assertTrue(href_in(found.only(), "owner").startswith("/"))
        self.assertRegex(found.text, r"<(\w+:)?calendar-query\s*/>")
        address = add_in.propfind(PRINCIPAL, "C:calendar-user-address-set")
        self.assertRegex(address.text, r">mailto:[^<]+<")

        _, token = add_in.sync(CALENDAR, "", depth=0)
        path = f"{CALENDAR}{uuid.uuid4()}.ics"
        made = add_in.ask("PUT", path, event("outlook-1", now() + days(5)),
                          Content_Type="text/calendar", If_None_Match="*")
        self.assertEqual(201, made.status, made.text)
        entity_tag = add_in.propfind(path, "getetag").only()[tag("getetag")].text
        self.assertEqual(entity_tag, add_in.ask("GET", path).headers["etag"])
        self.assertEqual([path], list(add_in.sync(CALENDAR, token, depth=0)[0]))
        week = f'<C:time-range start="{utc(now())}" end="{utc(now() + days(7))}"/>'
        self.assertIn(path, add_in.query(CALENDAR, "getetag", week))
        data = add_in.multiget(CALENDAR, [path], "getetag displayname C:calendar-data", depth=1)
        self.assertIn("outlook-1", data[path][tag("C:calendar-data")].text)
        self.assertEqual(204, add_in.ask("DELETE", path, If_Match=entity_tag).status)
        gone = add_in.report(CALENDAR, "sync-collection", element("sync-token", token),
                             element("sync-level", "1"), properties("getetag"), depth=0)
        # Made and removed since: at most a removal.
        self.assertNotRegex(gone.text, "propstat>.*404")
        refused = add_in.report(CALENDAR, "sync-collection", element("sync-token", "urn:x:old"),
                                element("sync-level", "1"), properties("getetag"), depth=0)
        self.assertEqual((403, True),
                         (refused.status, bool(re.search("valid-sync-token", refused.text))))

    def test_makes_a_calendar_by_extended_mkcol(self):
        add_in = self.client("CalDavSynchronizer/4.4", Content_Type="application/xml")
        path = f"{HOME}{uuid.uuid4()}/"
        kind = element("resourcetype", "<D:collection/><C:calendar/>")
        made = add_in.ask("MKCOL", path, document("mkcol", element("set", element(
            "prop", kind, element("displayname", "From Outlook")))))
        self.assertEqual(201, made.status, made.text)
        colour = add_in.ask("PROPPATCH", path, document("propertyupdate", element(
            "set", element("prop", element("A:calendar-color", "#112233")))))
        self.assertEqual(207, colour.status)
        self.assertEqual(204, add_in.ask("DELETE", path).status)


class Tsdav(Replay):
    """Web calendars built on tsdav."""

    def test_finds_expands_and_synchronises_without_depth(self):
        web = self.client("node", Content_Type="text/xml;charset=UTF-8", Accept="*/*")
        where = web.propfind("/.well-known/caldav", "current-user-principal", depth=None)
        self.assertIn(where.status, (301, 302, 307))
        self.assertTrue(where.headers["location"].endswith("/"))
        self.assertEqual(207, web.propfind(HOME, """C:calendar-description C:calendar-timezone
            displayname A:calendar-color CS:getctag resourcetype C:supported-calendar-component-set
            sync-token""", depth=1).status)
        path = HOME + "tsdav/"
        values = element("displayname", "Web") + element("A:calendar-color")
        self.assertEqual(201, web.ask("MKCALENDAR", path, document("C:mkcalendar", element(
            "set", element("prop", values)))).status)
        start = now() + days(1)
        web.ask("PUT", path + "series.ics",
                event("tsdav-1", start, extra="RRULE:FREQ=DAILY;COUNT=5\n"),
                Content_Type="text/calendar; charset=utf-8", If_None_Match="*")
        span = f'start="{utc(start - days(1))}" end="{utc(start + days(30))}"'
        reply = web.report(path, "C:calendar-query",
                           element("prop", element("getetag"), element(
                               "C:calendar-data", f"<C:expand {span}/>")),
                           element("C:filter", '<C:comp-filter name="VCALENDAR">'
                                   f'<C:comp-filter name="VEVENT"><C:time-range {span}/>'
                                   "</C:comp-filter></C:comp-filter>"), depth=1).responses()
        self.assertEqual(5, reply[path + "series.ics"][tag("C:calendar-data")].text.count(
            "BEGIN:VEVENT"))
        body = document("sync-collection", element("sync-level", "1"), element("sync-token"),
                        properties("getetag C:calendar-data displayname"))
        reply = web.ask("REPORT", path, body)
        self.assertIn(path + "series.ics", reply.responses())
        busy = web.ask("REPORT", path, document("C:free-busy-query", f"<C:time-range {span}/>"))
        self.assertEqual(200, busy.status)
        self.assertEqual(5, len(re.findall(r"\d{8}T\d{6}Z/", busy.text)))


class Thunderbird(Replay):
    """Its wizard, which looks for CalDAV and for a plain calendar file at the same time."""

    def test_finds_the_calendars_and_offers_no_file_to_write(self):
        window = self.client("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 "
                             "Thunderbird/153.7.0", Accept="text/xml", Sec_Fetch_Mode="cors",
                             Sec_Fetch_Site="same-origin", Priority="u=4",
                             Origin=f"http://127.0.0.1:{self.server.port}")
        for path in ("/", PRINCIPAL):
            for method in ("HEAD", "GET"):
                self.assertIn(window.ask(method, path).status, (200, 302, 303, 403, 404, 405))
            tried = window.ask("PUT", path, "", If_Match="nothing")
            self.assertIn(tried.status, (403, 405), "412 would be offered as a writable file")
        names = """resourcetype owner displayname current-user-principal
            current-user-privilege-set A:calendar-color C:calendar-home-set"""
        self.assertEqual(PRINCIPAL, href_in(window.propfind("/", names).only(),
                                            "current-user-principal"))
        listed = window.propfind(HOME, """resourcetype displayname current-user-privilege-set
            A:calendar-color""", depth=1).responses()
        self.assertTrue({"write", "write-content"} <= self.privileges(listed[CALENDAR]))
        self.assertEqual(200, window.ask("OPTIONS", HOME, password=False).status)
        self.assert_classes(window.ask("OPTIONS", HOME), "calendar-auto-schedule")
        found = window.propfind(PRINCIPAL, """C:calendar-home-set C:calendar-user-address-set
            C:schedule-inbox-URL C:schedule-outbox-URL""").only()
        self.assertEqual(4, len(found), "all of them, or it takes the server as not scheduling")


if __name__ == "__main__":
    unittest.main()
