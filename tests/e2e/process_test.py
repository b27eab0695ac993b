"""The program as a process: signals, TLS, certificates read again, commands beside the server."""

import base64
import pathlib
import signal
import socket
import ssl
import unittest

from support import (BINARY, PASSWORD, PATIENCE_SECONDS, ROOT, Server, ServerCase, curl, days,
                     email, event, now, put, run)


def make_certificate(folder, name):
    """A self-signed certificate for 127.0.0.1; its path and its key's."""
    certificate, key = pathlib.Path(folder, "tls.pem"), pathlib.Path(folder, "tls.key")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", str(key), "-out", str(certificate))
    return certificate, key


def read_all(connection):
    connection.settimeout(PATIENCE_SECONDS)
    data = b""
    while True:
        part = connection.recv(65536)
        if not part:
            return data
        data += part


class Stopping(unittest.TestCase):
    def test_a_request_in_flight_is_answered_before_the_end(self):
        server = Server()
        self.addCleanup(server.stop)
        server.start()
        body = event("late", now() + days(1)).encode()
        proof = base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
        connection = socket.create_connection(("127.0.0.1", server.port))
        self.addCleanup(connection.close)
        connection.sendall(
            f"PUT /calendars/ada/calendar/late.ics HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Basic {proof}\r\nContent-Type: text/calendar\r\n"
            f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        connection.settimeout(PATIENCE_SECONDS)
        self.assertIn(b"100 Continue", connection.recv(4096))  # the server is reading the body now

        server.signal(signal.SIGTERM)
        server.wait_for_log("event=stopping")
        connection.sendall(body)

        self.assertIn(b"201 Created", read_all(connection))
        self.assertEqual(0, server.wait())

    def test_an_idle_connection_does_not_hold_the_end_up(self):
        server = Server()
        self.addCleanup(server.stop)
        server.start()
        connection = socket.create_connection(("127.0.0.1", server.port))
        self.addCleanup(connection.close)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        connection.settimeout(PATIENCE_SECONDS)
        self.assertIn(b"200 OK", connection.recv(4096))

        server.signal(signal.SIGINT)

        self.assertEqual(0, server.wait())

    def test_what_was_stored_is_there_after_a_restart_and_after_a_kill(self):
        server = Server()
        self.addCleanup(server.stop)
        for name, number in (("first", signal.SIGTERM), ("second", signal.SIGKILL)):
            server.port = None
            server.start()
            answer = put(f"{server.url}/calendars/ada/calendar/{name}.ics",
                         event(name, now() + days(1), guests=["patient@home.example"]))
            self.assertEqual(201, answer.status)
            server.signal(number)
            server.wait()
        server.port = None
        server.start()

        for name in ("first", "second"):
            self.assertEqual(200, curl(f"{server.url}/calendars/ada/calendar/{name}.ics").status)

    def test_a_taken_address_is_said_in_a_sentence(self):
        server = Server()
        self.addCleanup(server.stop)
        server.start()

        with self.assertRaisesRegex(AssertionError, "appointed: .*127.0.0.1"):
            server.command("serve", "--listen", f"127.0.0.1:{server.port}")


class Tls(unittest.TestCase):
    def test_https_end_to_end_and_a_certificate_read_again(self):
        server = Server(scheme="https")
        self.addCleanup(server.stop)
        certificate, key = make_certificate(server.folder, "first")
        server.configure(
            f'[server]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')
        server.start()
        url = server.url + "/calendars/ada/calendar/tls.ics"

        trusted = ["--cacert", str(certificate)]
        self.assertEqual(401, curl(url, *trusted, login=None).status)
        self.assertEqual(404, curl(url, *trusted).status)
        with self.assertRaises(AssertionError):
            curl(url)  # nobody else vouches for it

        def subject():
            context = ssl.create_default_context(cafile=certificate)
            with socket.create_connection(("127.0.0.1", server.port)) as plain, \
                    context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                return dict(part[0] for part in secure.getpeercert()["subject"])["commonName"]

        self.assertEqual("first", subject())
        make_certificate(server.folder, "second")
        server.signal(signal.SIGHUP)
        server.wait_for_log('event="certificate reload"')
        self.assertEqual("second", subject())

    def test_a_bad_certificate_keeps_the_old_one_in_service(self):
        server = Server(scheme="https")
        self.addCleanup(server.stop)
        certificate, key = make_certificate(server.folder, "kept")
        server.configure(
            f'[server]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')
        server.start()
        old = pathlib.Path(server.folder, "old.pem")
        old.write_text(certificate.read_text())
        certificate.write_text("no certificate\n")

        server.signal(signal.SIGHUP)
        self.assertIn("ok=no", server.wait_for_log('event="certificate reload"'))

        answer = curl(server.url + "/healthz", "--cacert", str(old), login=None)
        self.assertEqual(200, answer.status)

    def test_old_protocols_are_refused(self):
        server = Server(scheme="https")
        self.addCleanup(server.stop)
        certificate, key = make_certificate(server.folder, "modern")
        server.configure(
            f'[server]\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n')
        server.start()

        with self.assertRaises(AssertionError):
            curl(server.url + "/healthz", "--cacert", str(certificate), "--tls-max", "1.1",
                 "--ciphers", "DEFAULT@SECLEVEL=0", login=None)


class Commands(ServerCase):
    """An administrator at work while the server serves."""

    def look(self, login, password=PASSWORD):
        return curl(f"{self.server.url}/calendars/{login}/", "--request", "PROPFIND",
                    login=login, password=password).status

    def test_a_new_account_may_sign_in_at_once(self):
        self.server.add_account("grace")

        self.assertEqual(207, self.look("grace"))
        self.assertIn(email("grace"), self.server.command("user", "list"))

    def test_a_changed_password_counts_at_once(self):
        self.server.add_account("joan")
        self.assertEqual(207, self.look("joan"))
        self.server.command("user", "passwd", "joan", "--password-stdin",
                            stdin="another good password\n")

        self.assertEqual(401, self.look("joan"))
        self.assertEqual(207, self.look("joan", "another good password"))

    def test_a_disabled_account_is_out_until_it_is_enabled(self):
        self.server.add_account("mary")
        self.assertEqual(207, self.look("mary"))

        self.server.command("user", "disable", "mary")
        self.assertEqual(401, self.look("mary"))
        self.server.command("user", "enable", "mary")
        self.assertEqual(207, self.look("mary"))

    def test_sessions_are_listed_with_everybodys_links(self):
        put(self.server.url + "/calendars/ada/calendar/listed.ics",
            event("listed", now() + days(2), guests=["patient@home.example"], summary="Listed"))

        session, = [each for each in self.server.sessions("--host", "ada")
                    if each["title"] == "Listed"]
        self.assertEqual({"ada@practice.example": "host", "patient@home.example": "guest"},
                         {each["address"]: each["role"] for each in session["participants"]})
        self.assertEqual(2, len({each["link"] for each in session["participants"]}))
        self.assertIn("Listed", self.server.command("sessions"))

    def test_mistakes_are_said_and_change_nothing(self):
        self.server.command("user", "passwd", "nobody", "--password-stdin",
                            stdin="long enough\n", status=1)
        self.server.command("user", "add", "short", "--name", "S", "--email", email("short"),
                            "--password-stdin", stdin="short\n", status=1)
        self.server.command("user", "add", "ada", "--name", "S", "--email", email("other"),
                            "--password-stdin", stdin=PASSWORD + "\n", status=1)
        self.server.command("feed", "neither a login nor an address", status=1)
        self.assertNotIn("short", self.server.command("user", "list"))

    def test_a_wrong_configuration_is_named_with_its_line(self):
        self.server.folder.joinpath("wrong.toml").write_text("[server]\n\nlisten = 8080\n")
        output = run(str(BINARY), "check-config", "--config",
                     str(self.server.folder / "wrong.toml"), status=2)

        self.assertIn("wrong.toml:3", output)

    def test_the_example_configuration_is_right(self):
        run(str(BINARY), "check-config", "--config", str(ROOT / "conf" / "appointed.toml"))


if __name__ == "__main__":
    unittest.main()
