"""Invitations by mail, through a real mail server: what each guest finds in their mailbox when a
clinician makes, moves and cancels a session with her calendar client."""

import datetime
import os
import re
import unittest
from email.message import EmailMessage

import icalendar

from postfix import Postfix
from support import (Server, curl, days, email, event, guest_link, join_links, minutes, now, put,
                     utc)

CALENDAR = "/calendars/ada/calendar/"
BEN, CLEO = "ben@home.example", "cleo@home.example"


@unittest.skipUnless(os.geteuid() == 0, "Postfix starts as root only")
class MailCase(unittest.TestCase):
    settle_seconds = 1
    more = ""

    def setUp(self):
        self.postfix = Postfix()
        self.addCleanup(self.postfix.remove)
        self.postfix.start()
        self.server = Server(config=f"""[mail]
smtp_url = "smtp://127.0.0.1:{self.postfix.port}"
from = "sessions@practice.example"
tls = "none"
settle_seconds = {self.settle_seconds}
{self.more}""")
        self.addCleanup(self.server.stop)
        self.server.start()

    def put(self, name, text):
        answer = put(self.server.url + CALENDAR + name, text)
        self.assertIn(answer.status, (201, 204), answer.text)

    def text(self, name):
        return curl(self.server.url + CALENDAR + name).text

    def wait_for_delivery(self, name, address, status):
        """Until the clinician's program would find that of a guest's mail."""
        def found():
            lines = icalendar.Calendar.from_ical(self.text(name)).walk("VEVENT")[0]["ATTENDEE"]
            lines = lines if isinstance(lines, list) else [lines]
            return [line.params.get("SCHEDULE-STATUS") for line in lines
                    if line == f"mailto:{address}"] == [status]
        self.postfix.wait_for(found, f"{address} is not {status}")

    def parts(self, message):
        """The mail's shape, and its texts by content type."""
        self.assertEqual("multipart/mixed", message.get_content_type())
        alternative, attachment = message.iter_parts()
        self.assertEqual("multipart/alternative", alternative.get_content_type())
        self.assertEqual("invite.ics", attachment.get_filename())
        texts = {part.get_content_type(): part for part in alternative.iter_parts()}
        self.assertEqual(["text/plain", "text/html", "text/calendar"], list(texts))
        self.assertEqual(texts["text/calendar"].get_content(), attachment.get_content())
        return texts

    def vevent(self, message, method):
        part = self.parts(message)["text/calendar"]
        self.assertEqual(method, part["Content-Type"].params["method"])
        self.assertEqual("utf-8", part.get_content_charset())
        calendar = icalendar.Calendar.from_ical(part.get_content())
        self.assertEqual(method, calendar["METHOD"])
        events = calendar.walk("VEVENT")
        self.assertEqual(1, len(events))
        return events[0]


