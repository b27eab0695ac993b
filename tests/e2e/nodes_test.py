"""Many nodes over one PostgreSQL, behind a load balancer: what one of them acknowledged is there
when it is gone, and a client that follows misses nothing, whichever node answers."""

import functools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import postgres
from followed import CALENDAR, Follower, ask, responses, tag_of
from support import PATIENCE_SECONDS, Server, curl, days, event, guest_link, minutes, now, put

WRITERS = 6
# What a client takes as "come again": the balancer's and the server's own answers, or none at all.
COME_AGAIN = (0, 502, 503, 504)


class Balancer:
    """haproxy on a port that it is handed open, so that nobody else can have it."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self, folder, nodes):
        servers = "".join(f"    server node{number} 127.0.0.1:{node.port}\n"
                          for number, node in enumerate(nodes))
        config = pathlib.Path(folder, "haproxy.cfg")
        config.write_text(
            "defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n"
            "    timeout server 60s\n    option redispatch\n    retries 3\n"
            f"frontend front\n    bind fd@{self.socket.fileno()}\n    default_backend nodes\n"
            "backend nodes\n    balance roundrobin\n    option httpchk GET /healthz\n"
            f"    default-server check inter 200ms fall 1 rise 1\n{servers}")
        self.process = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-q", "-f", config],
                                        pass_fds=[self.socket.fileno()],
                                        stderr=subprocess.DEVNULL)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=PATIENCE_SECONDS)
        self.socket.close()


class Load:
    """Clients that write through one port, each by itself, and note what was acknowledged."""

    def __init__(self, port):
        self.port = port
        self.kept = {}     # name: acknowledged, and its last version
        self.gone = set()  # acknowledged
        self.odd = []      # answers that nobody may get here
        self.repeated = 0  # requests that were not answered and sent again
        self.enough = threading.Event()
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.write, args=(number,))
                        for number in range(WRITERS)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def wait_for(self, count):
        """Until so many more changes are acknowledged."""
        with self.changed:
            goal = len(self.kept) + len(self.gone) + count
            if not self.changed.wait_for(
                    lambda: self.odd or len(self.kept) + len(self.gone) >= goal,
                    PATIENCE_SECONDS):
                raise AssertionError(f"{len(self.kept)} kept, {self.repeated} repeated")

    def stop(self):
        self.enough.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE_SECONDS)

    def insist(self, method, name, body, expected):
        """Sends until there is an answer. Each request may be repeated: it says the same."""
        headers = {"Content-Type": "text/calendar"} if body else {}
        repeated = False
        while True:
            status, text = ask(self.port, method, CALENDAR + name, body, **headers)
            # What was not answered may have been done: then the object is gone already.
            if status in expected or (repeated and method == "DELETE" and status == 404):
                return
            with self.changed:
                if status not in COME_AGAIN:
                    self.odd.append((method, name, status, text))
                    self.changed.notify_all()
                    return
                self.repeated += 1
            repeated = True
            self.enough.wait(0.05)

    def write(self, number):
        count = 0
        while not self.enough.is_set() and not self.odd:
            name = f"w{number}-{count}.ics"
            start = now() + days(1) + minutes(count)
            self.insist("PUT", name, event(name, start), (201, 204))
            if count % 3 == 1:
                self.insist("PUT", name, event(name, start, summary="Moved"), (204,))
            if count % 3 == 2:
                self.insist("DELETE", name, "", (204,))
            with self.changed:
                if count % 3 == 2:
                    self.gone.add(name)
                else:
                    self.kept[name] = "Moved" if count % 3 == 1 else "Consultation"
                self.changed.notify_all()
            count += 1


class ConstantFollower:
    """Follows in small pieces and comes again until it is told to stop, and then until there is
    nothing more."""

    def __init__(self, port):
        self.port = port
        self.follower = Follower(limit=3)
        self.odd = []
        self.rounds = 0
        self.enough = threading.Event()
        self.thread = threading.Thread(target=self.follow)

    def start(self):
        self.thread.start()

    def stop(self):
        self.enough.set()
        self.thread.join(timeout=PATIENCE_SECONDS)

    def follow(self):
        while not self.odd:
            last = self.enough.is_set()
            if not self.step() and last:
                return

    def step(self):
        """One question; whether there may be more to ask."""
        status, text, changes = self.follower.step(functools.partial(ask, self.port))
        if status in COME_AGAIN:
            return True
        if status != 207:
            self.odd.append((status, text))
            return False
        self.rounds += 1
        return changes > 0


@unittest.skipUnless(os.path.exists("/usr/sbin/haproxy"), "haproxy is not installed")
class Nodes(unittest.TestCase):
    def setUp(self):
        self.balancer = Balancer()
        self.addCleanup(self.balancer.stop)
        url = postgres.cluster().create_database()
        self.nodes = []
        for number in range(2):
            node = Server(config=f'[server]\npublic_url = "{self.balancer.url}"\n',
                          accounts=("ada",) if number == 0 else (), storage_url=url)
            self.addCleanup(node.stop)
            if number > 0:  # what the nodes have in common beside the database
                node.data.mkdir(mode=0o700)
                shutil.copy(self.nodes[0].data / "key", node.data / "key")
            self.nodes.append(node.start())
        self.balancer.start(self.nodes[0].folder, self.nodes)
        self.wait_until_balanced()

    def wait_until_balanced(self):
        for _ in range(PATIENCE_SECONDS * 20):
            if ask(self.balancer.port, "GET", "/healthz")[0] == 200:
                return
            threading.Event().wait(0.05)
        raise AssertionError("the balancer finds no node")

    def kill(self, node):
        node.signal(signal.SIGKILL)
        node.wait()
        node.process = None  # so that it need not end well

    def run_under_load(self, disturb):
        load, follower = Load(self.balancer.port), ConstantFollower(self.balancer.port)
        follower.start()
        load.start()
        try:
            load.wait_for(20)
            disturb()
            load.wait_for(30)
        finally:
            load.stop()
            follower.stop()
        self.assertEqual([], load.odd)
        self.assertEqual([], follower.odd)
        self.assertGreater(follower.rounds, 5)
        return load, follower

    def compare(self, load, follower, port):
        status, text = ask(port, "PROPFIND", CALENDAR,
                           '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>', Depth="1")
        self.assertEqual(207, status)
        listed = {name: tag_of(response) for name, response in responses(text).items()}
        self.assertEqual(set(load.kept), set(listed), "what was acknowledged, and nothing else")
        self.assertEqual(listed, follower.follower.tags, "the follower missed something")
        for name, summary in load.kept.items():
            self.assertIn(f"SUMMARY:{summary}", ask(port, "GET", CALENDAR + name)[1], name)

    def test_a_node_killed_under_load_loses_nothing(self):
        load, follower = self.run_under_load(lambda: self.kill(self.nodes[0]))

        self.compare(load, follower, self.nodes[1].port)

    def test_a_database_that_crashes_under_load_loses_nothing(self):
        def crash():
            postgres.cluster().crash()
            postgres.cluster().start()

        load, follower = self.run_under_load(crash)

        self.assertGreater(load.repeated, 0, "nobody noticed the crash")
        for node in self.nodes:
            self.compare(load, follower, node.port)

    def test_a_node_that_stops_in_good_order_fails_nobody(self):
        def stop():
            self.nodes[0].signal(signal.SIGTERM)
            self.assertEqual(0, self.nodes[0].wait())

        load, follower = self.run_under_load(stop)

        self.compare(load, follower, self.nodes[1].port)

    def test_links_conditions_and_passwords_hold_on_every_node(self):
        first, second = self.nodes
        path = CALENDAR + "session.ics"
        put(first.url + path, event("session", now() + minutes(1), guests=["p@home.example"]))
        seen = curl(second.url + path)
        link = guest_link(seen.text, "p@home.example")
        self.assertTrue(link.startswith(self.balancer.url + "/j/"))
        token = link.rsplit("/", 1)[1]
        for node in self.nodes:
            answer = curl(f"{node.url}/j/{token}", "--header", "Accept: application/json",
                          login=None)
            self.assertEqual("open", answer.json()["state"])

        stale = f'If-Match: {seen.headers["etag"]}'
        self.assertEqual(204, put(first.url + path, seen.text.replace("Consult", "Other"),
                                  stale).status)
        self.assertEqual(412, put(second.url + path, seen.text, stale).status)

        first.command("user", "passwd", "ada", "--password-stdin", stdin="another password\n")
        for node in self.nodes:
            self.assertEqual(401, curl(node.url + path).status)
            self.assertEqual(200, curl(node.url + path, password="another password").status)


if __name__ == "__main__":
    unittest.main()
