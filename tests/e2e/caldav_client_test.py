"""python-caldav: discovery, events and todos, searching, sync tokens, two clients, sessions."""

import datetime
import unittest

import caldav
from caldav.lib import error

from support import (BERLIN, PASSWORD, ServerCase, calendar, days, event, guest_link, join_links,
                     lines_of, minutes, now, put, unfold, utc)


def todo(uid, summary, extra=""):
    return calendar(f"BEGIN:VTODO\nUID:{uid}\nDTSTAMP:{utc(now())}\nSUMMARY:{summary}\n{extra}"
                    "END:VTODO\n")


class ClientCase(ServerCase):
    def client(self, login="ada"):
        client = caldav.DAVClient(self.server.url, username=login, password=PASSWORD)
        self.addCleanup(client.session.close)
        return client

    def calendar(self, login="ada", name="calendar"):
        calendars = self.client(login).principal().calendars()
        return next(each for each in calendars if str(each.url).endswith(f"/{name}/"))


class Discovery(ClientCase):
    def test_principal_home_and_calendars_are_found_from_the_host_alone(self):
        principal = self.client().principal()

        self.assertEqual(principal.url.path, "/principals/ada/")
        self.assertEqual(principal.calendar_home_set.url.path, "/calendars/ada/")
        paths = {each.url.path for each in principal.calendars()}
        self.assertIn("/calendars/ada/calendar/", paths)
        self.assertIn("/calendars/ada/tasks/", paths)

    def test_the_principal_knows_its_address(self):
        addresses = self.client().principal().calendar_user_address_set()

        self.assertIn("mailto:ada@practice.example", addresses)

    def test_a_wrong_password_is_refused(self):
        client = caldav.DAVClient(self.server.url, username="ada", password="wrong password")

        with self.assertRaises(error.AuthorizationError):
            client.principal()

    def test_a_calendar_is_made_renamed_and_deleted(self):
        principal = self.client().principal()
        made = principal.make_calendar(name="Evening clinic", cal_id="evening")

        self.assertEqual(self.calendar(name="evening").get_display_name(), "Evening clinic")
        made.set_properties([caldav.elements.dav.DisplayName("Night clinic")])
        self.assertEqual(self.calendar(name="evening").get_display_name(), "Night clinic")
        made.delete()
        paths = {each.url.path for each in principal.calendars()}
        self.assertNotIn("/calendars/ada/evening/", paths)


class Events(ClientCase):
    def test_create_change_list_and_delete(self):
        cal = self.calendar()
        made = cal.save_event(event("life", now() + days(1), summary="First"))
        self.assertIn("First", cal.event_by_uid("life").data)

        made.load()
        made.data = made.data.replace("First", "Second")
        made.save()
        self.assertIn("Second", cal.event_by_url(made.url).data)
        self.assertIn(made.url, [each.url for each in cal.events()])

        made.delete()
        with self.assertRaises(error.NotFoundError):
            cal.event_by_url(made.url)

    def test_moving_to_another_calendar(self):
        source = self.calendar()
        target = self.client().principal().make_calendar(name="Other", cal_id="other")
        made = source.save_event(event("moving", now() + days(1)))
        answer = made.client.request(
            str(made.url), "MOVE",
            headers={"Destination": str(target.url) + "moving.ics", "Overwrite": "F"})

        self.assertEqual(answer.status, 201)
        self.assertEqual(len(target.events()), 1)
        with self.assertRaises(error.NotFoundError):
            source.event_by_url(made.url)

    def test_a_second_object_with_the_same_uid_is_refused(self):
        cal = self.calendar()
        cal.save_event(event("twice", now() + days(1)))
        answer = put(str(cal.url) + "another-name.ics", event("twice", now() + days(2)))

        self.assertIn(answer.status, (403, 409))
        self.assertIn("no-uid-conflict", answer.text)

    def test_todos(self):
        tasks = self.calendar(name="tasks")
        tasks.save_todo(todo("todo-1", "Write the report", "DUE:20300101T100000Z\n"))
        tasks.save_todo(todo("todo-2", "Done already", "STATUS:COMPLETED\n"))

        self.assertEqual(["todo-1"], [each.vobject_instance.vtodo.uid.value
                                      for each in tasks.todos()])
        open_ = tasks.todo_by_uid("todo-1")
        open_.delete()
        self.assertEqual([], tasks.todos())