class Story(MailCase):
    def test_a_session_is_made_moved_and_cancelled(self):
        start = now() + days(3)
        self.put("a.ics", event("a", start, summary="Depression", guests=[BEN, CLEO]))

        mails = dict(self.postfix.next_mails(2))
        links = {name: guest_link(self.text("a.ics"), f"{name}@home.example")
                 for name in ("ben", "cleo")}
        for name, other in (("ben", "cleo"), ("cleo", "ben")):
            message = mails[name]
            self.assertEqual(f"{name}@home.example", message["To"])
            self.assertEqual("Dr Ada <sessions@practice.example>", message["From"])
            self.assertEqual(f"Dr Ada <{email('ada')}>", message["Reply-To"])
            self.assertTrue(message["Message-ID"].endswith("@practice.example>"))
            self.assertEqual(["auto-generated"], message.get_all("Auto-Submitted"))
            made = self.vevent(message, "REQUEST")
            self.assertEqual("a", made["UID"])
            self.assertEqual(start, made["DTSTART"].dt)
            self.assertEqual(0, made["SEQUENCE"])
            self.assertEqual(links[name], made["URL"])
            self.assertEqual(f"mailto:{name}@home.example", made["ATTENDEE"])
            texts = self.parts(message)
            for part in texts.values():
                content = part.get_content()
                self.assertEqual({links[name]}, set(join_links(content)))
                self.assertNotIn(other, content.lower())
                self.assertNotIn("Depression", content)
            self.assertIn(start.strftime("%A"), texts["text/plain"].get_content())
            feed = next(line for line in texts["text/plain"].get_content().splitlines()
                        if "/feeds/" in line)
            self.assertIn(links[name].split("/j/")[1],
                          curl(feed, login=None).text.replace("\r\n ", ""))

        self.put("a.ics", event("a", start + days(1), summary="Depression", guests=[BEN, CLEO]))
        mails = dict(self.postfix.next_mails(2))
        moved = self.vevent(mails["ben"], "REQUEST")
        self.assertEqual(start + days(1), moved["DTSTART"].dt)
        self.assertEqual(1, moved["SEQUENCE"])
        self.assertEqual(links["ben"], moved["URL"])

        self.assertEqual(204, curl(self.server.url + CALENDAR + "a.ics",
                                   "--request", "DELETE").status)
        mails = dict(self.postfix.next_mails(2))
        gone = self.vevent(mails["cleo"], "CANCEL")
        self.assertEqual("CANCELLED", gone["STATUS"])
        self.assertEqual(2, gone["SEQUENCE"])
        self.assertNotIn("/j/", self.parts(mails["cleo"])["text/plain"].get_content())
        self.assertEqual("", self.server.command("mail", "queue"))

    def test_one_occurrence_is_moved_and_another_cancelled(self):
        start = now() + days(2)
        weekly = "RRULE:FREQ=WEEKLY;COUNT=5\n"
        second, third = start + days(7), start + days(14)
        self.put("s.ics", event("s", start, guests=[BEN], extra=weekly))
        series = self.vevent(self.postfix.next_mails(1)[0][1], "REQUEST")
        self.assertIn("RRULE", series)
        self.wait_for_delivery("s.ics", BEN, "1.1")

        whole = event("s", start, guests=[BEN],
                      extra=weekly + f"EXDATE:{utc(third)}\n").replace("END:VCALENDAR\r\n", "")
        override = event("s", second + datetime.timedelta(hours=2), guests=[BEN],
                         extra=f"RECURRENCE-ID:{utc(second)}\n")
        self.put("s.ics", whole + override[override.index("BEGIN:VEVENT"):])

        # Both reach the same mailbox, each in a mail of its own.
        moved, gone = None, None
        for _, message in self.postfix.next_mails(2):
            part = self.parts(message)["text/calendar"]
            if part["Content-Type"].params["method"] == "CANCEL":
                gone = self.vevent(message, "CANCEL")
            else:
                moved = self.vevent(message, "REQUEST")
        self.assertEqual(third, gone["RECURRENCE-ID"].dt)
        self.assertEqual(second, moved["RECURRENCE-ID"].dt)
        self.assertEqual(second + datetime.timedelta(hours=2), moved["DTSTART"].dt)

    def test_what_the_server_refuses_for_good_is_kept_and_shown(self):
        self.put("n.ics", event("n", now() + days(3), guests=["nobody@home.example"]))

        self.server.wait_for_log("mail_not_sent")
        self.server.wait_for_log("why=")
        line = self.server.command("mail", "queue")
        self.assertIn("nobody@home.example", line)
        self.assertIn("550", line)
        self.wait_for_delivery("n.ics", "nobody@home.example", "5.2")

    def test_a_mail_waits_while_the_mail_server_is_away(self):
        self.postfix.stop()
        self.put("w.ics", event("w", now() + days(3), guests=[BEN]))

        self.server.wait_for_log("mail_not_sent")

        self.assertIn("\twaiting\t", self.server.command("mail", "queue"))
        self.wait_for_delivery("w.ics", BEN, "1.0")


