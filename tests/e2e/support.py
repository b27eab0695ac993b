"""Runs the real program for the tests of this folder: a free port, a data folder of its own,
accounts made by its own commands, and a stop that must be clean.

APPOINTED_BINARY names the program; ctest sets it. By hand:
    APPOINTED_BINARY=build/asan/appointed /usr/bin/python3 tests/e2e/http_test.py
APPOINTED_TEST_STORAGE=postgres has every server store in a database of its own of a PostgreSQL
server, instead of a SQLite file.
"""

import datetime
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

import postgres

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("APPOINTED_BINARY", ROOT / "build/asan/appointed")).resolve()
STORAGE = os.environ.get("APPOINTED_TEST_STORAGE", "sqlite")
PASSWORD = "correct horse battery staple"
PATIENCE_SECONDS = 60  # the sanitizers on a loaded machine


def email(login):
    return f"{login}@practice.example"


class Server:
    """The program, serving. Leave by stop(), which fails unless it ends well."""

    def __init__(self, config="", scheme="http", accounts=("ada",), storage_url=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="appointed-e2e-"))
        self.data = self.folder / "data"
        self.config_file = self.folder / "appointed.toml"
        self.storage_url = storage_url or (
            postgres.cluster().create_database() if STORAGE == "postgres"
            else f"sqlite:{self.data}/appointed.db")
        self.configure(config)
        self.scheme = scheme
        self.port = None
        self.process = None
        self.log = []
        for login in accounts:
            self.add_account(login)

    def configure(self, config):
        """Everything but the storage's URL."""
        rest, _, storage = config.partition("[storage]")
        self.config_file.write_text(
            f'{rest}\n[storage]\nurl = "{self.storage_url}"\n{storage}')

    def add_account(self, login):
        self.command("user", "add", login, "--name", f"Dr {login.capitalize()}", "--email",
                     email(login), "--password-stdin", stdin=PASSWORD + "\n")

    def command(self, *arguments, stdin="", status=0):
        """Runs a command of the program on this server's data; its standard output."""
        done = subprocess.run(
            [BINARY, *arguments, "--config", self.config_file, "--data", self.data],
            input=stdin, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        if done.returncode != status:
            raise AssertionError(f"{arguments}: exit code {done.returncode}, expected {status}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def sessions(self, *options):
        """The coming sessions as the administrator's command lists them."""
        return json.loads(self.command("sessions", "--json", *options))

    def start(self, within=()):
        """Within: a command line that runs the program after having changed its surroundings."""
        self.process = subprocess.Popen(
            [*within, BINARY, "serve", "--config", self.config_file, "--data", self.data,
             "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        lines = queue.Queue()
        threading.Thread(target=self._read_log, args=(lines, self.process.stderr),
                         daemon=True).start()
        while self.port is None:
            line = lines.get(timeout=PATIENCE_SECONDS)
            if line is None:
                raise AssertionError("the server did not start:\n" + "".join(self.log))
            found = re.search(r"event=serving .*\bport=(\d+)", line)
            self.port = int(found[1]) if found else None
        return self

    def _read_log(self, lines, stream):
        for line in stream:
            self.log.append(line)
            lines.put(line)
        stream.close()
        lines.put(None)

    def wait_for_log(self, text):
        """The first logged line that has the text."""
        deadline = datetime.datetime.now() + datetime.timedelta(seconds=PATIENCE_SECONDS)
        while datetime.datetime.now() < deadline:
            for line in list(self.log):
                if text in line:
                    return line
            threading.Event().wait(0.02)
        raise AssertionError(f"{text!r} was not logged:\n" + "".join(self.log))

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Waits for the end; the exit code."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self):
        """As when the power goes, for this process. start() may follow."""
        self.process.kill()
        self.wait()
        self.process, self.port = None, None

    def stop(self):
        try:
            if self.process is not None:
                if self.process.poll() is None:
                    self.signal(signal.SIGTERM)
                code = self.wait()
                if code != 0:
                    raise AssertionError(f"the server ended with {code}:\n" + "".join(self.log))
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


class ServerCase(unittest.TestCase):
    """One server for all tests of a class."""

    config = ""
    accounts = ("ada",)
    server: Server

    @classmethod
    def setUpClass(cls):
        server = Server(config=cls.config, accounts=cls.accounts)
        cls.addClassCleanup(server.stop)
        cls.server = server.start()


# --- calendar text ------------------------------------------------------------------------------

def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def utc(time):
    return time.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def minutes(count):
    return datetime.timedelta(minutes=count)


def days(count):
    return datetime.timedelta(days=count)


BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*components):
    text = ("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//E2E//EN\n"
            + "".join(components) + "END:VCALENDAR\n")
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def event(uid, start, length=minutes(30), summary="Consultation", guests=(), host="ada", extra=""):
    """An event as a client writes it; with guests it becomes a session."""
    people = ""
    if guests:
        people = f"ORGANIZER;CN=Dr {host.capitalize()}:mailto:{email(host)}\n"
        people += "".join(
            f"ATTENDEE;CN={guest.split('@')[0].capitalize()};PARTSTAT=NEEDS-ACTION;"
            f"ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{guest}\n" for guest in guests)
    return calendar(f"BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:{utc(now())}\nDTSTART:{utc(start)}\n"
                    f"DTEND:{utc(start + length)}\nSUMMARY:{summary}\n{people}{extra}END:VEVENT\n")


def unfold(text):
    """Content lines without folds (RFC 5545 section 3.1), split."""
    return re.sub(r"\r?\n[ \t]", "", text).splitlines()


def lines_of(text, name):
    return [line for line in unfold(text) if re.match(rf"{name}[;:]", line)]


JOIN_LINK = re.compile(r"https?://[^/\s\"\\]+/j/[A-Za-z0-9_-]{38}")


def join_links(text):
    return JOIN_LINK.findall("\n".join(unfold(text)))


def guest_link(text, address):
    """The link in the X-APPOINTED-JOIN parameter of one ATTENDEE."""
    for line in lines_of(text, "ATTENDEE"):
        if line.endswith(address):
            found = re.search(r'X-APPOINTED-JOIN="?([^";]+)"?[;:]', line)
            return found[1] if found else None
    return None


# --- clients ------------------------------------------------------------------------------------

class Answer:
    """What curl got: status, headers (names in lower case), body."""

    def __init__(self, raw, body):
        head = raw.replace("\r\n", "\n").strip().split("\n\n")[-1].splitlines()
        self.status = int(head[0].split()[1])
        self.headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            self.headers.setdefault(name.lower(), value.strip())
        self.bytes = body

    @property
    def text(self):
        return self.bytes.decode()

    def json(self):
        return json.loads(self.bytes)


def curl(url, *options, login="ada", password=PASSWORD, stdin=None):
    """One request by curl. No login: without a password."""
    with tempfile.TemporaryDirectory() as folder:
        head, body = pathlib.Path(folder, "head"), pathlib.Path(folder, "body")
        body.touch()
        user = ["--user", f"{login}:{password}"] if login else []
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time",
             str(PATIENCE_SECONDS), "--dump-header", head, "--output", body, *user, *options, url],
            input=stdin, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"curl {url}: {done.stderr.decode()}")
        return Answer(head.read_text(), body.read_bytes())


def put(url, text, *headers, login="ada"):
    fields = [part for header in headers for part in ("--header", header)]
    return curl(url, "--request", "PUT", "--header", "Content-Type: text/calendar; charset=utf-8",
                *fields, "--data-binary", "@-", stdin=text.encode(), login=login)


def run(*command, env=None, cwd=None, status=0, stdin=None, timeout=PATIENCE_SECONDS):
    """A client program; its output, both streams."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, input=stdin,
                          timeout=timeout, cwd=cwd, env={**os.environ, **(env or {})})
    if status is not None and done.returncode != status:
        raise AssertionError(f"{command}: exit code {done.returncode}, expected {status}:\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout + done.stderr