class Searching(ClientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Mondays at nine in Berlin through a change of the clocks; the second is moved to Tuesday.
        series = (BERLIN + "BEGIN:VEVENT\nUID:series\nDTSTAMP:20300101T000000Z\n"
                  "DTSTART;TZID=Europe/Berlin:20300318T090000\n"
                  "DTEND;TZID=Europe/Berlin:20300318T093000\n"
                  "RRULE:FREQ=WEEKLY;COUNT=4\nSUMMARY:Monday round\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:series\nDTSTAMP:20300101T000000Z\n"
                  "RECURRENCE-ID;TZID=Europe/Berlin:20300325T090000\n"
                  "DTSTART;TZID=Europe/Berlin:20300326T140000\n"
                  "DTEND;TZID=Europe/Berlin:20300326T143000\nSUMMARY:Moved round\nEND:VEVENT\n")
        client = caldav.DAVClient(cls.server.url, username="ada", password=PASSWORD)
        cal = next(each for each in client.principal().calendars()
                   if str(each.url).endswith("/calendar/"))
        cal.save_event(calendar(series))
        cal.save_event(event("elsewhere", now() + days(1)))

    def found(self, start, end, expand=False):
        zone = datetime.timezone.utc
        return self.calendar().date_search(datetime.datetime(*start, tzinfo=zone),
                                           datetime.datetime(*end, tzinfo=zone), expand=expand)

    def test_a_time_range_finds_a_series_by_any_instance(self):
        found = self.found((2030, 4, 8), (2030, 4, 9))

        self.assertEqual(1, len(found))
        self.assertIn("RRULE:FREQ=WEEKLY;COUNT=4", unfold(found[0].data))

    def test_a_time_range_between_instances_finds_nothing(self):
        self.assertEqual([], self.found((2030, 3, 20), (2030, 3, 24)))

    def test_the_moved_instance_is_found_at_its_new_time_only(self):
        self.assertEqual(1, len(self.found((2030, 3, 26, 12), (2030, 3, 26, 14))))
        self.assertEqual([], self.found((2030, 3, 25, 6), (2030, 3, 25, 12)))

    def test_expanding_gives_utc_instances_across_the_change_of_clocks(self):
        found = self.found((2030, 3, 1), (2030, 5, 1), expand=True)

        starts = sorted(line.rsplit(":", 1)[1] for each in found
                        for line in lines_of(each.data, "DTSTART"))
        self.assertEqual(["20300318T080000Z", "20300326T130000Z", "20300401T070000Z",
                          "20300408T070000Z"], starts)


class Syncing(ClientCase):
    def test_a_token_gives_exactly_what_changed(self):
        cal = self.client().principal().make_calendar(name="Sync", cal_id="sync")
        kept = cal.save_event(event("kept", now() + days(1)))
        gone = cal.save_event(event("gone", now() + days(1)))
        known = cal.objects(load_objects=True)
        self.assertEqual(2, len(list(known)))

        gone.delete()
        kept.load()
        kept.data = kept.data.replace("Consultation", "Changed")
        kept.save()
        cal.save_event(event("new", now() + days(2)))
        updated, deleted = known.sync()

        self.assertEqual({"kept", "new"},
                         {each.vobject_instance.vevent.uid.value for each in updated})
        self.assertEqual([gone.url], [each.url for each in deleted])
        self.assertEqual(([], []), tuple(map(list, known.sync())))

    def test_a_token_of_somebody_else_is_refused(self):
        cal = self.calendar()

        with self.assertRaisesRegex(error.DAVError, "Forbidden"):  # its name for every 403
            cal.objects_by_sync_token("urn:nonsense")

    def test_two_clients_see_each_others_changes(self):
        first, second = self.calendar(), self.calendar()
        made = first.save_event(event("shared", now() + days(1)))
        seen = second.event_by_uid("shared")
        seen.data = seen.data.replace("Consultation", "From the second")
        seen.save()

        made.load()
        self.assertIn("From the second", made.data)


class Sessions(ClientCase):
    guest = "patient@home.example"

    def save(self, uid, **more):
        cal = self.calendar()
        cal.save_event(event(uid, now() + days(1), guests=[self.guest], **more))
        return cal.event_by_uid(uid)

    def test_every_participant_gets_a_link_where_clients_show_it(self):
        text = self.save("links").data

        theirs = guest_link(text, self.guest)
        url = lines_of(text, "URL")[0].split(":", 1)[1]
        self.assertRegex(theirs, r"/j/[A-Za-z0-9_-]{38}$")
        self.assertRegex(url, r"/j/[A-Za-z0-9_-]{38}$")
        self.assertNotEqual(theirs, url)
        self.assertEqual(url, lines_of(text, "LOCATION")[0].split(":", 1)[1])
        self.assertIn(url, lines_of(text, "CONFERENCE")[0])
        self.assertIn(url, lines_of(text, "DESCRIPTION")[0])
        self.assertEqual({theirs, url}, set(join_links(text)))

    def test_saving_what_was_read_keeps_the_links_and_one_block(self):
        read = self.save("again", extra="DESCRIPTION:Bring the plan.\n")
        before = read.data
        for _ in range(3):
            read.data = read.data.replace("SUMMARY:Consultation", "SUMMARY:Consultation again")
            read.save()
            read.load()

        self.assertEqual(sorted(join_links(before)), sorted(join_links(read.data)))
        self.assertEqual(1, len(lines_of(read.data, "URL")))
        self.assertEqual(1, len(lines_of(read.data, "CONFERENCE")))
        self.assertEqual(1, lines_of(read.data, "DESCRIPTION")[0].count("---===---"))
        self.assertIn("Bring the plan.", lines_of(read.data, "DESCRIPTION")[0])

    def test_a_forged_link_is_replaced(self):
        forged = "https://evil.example/j/" + "A" * 38
        text = self.save("forged", extra=f"URL:{forged}\nLOCATION:{forged}\n").data

        self.assertNotIn("evil.example", text)

    def test_an_event_without_guests_or_with_its_own_conference_is_left_alone(self):
        cal = self.calendar()
        plain = event("plain", now() + days(1))
        cal.save_event(plain)
        foreign = event("foreign", now() + days(1), guests=[self.guest],
                        extra="CONFERENCE;VALUE=URI:https://meet.example.org/abc\n")
        cal.save_event(foreign)

        self.assertEqual([], join_links(cal.event_by_uid("plain").data))
        self.assertEqual([], join_links(cal.event_by_uid("foreign").data))

    def test_a_series_has_a_series_link_and_each_exception_its_own(self):
        read = self.save("weekly", extra="RRULE:FREQ=WEEKLY;COUNT=3\n")
        series = guest_link(read.data, self.guest)
        start = lines_of(read.data, "DTSTART")[0].split(":")[1]
        override = read.data[read.data.index("BEGIN:VEVENT"):read.data.index("END:VCALENDAR")]
        override = "\r\n".join(line for line in override.splitlines()
                               if not line.startswith("RRULE"))
        override = override.replace("UID:weekly", f"UID:weekly\r\nRECURRENCE-ID:{start}")
        read.data = read.data.replace("END:VCALENDAR", override + "\r\nEND:VCALENDAR")
        read.save()
        read.load()

        links = {link for link in join_links(read.data)}
        self.assertEqual(4, len(links))  # host and guest, of the series and of the exception
        self.assertIn(series, links)
        listed = [each for each in self.server.sessions("--host", "ada")
                  if each["title"] == "Consultation" and len(each["participants"]) == 2]
        self.assertGreaterEqual(len(listed), 3)

    def test_minutes_do_not_matter_for_the_link(self):
        read = self.save("moved")
        link = guest_link(read.data, self.guest)
        read.data = event("moved", now() + days(5) + minutes(7), guests=[self.guest])
        read.save()

        self.assertEqual(link, guest_link(self.calendar().event_by_uid("moved").data, self.guest))


if __name__ == "__main__":
    unittest.main()
