"""The join page in a real browser on a phone's screen: each state as a patient sees it, and the
way into the call. The pictures stay in build/screenshots."""

import http.server
import threading
import unittest

from browser import Browser
from support import (ROOT, Server, ServerCase, curl, event, guest_link, lines_of, minutes, now, put)

PICTURES = ROOT / "build" / "screenshots"
GUEST = "patient@home.example"


def put_session(server, name, start):
    """Makes a session with one guest; the guest's link and the host's."""
    url = f"{server.url}/calendars/ada/calendar/{name}.ics"
    put(url, event(name, start, guests=[GUEST], summary="Secret diagnosis"))
    text = curl(url).text
    return guest_link(text, GUEST), lines_of(text, "URL")[0].split(":", 1)[1]


class JoinPage(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def open(self, url, picture=None):
        self.browser.open(url)
        if picture:
            self.browser.screenshot(PICTURES / picture)
        self.assertEqual([], self.browser.problems)
        return self.browser.text()

    def state(self):
        return self.browser.evaluate("document.getElementById('session').dataset.state")

    def buttons(self):
        return self.browser.evaluate("document.querySelectorAll('button').length")

    def test_early_counts_down_in_the_readers_zone_and_has_no_way_in(self):
        guest, _ = put_session(self.server, "early", now() + minutes(45))

        text = self.open(guest, "join-early.png")

        self.assertEqual("early", self.state())
        self.assertRegex(text, r"\b(39|40):\d\d\b")
        self.assertIn("Europe/Berlin", text)
        self.assertIn("Dr Ada", text)
        self.assertEqual(0, self.buttons())

    def test_the_page_opens_by_itself_when_the_session_is_moved_to_now(self):
        guest, _ = put_session(self.server, "dragged", now() + minutes(45))
        self.open(guest)
        put_session(self.server, "dragged", now() + minutes(1))

        self.browser.evaluate("""new Promise((done) => {
            const look = () => document.getElementById('session').dataset.state === 'open'
                ? done() : setTimeout(look, 100);
            document.dispatchEvent(new Event('visibilitychange'));
            look();
        })""")

        self.assertEqual("open", self.state())
        self.assertEqual(1, self.buttons())

    def test_open_leads_into_the_call_by_one_button(self):
        guest, _ = put_session(self.server, "open", now() + minutes(2))
        self.open(guest, "join-open.png")
        self.assertEqual("open", self.state())
        self.assertEqual(1, self.buttons())

        self.browser.click("button")

        self.assertIn("/call/", self.browser.evaluate("location.pathname"))
        self.assertEqual([], self.browser.problems)

    def test_over_says_so(self):
        guest, _ = put_session(self.server, "over", now() - minutes(90))

        self.open(guest, "join-over.png")

        self.assertEqual("over", self.state())
        self.assertEqual(0, self.buttons())

    def test_a_guest_does_not_see_the_title_and_the_host_does(self):
        guest, host = put_session(self.server, "title", now() + minutes(2))

        self.assertNotIn("Secret diagnosis", self.open(guest))
        self.assertIn("Secret diagnosis", self.open(host, "join-host.png"))

    def test_an_unknown_link_has_a_page(self):
        self.open(self.server.url + "/j/" + "A" * 38, "join-unknown.png")

        self.assertEqual("unknown", self.state())

    def test_nothing_is_wider_than_a_small_phone(self):
        guest, _ = put_session(self.server, "small", now() + minutes(45))
        self.browser.resize(320, 640)
        self.addCleanup(self.browser.resize, 412, 915)

        self.open(guest, "join-small.png")

        width = self.browser.evaluate("document.scrollingElement.scrollWidth")
        self.assertEqual(320, width)


class CallElsewhere(unittest.TestCase):
    def test_the_button_leads_to_the_configured_video_service(self):
        class Service(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>call</title>")

            def log_message(self, *arguments):
                pass

        service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.addCleanup(service.server_close)
        self.addCleanup(service.shutdown)
        address = f"http://127.0.0.1:{service.server_address[1]}"
        server = Server(config=f'[call]\nurl = "{address}/{{room}}"\n')
        self.addCleanup(server.stop)
        server.start()
        browser = Browser()
        self.addCleanup(browser.close)
        guest, host = put_session(server, "elsewhere", now() + minutes(2))

        rooms = []
        for link in (guest, host):
            browser.open(link)
            browser.click("button")  # the page's policy on forms must let this origin through
            rooms.append(browser.evaluate("location.href"))

        self.assertEqual([], browser.problems)
        self.assertTrue(rooms[0].startswith(address + "/"), rooms)
        self.assertEqual(rooms[0], rooms[1])
        self.assertNotIn(guest.rsplit("/", 1)[1], rooms[0])


if __name__ == "__main__":
    unittest.main()
