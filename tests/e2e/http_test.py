"""HTTP as curl speaks it: discovery, passwords, conditional requests, limits, encodings, feeds,
join links."""

import datetime
import gzip
import http.client
import unittest

from support import (ServerCase, curl, days, event, guest_link, join_links, lines_of, minutes, now,
                     put, run)


class Discovery(ServerCase):
    def test_well_known_redirects_without_a_password(self):
        answer = curl(self.server.url + "/.well-known/caldav", "--request", "PROPFIND", login=None)

        self.assertIn(answer.status, (301, 302, 307))
        self.assertEqual(answer.headers["location"], self.server.url + "/")

    def test_propfind_without_a_password_asks_for_one(self):
        answer = curl(self.server.url + "/", "--request", "PROPFIND", login=None)

        self.assertEqual(answer.status, 401)
        self.assertIn("Basic", answer.headers["www-authenticate"])

    def test_a_wrong_password_is_401(self):
        answer = curl(self.server.url + "/calendars/ada/", "--request", "PROPFIND",
                      password="wrong password")

        self.assertEqual(answer.status, 401)

    def test_a_challenge_reads_the_body_and_keeps_the_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("PUT", "/calendars/ada/calendar/kept.ics", body=b"X" * 100_000)
        challenge = connection.getresponse()
        challenge.read()
        socket = connection.sock

        connection.request("GET", "/healthz")

        self.assertEqual((401, 200), (challenge.status, connection.getresponse().status))
        self.assertIs(connection.sock, socket)

    def test_options_names_calendar_access_without_a_password(self):
        answer = curl(self.server.url + "/calendars/ada/calendar/", "--request", "OPTIONS",
                      login=None)

        self.assertEqual(answer.status, 200)
        self.assertIn("calendar-access", answer.headers["dav"])

    def test_propfind_of_the_root_names_the_principal(self):
        body = (b'<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>')
        answer = curl(self.server.url + "/", "--request", "PROPFIND", "--header", "Depth: 0",
                      "--data-binary", "@-", stdin=body)

        self.assertEqual(answer.status, 207)
        self.assertIn("/principals/ada/", answer.text)

    def test_nobody_reads_another_ones_calendar(self):
        self.server.add_account("bob")

        answer = curl(self.server.url + "/calendars/ada/calendar/", "--request", "PROPFIND",
                      login="bob")

        self.assertIn(answer.status, (403, 404))


