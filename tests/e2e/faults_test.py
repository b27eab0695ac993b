"""What is left when things go wrong: the program is killed under load hundreds of times, the disk is
full or read-only. What was acknowledged is there, what was not is whole or absent."""

import http.client
import os
import pathlib
import random
import re
import subprocess
import threading
import time
import unittest

from followed import CALENDAR, Connection, Follower, responses, tag_of
from support import STORAGE, Server, calendar, curl, put

# A server keeps a database whole whoever dies; a file is ours to keep.
ROUNDS = int(os.environ.get("APPOINTED_FAULT_ROUNDS", "200" if STORAGE == "sqlite" else "40"))
WRITERS = 4
NAMES = 8  # of each writer
ABSENT = None


def text_of(name, number):
    return calendar(f"BEGIN:VEVENT\nUID:{name}\nDTSTAMP:20261122T100000Z\n"
                    f"DTSTART:20261201T{number % 24:02}0000Z\nDURATION:PT1H\n"
                    f"SUMMARY:Number {number}\nORGANIZER:mailto:ada@practice.example\n"
                    f"ATTENDEE:mailto:guest{number % 7}@home.example\nEND:VEVENT\n")


class Writer:
    """Puts and removes objects of its own until the connection breaks. `known` is what the server
    acknowledged, `doubtful` the one thing that it did not answer."""

    def __init__(self, index, seed):
        self.index = index
        self.random = random.Random(seed)
        self.number = 0
        self.known = {}
        self.doubtful = None
        self.acknowledged = 0
        self.unexpected = []

    def run(self, port):
        with Connection(port) as connection:
            try:
                while not self.unexpected:
                    self.write_one(connection)
            except (OSError, http.client.HTTPException):
                pass

    def write_one(self, connection):
        name = f"w{self.index}-{self.random.randrange(NAMES)}.ics"
        self.number += 1
        removes = self.known.get(name) is not ABSENT and self.random.random() < 0.25
        new = ABSENT if removes else self.number
        self.doubtful = (name, new)
        if removes:
            status, text = connection.ask("DELETE", CALENDAR + name)
        else:
            status, text = connection.ask("PUT", CALENDAR + name, text_of(name, self.number),
                                          **{"Content-Type": "text/calendar"})
        self.doubtful = None
        if status not in (201, 204):
            self.unexpected.append((name, status, text))
            return
        self.known[name] = new
        self.acknowledged += 1

    def settle(self, found):
        """Compares what the server has with what it promised; then knows what it has."""
        faults = []
        for name in {*self.known, *([self.doubtful[0]] if self.doubtful else [])}:
            allowed = [self.known.get(name, ABSENT)]
            if self.doubtful and self.doubtful[0] == name:
                allowed.append(self.doubtful[1])
            if found.get(name, ABSENT) not in allowed:
                faults.append(f"{name} is {found.get(name)}, but was left as one of {allowed}")
            self.known[name] = found.get(name, ABSENT)
        self.doubtful = None
        return faults


def read_all(connection):
    """Number and entity tag of every object, each of which has to be whole."""
    status, text = connection.ask(
        "REPORT", CALENDAR,
        '<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/>'
        '<C:calendar-data/></prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter>'
        "</C:calendar-query>", Depth="1")
    if status != 207:
        raise AssertionError(f"calendar-query: {status} {text}")
    numbers, tags = {}, {}
    for name, response in responses(text).items():
        if "END:VCALENDAR" not in response or response.count("X-APPOINTED-JOIN") != 1:
            raise AssertionError(f"{name} is not whole:\n{response}")
        numbers[name] = int(re.search(r"SUMMARY:Number (\d+)", response)[1])
        tags[name] = tag_of(response)
    return numbers, tags


