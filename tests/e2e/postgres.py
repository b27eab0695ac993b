"""A PostgreSQL server of the tests' own: a cluster in a scratch folder, reached by a socket in that
folder, run by somebody who is not root, and gone with the program that started it."""

import atexit
import functools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
PATIENCE_SECONDS = 60
# What makes it fast and small costs durability only if the machine itself goes down.
SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "autovacuum=off",
            "shared_buffers=32MB", "max_connections=200", "timezone=UTC")


class Cluster:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="appointed-pg-"))
        self.databases = 0
        self.process = None
        self.as_nobody = []
        if os.geteuid() == 0:  # as whom the server refuses to run
            shutil.chown(self.folder, "nobody", "nogroup")
            self.as_nobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        subprocess.run(
            ["setpriv", *self.as_nobody, "--pdeathsig", "QUIT", PROGRAMS / "initdb", "--pgdata",
             self.folder / "data", "--username", "tester", "--auth", "trust", "--encoding", "UTF8",
             "--locale", "C.UTF-8", "--no-sync", "--no-instructions"],
            stdout=subprocess.DEVNULL, check=True, cwd="/")
        self.start()

    def start(self):
        options = [part for setting in (*SETTINGS, f"unix_socket_directories={self.folder}")
                   for part in ("-c", setting)]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", *self.as_nobody, "--pdeathsig", "QUIT", PROGRAMS / "postgres", "-D",
                 self.folder / "data", *options],
                stdout=log, stderr=log, cwd="/", start_new_session=True)
        for _ in range(PATIENCE_SECONDS * 50):
            if subprocess.run([PROGRAMS / "pg_isready", "-q", "-h", self.folder, "-U", "tester",
                               "-d", "postgres"], check=False).returncode == 0:
                return
            if self.process.poll() is not None:
                break
            threading.Event().wait(0.02)
        raise AssertionError((self.folder / "server.log").read_text())

    def crash(self):
        """As kill -9 of every process of the server."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=PATIENCE_SECONDS)

    def remove(self):
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, script, database="postgres"):
        """What psql prints, without headings."""
        return subprocess.run(
            ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "tester",
             "-d", database, "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout

    def create_database(self):
        """The URL of a new, empty one."""
        self.databases += 1
        name = f"e2e_{self.databases}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")
        return f"postgresql:///{name}?user=tester&host={self.folder}"


@functools.cache
def cluster():
    """The one of this program, started when first asked for."""
    started = Cluster()
    atexit.register(started.remove)
    return started
