"""The way of a guest without a calendar program: from the mail to the page that asks, in a real
browser, to what the clinician finds in her calendar and in her mailbox. The pictures stay in
build/screenshots."""

import re
import unittest

import icalendar

from browser import Browser
from mail_test import BEN, MailCase
from support import ROOT, curl, days, event, now

PICTURES = ROOT / "build" / "screenshots"


class AnswerPage(MailCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def links(self, extra=""):
        """A session is made; what its guest finds in the mail, by their last word."""
        self.put("a.ics", event("a", now() + days(3), guests=[BEN], summary="Depression",
                                extra=extra))
        [(_, mail)] = self.postfix.next_mails(1)
        plain = self.parts(mail)["text/plain"].get_content()
        found = re.findall(r"http://\S+/rsvp/\S+/(\S+)", plain)
        self.assertEqual(["accept", "decline", "another-time"], found)
        return {link.rsplit("/", 1)[1]: link for link in re.findall(r"http://\S+/rsvp/\S+", plain)}

    def open(self, url, picture):
        self.browser.open(url)
        self.browser.screenshot(PICTURES / picture)
        self.assertEqual([], self.browser.problems)
        return self.browser.text()

    def status(self):
        line = icalendar.Calendar.from_ical(self.text("a.ics")).walk("VEVENT")[0]["ATTENDEE"]
        return line.params.get("PARTSTAT")

    def test_a_guest_accepts_and_changes_their_mind(self):
        links = self.links()
        before = self.text("a.ics")
        for link in links.values():  # as a mail scanner does
            self.assertEqual(200, curl(link, login=None).status)

        text = self.open(links["accept"], "answer-accept.png")

        self.assertIn("Accept this appointment?", text)
        self.assertNotIn("Depression", text)
        self.assertEqual(before, self.text("a.ics"))
        self.browser.click("button[value=accept]")
        self.assertIn("You accepted", self.browser.text())
        self.browser.screenshot(PICTURES / "answer-done.png")
        self.assertEqual("ACCEPTED", self.status())
        self.browser.click("button[value=decline]")
        self.assertEqual("DECLINED", self.status())
        self.assertEqual([], self.browser.problems)

    def test_without_javascript_one_occurrence_is_declined(self):
        links = self.links(extra="RRULE:FREQ=WEEKLY;COUNT=3\n")
        self.browser.call("Emulation.setScriptExecutionDisabled", value=True)
        self.addCleanup(self.browser.call, "Emulation.setScriptExecutionDisabled", value=False)
        self.open(links["decline"], "answer-series.png")
        self.browser.call("Emulation.setScriptExecutionDisabled", value=False)

        self.browser.evaluate("document.querySelector('input[value=one]').checked = true")
        self.browser.click("button[value=decline]")

        statuses = [each["ATTENDEE"].params.get("PARTSTAT") for each in
                    icalendar.Calendar.from_ical(self.text("a.ics")).walk("VEVENT")]
        self.assertEqual(["DECLINED", "NEEDS-ACTION"], sorted(statuses))

    def test_another_time_reaches_the_clinician_as_a_counter_proposal(self):
        links = self.links()
        before = self.text("a.ics")
        self.open(links["another-time"], "answer-another-time.png")
        wanted = now() + days(5)

        self.browser.evaluate(f"""
            document.querySelector('[name=date]').value = '{wanted:%Y-%m-%d}';
            document.querySelector('[name=time]').value = '10:30';
            document.querySelector('[name=comment]').value = 'I work on Mondays'""")
        self.browser.click("button[value=another-time]")

        self.assertIn("We have asked your practice", self.browser.text())
        [(mailbox, mail)] = self.postfix.next_mails(1)
        self.assertEqual("ada", mailbox)
        self.assertEqual(f"Ben <{BEN}>", mail["Reply-To"])
        self.assertTrue(mail["Subject"].startswith("New time proposed: Depression, "))
        counter = self.vevent(mail, "COUNTER")
        self.assertEqual("a", counter["UID"])
        self.assertEqual(f"{wanted:%Y%m%d}T1030", f"{counter['DTSTART'].dt:%Y%m%dT%H%M}")
        self.assertEqual("I work on Mondays", counter["COMMENT"])
        self.assertIn("I work on Mondays", self.parts(mail)["text/plain"].get_content())
        self.assertEqual(before, self.text("a.ics"))

    def test_nothing_is_wider_than_a_small_phone(self):
        links = self.links(extra="RRULE:FREQ=WEEKLY;COUNT=3\n")
        self.browser.resize(320, 640)
        self.addCleanup(self.browser.resize, 412, 915)

        self.open(links["accept"].rsplit("/", 1)[0], "answer-small.png")

        self.assertEqual(320, self.browser.evaluate("document.scrollingElement.scrollWidth"))


if __name__ == "__main__":
    unittest.main()
