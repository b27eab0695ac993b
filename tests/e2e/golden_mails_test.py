"""The mails of tests/data/mail/golden, which the program is held to (tests/app/golden_mails_test),
as programs that know nothing of it read them."""

import email
import email.policy
import unittest

import icalendar

from support import ROOT, join_links

FOLDER = ROOT / "tests/data/mail/golden"
NAMES = {"new": "REQUEST", "changed": "REQUEST", "new_series": "REQUEST",
         "occurrence_moved": "REQUEST", "occurrence_cancelled": "CANCEL",
         "guest_removed": "CANCEL", "cancelled": "CANCEL", "reminder": None}
LANGUAGES = ("en", "de")


def read(name):
    return email.message_from_bytes((FOLDER / f"{name}.eml").read_bytes(),
                                    policy=email.policy.default)


def leaves(message):
    return [part for part in message.walk() if not part.is_multipart()]


class GoldenMails(unittest.TestCase):
    def for_each(self, check):
        for name, method in NAMES.items():
            for language in LANGUAGES:
                with self.subTest(mail=name, language=language):
                    check(name, method, language, read(f"{name}.{language}"))

    def test_there_are_no_others(self):
        self.assertEqual({f"{name}.{language}.eml" for name in NAMES for language in LANGUAGES},
                         {path.name for path in FOLDER.iterdir()})

    def test_the_head_names_who_writes_to_whom_and_where_answers_go(self):
        def check(name, method, language, message):
            self.assertEqual([], [part.defects for part in message.walk() if part.defects])
            [sender] = message["From"].addresses
            self.assertEqual("sessions@clinic.example", sender.addr_spec)
            self.assertEqual("Dr. Änna Chen" if method else "Dr Anna Chen", sender.display_name)
            self.assertEqual("ben@home.example", message["To"])
            self.assertEqual("anna@clinic.example", message["Reply-To"].addresses[0].addr_spec)
            self.assertEqual("auto-generated", message["Auto-Submitted"])
            self.assertEqual(f"<{name}.{language}@clinic.example>", message["Message-ID"])
            self.assertEqual(2026, message["Date"].datetime.year)
            self.assertIn("Videosprechstunde mit " if language == "de" else "Video consultation with ",
                          message["Subject"])
        self.for_each(check)

    def test_words_are_there_for_every_reader_and_say_nothing_of_the_matter(self):
        def check(_name, method, _language, message):
            types = [part.get_content_type() for part in leaves(message)]
            calendars = [] if method is None else ["text/calendar"] * 2
            self.assertEqual(["text/plain", "text/html", *calendars], types)
            for part in leaves(message):
                text = part.get_content()
                self.assertNotIn("Depression", text)
                self.assertNotIn("diary", text)
                self.assertNotIn("cleo", text.lower())
                self.assertNotIn("\ufffd", text)
                self.assertEqual(method == "CANCEL", not join_links(text))
        self.for_each(check)

    def test_calendars_are_what_the_mail_says(self):
        def check(name, method, language, message):
            if method is None:
                return
            alternative, attached = [part for part in leaves(message)
                                     if part.get_content_type() == "text/calendar"]
            self.assertEqual("invite.ics", attached.get_filename())
            self.assertEqual(alternative.get_content(), attached.get_content())
            self.assertEqual(method, alternative["Content-Type"].params["method"])
            calendar = icalendar.Calendar.from_ical(alternative.get_payload(decode=True))
            self.assertEqual(method, calendar["METHOD"])
            [made] = calendar.walk("VEVENT")
            self.assertEqual("mailto:ben@home.example", made["ATTENDEE"])
            self.assertEqual("Dr. Änna Chen", made["ORGANIZER"].params["CN"])
            self.assertEqual("Videosprechstunde mit Dr Anna Chen" if language == "de"
                             else "Video consultation with Dr Anna Chen", made["SUMMARY"])
            self.assertRegex(made["ORGANIZER"],
                             r"^mailto:(sessions\+[0-9a-f]+|anna)@clinic\.example$")
            self.assertEqual(name.startswith("occurrence"), "RECURRENCE-ID" in made)
            self.assertEqual(name == "new_series", "RRULE" in made)
            self.assertEqual(method == "REQUEST", "URL" in made)
            self.assertGreaterEqual(made["SEQUENCE"], 0 if name.startswith("new") else 1)
        self.for_each(check)

    def test_the_languages_differ_in_their_words_alone(self):
        for name in NAMES:
            with self.subTest(mail=name):
                one, other = (read(f"{name}.{language}") for language in LANGUAGES)
                self.assertNotEqual(one["Subject"], other["Subject"])
                self.assertEqual(one["Date"], other["Date"])
                words = [leaves(message)[0].get_content() for message in (one, other)]
                self.assertNotEqual(*words)
                self.assertEqual(*(set(join_links(text)) for text in words))


if __name__ == "__main__":
    unittest.main()