class KilledUnderLoad(unittest.TestCase):
    def test_what_was_acknowledged_is_there_and_the_rest_is_whole_or_absent(self):
        seed = random.SystemRandom().randrange(2**32)
        print(f"random seed {seed}")
        self.assertGreater(self.kill_again_and_again(seed), ROUNDS)

    def kill_again_and_again(self, seed):
        chance = random.Random(seed)
        server = Server()
        self.addCleanup(server.stop)
        writers = [Writer(index, seed + index) for index in range(WRITERS)]
        follower = Follower()
        for number in range(ROUNDS):
            server.start()
            self.verify(server, writers, follower, number)
            self.write_until_killed(server, writers, chance.randrange(12), chance.uniform(0, 0.02))
            for writer in writers:
                self.assertEqual([], writer.unexpected)
            if number % 50 == 49:
                self.check(server)
        server.start()
        self.verify(server, writers, follower, ROUNDS)
        return sum(writer.acknowledged for writer in writers)

    def write_until_killed(self, server, writers, answers, seconds):
        """Kills the server so long after so many answers."""
        enough = sum(writer.acknowledged for writer in writers) + answers
        threads = [threading.Thread(target=writer.run, args=(server.port,)) for writer in writers]
        for thread in threads:
            thread.start()
        while (sum(writer.acknowledged for writer in writers) < enough
               and any(thread.is_alive() for thread in threads)):
            time.sleep(0.001)
        time.sleep(seconds)
        server.kill()
        for thread in threads:
            thread.join()

    def verify(self, server, writers, follower, number):
        with Connection(server.port) as connection:
            numbers, tags = read_all(connection)
            status, text, _ = follower.step(connection.ask)
        self.assertEqual(207, status, text)
        for writer in writers:
            self.assertEqual([], writer.settle(numbers), f"round {number}")
        self.assertEqual(tags, follower.tags, f"round {number}: a sync token skipped a change")

    def check(self, server):
        server.command("check")


def own_mounts():
    """A command that runs another with mounts of its own, or nothing where that is not allowed."""
    for command in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return None


@unittest.skipIf(STORAGE != "sqlite", "the disk of an embedded database")
@unittest.skipIf(own_mounts() is None, "may not mount a disk of its own")
class Disk(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.stop)

    def within(self, script):
        return [*own_mounts(), "sh", "-ec", script + '\nexec "$@"', str(self.server.data)]

    def disk_of_four_megabytes(self):
        """The server's data on a small disk, a third of which somebody else takes."""
        copy = self.server.folder / "copy"
        return self.within(f"""
            mv "$0" {copy}
            mkdir "$0"
            mount -t tmpfs -o size=4m,mode=0700 tmpfs "$0"
            cp -p {copy}/* "$0"
            dd if=/dev/zero of="$0"/others bs=1k count=1300 status=none""")

    def test_a_full_disk_refuses_and_loses_nothing(self):
        self.server.start(self.disk_of_four_megabytes())
        acknowledged, answer = [], None
        for number in range(3_000):
            answer = put(self.url(number), self.large_event(number))
            if answer.status != 201:
                break
            acknowledged.append(number)

        self.assertEqual(503, answer.status, answer.text)
        self.assertIn("retry-after", answer.headers)
        self.assertTrue(acknowledged)
        self.assert_there(acknowledged)
        self.assertEqual(404, curl(self.url(len(acknowledged))).status)

        data_in_its_mounts = pathlib.Path(f"/proc/{self.server.process.pid}/root",
                                          str(self.server.data).lstrip("/"))
        (data_in_its_mounts / "others").unlink()
        self.assertEqual(201, put(self.url(9_999), self.large_event(9_999)).status)
        self.assert_there([*acknowledged, 9_999])

    def test_a_read_only_disk_is_refused_with_a_sentence(self):
        self.server.start()
        self.assertEqual(201, put(self.url(1), self.large_event(1)).status)
        self.server.kill()

        with self.assertRaises(AssertionError) as refused:
            self.server.start(self.within('mount --bind "$0" "$0"\n'
                                          'mount -o remount,bind,ro "$0"'))
        self.assertRegex(str(refused.exception), r"(?i)appointed: .*(read-only|readonly)")
        self.assertGreater(self.server.wait(), 0)

        self.server.process = None
        self.server.start()
        self.assert_there([1])

    def url(self, number):
        return f"{self.server.url}{CALENDAR}n{number}.ics"

    def large_event(self, number):
        return text_of(f"n{number}", number).replace(
            "SUMMARY", "COMMENT:" + "x" * 60_000 + "\r\nSUMMARY")

    def assert_there(self, numbers):
        for number in numbers:
            answer = curl(self.url(number))
            self.assertEqual(200, answer.status, number)
            self.assertIn(f"SUMMARY:Number {number}\r\n", answer.text)


if __name__ == "__main__":
    unittest.main()