class Answers(MailCase):
    more = 'reply_to = "sessions@practice.example"\n'

    def answer(self, made, status, method="REPLY"):
        """What a calendar program makes of an invitation when its user answers it."""
        reply = icalendar.Event()
        for name in ("UID", "SEQUENCE", "DTSTART", "ORGANIZER"):
            reply[name] = made[name]
        reply.add("DTSTAMP", now())
        attendee = icalendar.vCalAddress("mailto:ben@home.example")
        attendee.params["PARTSTAT"] = status
        reply["ATTENDEE"] = attendee
        calendar = icalendar.Calendar()
        calendar.add("VERSION", "2.0")
        calendar.add("PRODID", "-//test//EN")
        calendar.add("METHOD", method)
        calendar.add_component(reply)
        message = EmailMessage()
        message["From"] = "someone@else.example"
        message["To"] = str(made["ORGANIZER"]).removeprefix("mailto:")
        message.set_content("Ben answers")
        message.add_alternative(calendar.to_ical(), "text", "calendar",
                                params={"method": method, "charset": "utf-8"})
        return message.as_string()

    def status_of(self, address):
        """As the clinician's calendar has it."""
        lines = icalendar.Calendar.from_ical(self.text("a.ics")).walk("VEVENT")[0]["ATTENDEE"]
        lines = lines if isinstance(lines, list) else [lines]
        [found] = [line for line in lines if line == f"mailto:{address}"]
        return found.params.get("PARTSTAT")

    def test_an_answer_is_found_by_the_clinician(self):
        self.put("a.ics", event("a", now() + days(3), guests=[BEN, CLEO]))
        mails = dict(self.postfix.next_mails(2))
        made = self.vevent(mails["ben"], "REQUEST")
        address = str(made["ORGANIZER"]).removeprefix("mailto:")
        self.assertEqual(f"Dr Ada <{email('ada')}>, {address}", mails["ben"]["Reply-To"])
        self.assertNotIn(address, str(mails["cleo"]))
        text = self.answer(made, "ACCEPTED")

        self.assertEqual("", self.server.command("deliver", address, stdin=text))
        self.assertEqual("", self.server.command("deliver", address, stdin=text))

        self.assertEqual("ACCEPTED", self.status_of(BEN))
        self.assertNotEqual("ACCEPTED", self.status_of(CLEO))
        forged = address.replace("+", "+0", 1)
        self.server.command("deliver", forged, stdin=text, status=os.EX_NOUSER)
        unknown = self.answer(made, "TENTATIVE", method="REFRESH")
        self.server.command("deliver", address, stdin=unknown, status=os.EX_DATAERR)
        self.server.command("deliver", address, stdin="Subject: Hello\n\nI am late.\n")


class AnswersThroughTheMailServer(Answers):
    more = 'reply_to = "sessions@practice.example"\nlmtp_listen = "127.0.0.1:0"\n'

    def setUp(self):
        super().setUp()
        line = self.server.wait_for_log("event=taking_mail")
        self.postfix.hand_over(re.search(r"port=(\d+)", line)[1])

    def test_an_answer_is_found_by_the_clinician(self):
        """The way of a real answer: guest, mail server, LMTP, event; and back if it is refused."""
        self.put("a.ics", event("a", now() + days(3), guests=[BEN]))
        [(_, mail)] = self.postfix.next_mails(1)
        made = self.vevent(mail, "REQUEST")
        address = str(made["ORGANIZER"]).removeprefix("mailto:")

        self.postfix.send(BEN, address, self.answer(made, "ACCEPTED"))
        self.postfix.wait_for(lambda: self.status_of(BEN) == "ACCEPTED",
                              "the answer did not come")

        self.postfix.send(BEN, address.replace("+", "+0", 1), self.answer(made, "DECLINED"))
        self.postfix.send(BEN, address, self.answer(made, "TENTATIVE", method="REFRESH"))
        bounced = [mail for _, mail in self.postfix.next_mails(2)]
        self.assertEqual({"multipart/report"}, {mail.get_content_type() for mail in bounced})
        reasons = "".join(str(mail) for mail in bounced)
        self.assertIn("There is nobody of that address.", reasons)
        self.assertEqual("ACCEPTED", self.status_of(BEN))

    def test_a_mail_that_comes_back_has_failed(self):
        self.put("a.ics", event("a", now() + days(3), guests=["full@home.example"]))

        self.server.wait_for_log("mail_came_back")

        line = self.server.command("mail", "queue")
        self.assertIn("\tfailed\t", line)
        self.assertIn("full@home.example", line)
        self.assertIn("came back: 5.1.1", line)
        self.wait_for_delivery("a.ics", "full@home.example", "5.2")


class Reminders(MailCase):
    settle_seconds = 3600
    more = "reminders_minutes = [60, 10]\n"

    def test_a_guest_is_reminded_once_with_a_link_that_will_open(self):
        start = now() + minutes(10) + datetime.timedelta(seconds=4)
        self.put("a.ics", event("a", start, guests=[BEN]))

        [(name, mail)] = self.postfix.next_mails(1)

        self.assertEqual("ben", name)
        self.assertTrue(mail["Subject"].startswith("Reminder: "), mail["Subject"])
        self.assertEqual("multipart/alternative", mail.get_content_type())
        plain, html = mail.iter_parts()
        self.assertIn(f"{start:%H:%M}", plain.get_content())
        [link] = set(join_links(plain.get_content()))
        self.assertEqual(guest_link(self.text("a.ics"), BEN), link)
        self.assertIn(link, html.get_content())
        self.assertEqual("", self.server.command("mail", "queue"))


class Settling(MailCase):
    settle_seconds = 3600

    def test_what_has_not_settled_is_not_sent(self):
        self.put("a.ics", event("a", now() + days(3), guests=[BEN]))
        self.assertEqual("", self.server.command("mail", "queue"))


if __name__ == "__main__":
    unittest.main()
