"""Handing mails to a mail server that wants TLS and a password: what leaves, and what must not."""

import logging
import pathlib
import shutil
import socket
import ssl
import tempfile
import threading
import unittest
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from support import PATIENCE_SECONDS, Server, days, event, now, put, run

CALENDAR = "/calendars/ada/calendar/"
USER, SECRET = "appointed", "a long secret"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2")


logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # of handshakes that are meant to fail
warnings.simplefilter("ignore")  # about passwords in clear: none must come


class Authority:
    """Certificates of an authority that nobody else knows."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        self.file = folder / f"{name}.pem"
        run("openssl", "req", "-x509", *KEY, "-keyout", folder / f"{name}.key", "-out", self.file,
            "-subj", f"/CN={name}")

    def certificate(self, address):
        """For a server at that address, as a TLS context."""
        made = self.folder / f"{self.name}-{address}"
        run("openssl", "req", "-x509", *KEY, "-CA", self.file, "-CAkey",
            self.folder / f"{self.name}.key", "-keyout", f"{made}.key", "-out", f"{made}.pem",
            "-subj", "/CN=mail", "-addext", f"subjectAltName=IP:{address}",
            "-addext", "basicConstraints=critical,CA:FALSE")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{made}.pem", f"{made}.key")
        return context


class MailServer(Controller):
    """What a mail server of this machine was given: passwords, mails, and over what."""

    def __init__(self, starttls=None, implicit=None):
        self.logins = []
        self.mails = []
        self.senders = []
        self.commands = threading.Event()
        self.options = {"authenticator": self.authenticate,
                        # So that a password in clear would be taken.
                        "auth_require_tls": False,
                        "auth_required": True}
        if starttls:
            self.options |= {"tls_context": starttls, "require_starttls": True}
        super().__init__(self, hostname="127.0.0.1", port=0, ssl_context=implicit)

    def factory(self):
        self.commands.set()
        return SMTP(self, hostname="mail.test", **self.options)

    def _trigger_server(self):
        """Knocks once, to see that it listens: at the port that it has, and not at 0."""
        with socket.create_connection(self.address, timeout=PATIENCE_SECONDS):
            pass

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login.decode(), data.password.decode(),
                            session.ssl is not None or self.ssl_context is not None))
        return AuthResult(success=(data.login, data.password) == (USER.encode(), SECRET.encode()),
                          handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.senders.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"

    @property
    def address(self):
        return self.server.sockets[0].getsockname()[:2]

    @property
    def at(self):
        return "{}:{}".format(*self.address)


class Handing(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="appointed-smtp-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.authority = Authority(self.folder, "practice")
        self.password = self.folder / "password"
        self.password.write_text(SECRET + "\n")

    def mail_server(self, **options):
        server = MailServer(**options)
        server.start()
        self.addCleanup(server.stop)
        server.commands.clear()
        return server

    def serve(self, url):
        self.server = Server(config=f"""[mail]
smtp_url = "{url}"
from = "sessions@practice.example"
user = "{USER}"
password_file = "{self.password}"
certificates_file = "{self.authority.file}"
settle_seconds = 0
""")
        self.addCleanup(self.server.stop)
        self.server.start()

    def invite(self, uid="a"):
        answer = put(f"{self.server.url}{CALENDAR}{uid}.ics",
                     event(uid, now() + days(3), guests=["ben@home.example"]))
        self.assertEqual(201, answer.status, answer.text)

    def wait_for(self, ready):
        for _ in range(PATIENCE_SECONDS * 20):
            if ready():
                return
            threading.Event().wait(0.05)
        self.fail("it did not happen:\n" + "".join(self.server.log))

    def nothing_leaves(self, to):
        self.invite()
        self.server.wait_for_log("mail_not_sent")
        self.assertTrue(to.commands.is_set(), "the mail server was not even asked")
        self.assertEqual([], to.logins)
        self.assertEqual([], to.senders)
        queued = self.server.command("mail", "queue")
        self.assertIn("\twaiting\t", queued)
        return queued

    def test_starttls_then_the_password_then_the_mail(self):
        mail = self.mail_server(starttls=self.authority.certificate("127.0.0.1"))
        self.serve(f"smtp://{mail.at}")

        self.invite()

        self.wait_for(lambda: mail.mails)
        self.assertEqual([(USER, SECRET, True)], mail.logins)
        [(recipients, text)] = mail.mails
        self.assertEqual(["ben@home.example"], recipients)
        self.assertIn("multipart/mixed", text)

    def test_tls_from_the_first_byte(self):
        mail = self.mail_server(implicit=self.authority.certificate("127.0.0.1"))
        self.serve(f"smtps://{mail.at}")

        self.invite()

        self.wait_for(lambda: mail.mails)
        self.assertEqual([(USER, SECRET, True)], mail.logins)

    def test_without_starttls_neither_password_nor_mail(self):
        mail = self.mail_server()
        self.serve(f"smtp://{mail.at}")

        self.nothing_leaves(mail)

    def test_another_authority_gets_neither_password_nor_mail(self):
        other = Authority(self.folder, "other")
        for scheme, options in (("smtp", {"starttls": other.certificate("127.0.0.1")}),
                                ("smtps", {"implicit": other.certificate("127.0.0.1")})):
            with self.subTest(scheme):
                mail = self.mail_server(**options)
                self.serve(f"{scheme}://{mail.at}")
                self.assertIn("certificate", self.nothing_leaves(mail).lower())

    def test_a_certificate_of_another_host_gets_neither_password_nor_mail(self):
        mail = self.mail_server(starttls=self.authority.certificate("127.0.0.2"))
        self.serve(f"smtp://{mail.at}")

        self.nothing_leaves(mail)

    def test_a_wrong_password_is_shown_and_mails_wait_for_the_right_one(self):
        mail = self.mail_server(starttls=self.authority.certificate("127.0.0.1"))
        self.password.write_text("a former secret\n")
        self.serve(f"smtp://{mail.at}")
        self.invite()
        self.assertIn("535", self.server.wait_for_log("mail_not_sent"))
        self.assertEqual([], mail.mails)
        queued = self.server.command("mail", "queue")
        self.assertIn("\twaiting\t", queued)
        self.assertIn("535", queued)
        self.assertNotIn("former", queued + "".join(self.server.log))

        self.password.write_text(SECRET + "\n")
        self.invite("b")

        self.wait_for(lambda: mail.mails)
        self.assertEqual((USER, SECRET, True), mail.logins[-1])


if __name__ == "__main__":
    unittest.main()
