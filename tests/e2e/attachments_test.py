"""A form that is attached to an appointment (RFC 8607): over a socket, by who wrote it and who was
invited, and what becomes of its file."""

import pathlib
import re
import unittest

from support import ServerCase, curl, days, event, now, put

CALENDAR = "/calendars/ada/calendar/"
FORM = bytes(range(256)) * 20


class Attachments(ServerCase):
    def attach(self, path, action="attachment-add", body=FORM, **login):
        return curl(f"{self.server.url}{path}?action={action}", "--request", "POST", "--header",
                    "Content-Type: application/pdf", "--header",
                    'Content-Disposition: attachment; filename="form 1.pdf"', "--data-binary", "@-",
                    stdin=body, **login)

    def test_a_form_is_attached_read_replaced_and_removed(self):
        path = CALENDAR + "form.ics"
        put(self.server.url + path, event("form", now() + days(1)))

        added = self.attach(path)
        self.assertEqual(201, added.status, added.text)
        first = added.headers["cal-managed-id"]
        text = curl(self.server.url + path).text.replace("\r\n ", "")
        self.assertIn(f"MANAGED-ID={first}", text)
        self.assertIn(f"SIZE={len(FORM)}", text)
        url = re.search(r"ATTACH;[^:]*:(\S+)", text)[1]
        self.assertEqual(url, added.headers["location"])
        self.assertEqual(added.headers["etag"], curl(self.server.url + path).headers["etag"])

        file = curl(url)
        self.assertEqual((200, FORM), (file.status, file.bytes))
        self.assertTrue(file.headers["content-disposition"].startswith("attachment;"))
        self.assertEqual("nosniff", file.headers["x-content-type-options"])
        self.assertEqual(401, curl(url, login=None).status)
        self.assertEqual(405, curl(url, "--request", "PUT", "--data-binary", "x").status)

        second = self.attach(path, f"attachment-update&managed-id={first}", b"shorter")
        self.assertEqual(204, second.status, second.text)
        self.assertEqual(404, curl(url).status)
        self.assertEqual(b"shorter", curl(second.headers["location"]).bytes)

        gone = curl(f"{self.server.url}{path}?action=attachment-remove&managed-id="
                    + second.headers["cal-managed-id"], "--request", "POST")
        self.assertEqual(204, gone.status, gone.text)
        self.assertNotIn("ATTACH", curl(self.server.url + path).text)

    def test_a_file_that_is_too_large_is_refused_by_name(self):
        path = CALENDAR + "large.ics"
        put(self.server.url + path, event("large", now() + days(1)))

        answer = self.attach(path, body=b"x" * (10 * 1024 * 1024 + 1))

        self.assertEqual(413, answer.status)
        self.assertIn("max-attachment-size", answer.text)

    def test_the_disk_holds_it_for_its_owner_only(self):
        path = CALENDAR + "disk.ics"
        put(self.server.url + path, event("disk", now() + days(1)))
        self.assertEqual(201, self.attach(path, body=b"of one person").status)

        files = [file for file in pathlib.Path(self.server.data, "attachments").rglob("*")
                 if file.is_file() and file.read_bytes() == b"of one person"]

        self.assertEqual(1, len(files))
        self.assertEqual(0o600, files[0].stat().st_mode & 0o777)


if __name__ == "__main__":
    unittest.main()