class Objects(ServerCase):
    def url_of(self, name):
        return f"{self.server.url}/calendars/ada/calendar/{name}.ics"

    def test_put_get_and_conditional_requests(self):
        url = self.url_of("conditional")
        text = event("conditional", now() + days(1))

        made = put(url, text, "If-None-Match: *")
        self.assertEqual(made.status, 201)
        again = put(url, text, "If-None-Match: *")
        self.assertEqual(again.status, 412)
        self.assertNotEqual(again.bytes, b"")

        read = curl(url)
        self.assertEqual(read.status, 200)
        self.assertEqual(read.text, text)
        self.assertEqual(read.headers["etag"], made.headers["etag"])
        self.assertEqual(curl(url, "--header", f"If-None-Match: {read.headers['etag']}").status,
                         304)

        changed = put(url, text.replace("Consultation", "Changed"),
                      f"If-Match: {read.headers['etag']}")
        self.assertEqual(changed.status, 204)
        stale = put(url, text, f"If-Match: {read.headers['etag']}")
        self.assertEqual(stale.status, 412)
        self.assertIn("Changed", curl(url).text)

        self.assertEqual(curl(url, "--request", "DELETE").status, 204)
        self.assertEqual(curl(url).status, 404)

    def test_head_says_what_get_says(self):
        url = self.url_of("head")
        put(url, event("head", now() + days(1)))

        answer = curl(url, "--head")

        self.assertEqual(answer.status, 200)
        self.assertEqual(int(answer.headers["content-length"]), len(curl(url).bytes))
        self.assertEqual(answer.headers["etag"], curl(url).headers["etag"])

    def test_a_body_too_large_is_413_and_the_connection_goes_on_serving(self):
        answer = put(self.url_of("large"), "X" * (11 * 1024 * 1024))

        self.assertEqual(answer.status, 413)
        self.assertEqual(curl(self.server.url + "/healthz", login=None).status, 200)

    def test_an_object_too_large_names_the_precondition(self):
        text = event("long", now(), summary="X" * (1200 * 1024))

        answer = put(self.url_of("long"), text)

        self.assertIn(answer.status, (403, 413))
        self.assertIn("max-resource-size", answer.text)

    def test_a_gzipped_body_is_taken(self):
        url = self.url_of("gzip")
        text = event("gzip", now() + days(1))

        answer = curl(url, "--request", "PUT", "--header", "Content-Encoding: gzip", "--header",
                      "Content-Type: text/calendar", "--data-binary", "@-",
                      stdin=gzip.compress(text.encode()))

        self.assertEqual(answer.status, 201)
        self.assertEqual(curl(url).text, text)

    def test_an_answer_is_gzipped_for_those_who_take_it(self):
        url = self.url_of("gzipped-answer")
        text = event("gzipped-answer", now() + days(1), extra="COMMENT:" + "long " * 800 + "\n")
        put(url, text)

        answer = curl(url, "--header", "Accept-Encoding: gzip")

        self.assertEqual(answer.headers.get("content-encoding"), "gzip")
        self.assertEqual(gzip.decompress(answer.bytes).decode(), text)

    def test_a_chunked_body_is_taken(self):
        url = self.url_of("chunked")
        text = event("chunked", now() + days(1))

        answer = put(url, text, "Transfer-Encoding: chunked")

        self.assertEqual(answer.status, 201)
        self.assertEqual(curl(url).text, text)

    def test_what_is_not_a_calendar_is_refused(self):
        answer = put(self.url_of("nonsense"), "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

        self.assertEqual(answer.status, 403)
        self.assertIn("valid-calendar", answer.text)

    def test_thunderbirds_empty_put_to_the_root_makes_nothing(self):
        answer = put(self.server.url + "/", "", "If-Match: nothing")

        self.assertIn(answer.status, (403, 405))


class Joining(ServerCase):
    """A session around the present moment, seen through its links."""

    guest = "patient@home.example"

    def session(self, name, start, length=minutes(30), extra=""):
        """Puts an event with one guest; its text as read back."""
        url = f"{self.server.url}/calendars/ada/calendar/{name}.ics"
        answer = put(url, event(name, start, length, guests=[self.guest], extra=extra))
        self.assertIn(answer.status, (201, 204))
        self.assertNotIn("etag", answer.headers)  # the server changed what was sent
        return curl(url).text

    def look(self, link):
        return curl(link, "--header", "Accept: application/json", login=None)

    def enter(self, link, *options):
        return curl(link + "/enter", "--request", "POST", *options, login=None)

    def test_early_open_and_over_as_data(self):
        cases = (("early", now() + minutes(20), 200), ("open", now() + minutes(2), 200),
                 ("over", now() - minutes(60), 410))
        for state, start, status in cases:
            with self.subTest(state):
                link = guest_link(self.session(f"state-{state}", start), self.guest)

                answer = self.look(link)

                self.assertEqual(answer.json()["state"], state)
                self.assertEqual(answer.status, status)
                self.assertIn("no-store", answer.headers["cache-control"])

    def test_the_window_is_five_minutes_for_guests_and_thirty_for_hosts(self):
        text = self.session("window", now() + minutes(20))
        link = guest_link(text, self.guest)
        host = lines_of(text, "URL")[0].split(":", 1)[1]
        self.assertNotEqual(link, host)

        guest_view, host_view = self.look(link).json(), self.look(host).json()

        self.assertEqual((guest_view["state"], guest_view["role"]), ("early", "guest"))
        self.assertEqual((host_view["state"], host_view["role"]), ("open", "host"))

        def read(text):
            return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        self.assertEqual(read(guest_view["start"]) - read(guest_view["opens"]), minutes(5))
        self.assertEqual(read(host_view["start"]) - read(host_view["opens"]), minutes(30))

    def test_entering_admits_in_the_window_only(self):
        early = guest_link(self.session("enter-early", now() + minutes(20)), self.guest)
        open_ = guest_link(self.session("enter-open", now() + minutes(2)), self.guest)
        over = guest_link(self.session("enter-over", now() - minutes(90)), self.guest)

        self.assertEqual(self.enter(early).status, 403)
        self.assertEqual(self.enter(over).status, 410)
        admitted = self.enter(open_)
        self.assertEqual(admitted.status, 303)
        self.assertIn("/call/", admitted.headers["location"])
        self.assertEqual(curl(admitted.headers["location"], login=None).status, 200)

    def test_get_and_head_never_enter(self):
        link = guest_link(self.session("scanner", now() + minutes(2)), self.guest)

        for option in ("--get", "--head"):
            with self.subTest(option):
                answer = curl(link + "/enter", option, login=None)
                self.assertEqual(answer.status, 303)
                self.assertTrue(link.endswith(answer.headers["location"]))

    def test_another_site_cannot_push_somebody_in(self):
        link = guest_link(self.session("cross-site", now() + minutes(2)), self.guest)

        self.assertEqual(self.enter(link, "--header", "Sec-Fetch-Site: cross-site").status, 403)

    def test_dragging_the_event_moves_the_window_and_keeps_the_link(self):
        first = self.session("dragged", now() + days(2))
        link = guest_link(first, self.guest)
        self.assertEqual(self.look(link).json()["state"], "early")

        second = self.session("dragged", now() + minutes(1))

        self.assertEqual(guest_link(second, self.guest), link)
        self.assertEqual(self.look(link).json()["state"], "open")

    def test_a_deleted_event_is_cancelled_and_a_removed_guest_is_told(self):
        text = self.session("removed", now() + minutes(1))
        link = guest_link(text, self.guest)
        url = f"{self.server.url}/calendars/ada/calendar/removed.ics"

        put(url, event("removed", now() + minutes(1), guests=["other@home.example"]))
        self.assertEqual(self.look(link).json()["state"], "removed")
        self.assertEqual(self.enter(link).status, 410)

        link = guest_link(self.session("deleted", now() + minutes(1)), self.guest)
        curl(url.replace("removed", "deleted"), "--request", "DELETE")
        self.assertEqual(self.look(link).json()["state"], "cancelled")

    def test_a_guessed_or_damaged_link_is_unknown(self):
        link = guest_link(self.session("damaged", now() + minutes(1)), self.guest)
        damaged = link[:-1] + ("A" if link[-1] != "A" else "B")

        for guess in (damaged, self.server.url + "/j/" + "A" * 38, self.server.url + "/j/x"):
            with self.subTest(guess):
                answer = self.look(guess)
                self.assertEqual(answer.status, 404)
                self.assertEqual(answer.json()["state"], "unknown")

    def test_no_link_is_at_rest(self):
        text = self.session("at-rest", now() + minutes(1))

        backup = self.server.folder / "backup"
        self.server.command("backup", str(backup))
        stored = backup.read_bytes() + b"".join(
            file.read_bytes() for file in self.server.data.glob("appointed.db*"))

        self.assertIn(b"at-rest", stored)
        for link in join_links(text):
            self.assertNotIn(link.rsplit("/", 1)[1].encode(), stored)

    def test_the_file_for_a_guests_calendar_has_that_guests_link_only(self):
        text = self.session("file", now() + minutes(20))
        link = guest_link(text, self.guest)

        answer = curl(link + "/session.ics", login=None)

        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["content-type"].startswith("text/calendar"))
        self.assertEqual(set(join_links(answer.text)), {link})
        self.assertNotIn(self.guest, answer.text)


