"""A Postfix of a test's own: a free port on loopback, a queue of its own, and no other way out than
into a folder that the test reads. Postfix starts as root only."""

import email
import email.policy
import os
import pathlib
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time

PATIENCE_SECONDS = 60
# Every other address at home.example is refused for good.
MAILBOXES = ("ben@home.example", "cleo@home.example", "ada@practice.example", "full@home.example")
CLINICIAN = "ada@practice.example virtual:\n"  # the rest of the practice is the server's

MASTER = """127.0.0.1:{port} inet n - n - 20 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

MAIN = """compatibility_level = 3.6
myhostname = mail.home.example
mydestination =
virtual_mailbox_domains = home.example
virtual_mailbox_base = {mailboxes}
virtual_mailbox_maps = texthash:{folder}/users
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
virtual_minimum_uid = 1
mynetworks = 127.0.0.0/8
relay_domains = practice.example
relay_recipient_maps =
relay_transport = retry:not yet
transport_maps = texthash:{folder}/transport
recipient_delimiter = +
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtputf8_enable = no
default_transport = error:nothing leaves this machine
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_auth_destination, reject
local_recipient_maps =
alias_maps =
alias_database =
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="appointed-postfix-"))
        os.chmod(self.folder, 0o755)
        self.mailboxes = self.folder / "mailboxes"
        self.port = free_port()
        self.read = set()
        owner = pwd.getpwnam("postfix")
        for name in ("queue", "data", "mailboxes"):
            (self.folder / name).mkdir()
        for name in ("data", "mailboxes"):
            os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)
        (self.folder / "users").write_text(
            "".join(f"{box} {box.split('@')[0]}/\n" for box in MAILBOXES))
        (self.folder / "transport").write_text(CLINICIAN)
        (self.folder / "main.cf").write_text(
            MAIN.format(folder=self.folder, mailboxes=self.mailboxes, user=owner.pw_uid,
                        group=owner.pw_gid))
        (self.folder / "master.cf").write_text(MASTER.format(port=self.port))

    def start(self):
        subprocess.run(["/usr/sbin/postfix", "-c", self.folder, "start"], check=True,
                       capture_output=True, timeout=PATIENCE_SECONDS)
        self.wait_for(self._answers, "Postfix does not answer")
        return self

    def hand_over(self, port):
        """Mails for the practice go to who listens there, by LMTP."""
        (self.folder / "transport").write_text(
            f"{CLINICIAN}practice.example lmtp:inet:127.0.0.1:{port}\n"
            # Accepted here and refused there: it comes back.
            f"full@home.example lmtp:inet:127.0.0.1:{port}\n")
        subprocess.run(["/usr/sbin/postfix", "-c", self.folder, "reload"], check=True,
                       capture_output=True, timeout=PATIENCE_SECONDS)

    def send(self, sender, recipient, text):
        """As a guest's mail program would; refusals are smtplib's exceptions."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=PATIENCE_SECONDS) as connection:
            connection.sendmail(sender, [recipient], text)

    def stop(self):
        subprocess.run(["/usr/sbin/postfix", "-c", self.folder, "stop"], check=False,
                       capture_output=True, timeout=PATIENCE_SECONDS)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                return probe.recv(3) == b"220"
        except OSError:
            return False

    def wait_for(self, ready, complaint):
        """What `ready` returns once it is true; the complaint comes with the log."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = ready()
            if found:
                return found
            threading.Event().wait(0.05)
        log = self.folder / "log"
        raise AssertionError(f"{complaint}:\n" + (log.read_text() if log.exists() else ""))

    def _unread(self):
        return sorted(path for path in self.mailboxes.glob("*/new/*") if path not in self.read)

    def next_mails(self, count):
        """Waits for as many new mails as that, and no more."""
        found = self.wait_for(lambda: len(self._unread()) >= count and self._unread(),
                           f"{count} mails did not come")
        assert len(found) == count, f"{len(found)} mails instead of {count}"
        self.read.update(found)
        return [(path.parent.parent.name,
                 email.message_from_bytes(path.read_bytes(), policy=email.policy.default))
                for path in found]