class Feeds(ServerCase):
    guest = "patient@home.example"

    def test_a_feed_shows_the_readers_own_links_and_answers_304(self):
        url = f"{self.server.url}/calendars/ada/calendar/feed.ics"
        put(url, event("feed", now() + days(1), guests=[self.guest, "second@home.example"]))
        link = guest_link(curl(url).text, self.guest)
        address = self.server.command("feed", self.guest).strip()
        address = self.server.url + "/feeds/" + address.split("/feeds/")[1]

        first = curl(address, login=None)
        self.assertEqual(first.status, 200)
        self.assertEqual({at.split("/j/")[1] for at in join_links(first.text)},
                         {link.split("/j/")[1]})
        self.assertNotIn("second@home.example", first.text)
        tag = f"If-None-Match: {first.headers['etag']}"
        self.assertEqual(curl(address, "--header", tag, login=None).status, 304)

        put(url, event("feed", now() + days(3), guests=[self.guest]))
        self.assertEqual(curl(address, "--header", tag, login=None).status, 200)

    def test_a_revoked_feed_is_gone(self):
        path = self.server.command("feed", self.guest).strip().split("/feeds/")[1]
        self.server.command("feed", self.guest, "--revoke")

        self.assertEqual(curl(self.server.url + "/feeds/" + path, login=None).status, 404)


if __name__ == "__main__":
    unittest.main()
