"""vdirsyncer with khal: two people's folders of events kept in step through the server."""

import pathlib
import tempfile
import unittest

from support import PASSWORD, ServerCase, days, event, join_links, lines_of, now, put, run


class Device:
    """A home folder with a vdirsyncer pair and a khal over its local side."""

    def __init__(self, url, login="ada"):
        self.folder = tempfile.TemporaryDirectory(prefix="appointed-vdir-")
        root = pathlib.Path(self.folder.name)
        self.events = root / "calendars" / "calendar"
        self.environment = {"HOME": str(root), "LC_ALL": "C.UTF-8",
                            "VDIRSYNCER_CONFIG": str(root / "vdirsyncer.conf"),
                            "XDG_CACHE_HOME": str(root / "cache"),
                            "XDG_DATA_HOME": str(root / "share")}
        (root / "vdirsyncer.conf").write_text(f"""
[general]
status_path = "{root}/status/"
[pair practice]
a = "local"
b = "server"
collections = ["from b"]
metadata = ["displayname"]
conflict_resolution = null
[storage local]
type = "filesystem"
path = "{root}/calendars/"
fileext = ".ics"
[storage server]
type = "caldav"
url = "{url}/"
username = "{login}"
password = "{PASSWORD}"
""")
        (root / "khal.conf").write_text(f"""
[calendars]
[[practice]]
path = {root}/calendars/calendar
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
timeformat = %H:%M
dateformat = %d.%m.
longdateformat = %d.%m.%Y
datetimeformat = %d.%m. %H:%M
longdatetimeformat = %d.%m.%Y %H:%M
[default]
default_calendar = practice
""")
        self.khal_config = root / "khal.conf"

    def discover(self):
        return run("vdirsyncer", "discover", "practice", env=self.environment, stdin="y\ny\ny\n")

    def sync(self):
        return run("vdirsyncer", "sync", "practice", env=self.environment)

    def khal(self, *arguments):
        return run("khal", "--config", str(self.khal_config), *arguments, env=self.environment)

    def texts(self):
        return {path.name: path.read_text() for path in self.events.glob("*.ics")}

    def close(self):
        self.folder.cleanup()


class Vdirsyncer(ServerCase):
    def device(self):
        device = Device(self.server.url)
        self.addCleanup(device.close)
        device.discover()
        device.sync()
        return device

    def test_discovery_finds_the_calendars_by_the_host_alone(self):
        device = Device(self.server.url)
        self.addCleanup(device.close)

        found = device.discover()

        self.assertIn("calendar", found)
        self.assertIn("tasks", found)

    def test_an_event_made_by_khal_travels_to_another_device_and_back(self):
        first, second = self.device(), self.device()
        first.khal("new", "--location", "Room 3", "--alarms", "15m", "03.06.2030", "10:00", "11:00",
                   "Planning with khal", "::", "Bring the plan")
        first.sync()
        second.sync()

        listing = second.khal("list", "03.06.2030", "04.06.2030")
        self.assertIn("Planning with khal", listing)
        (name, text), = [(name, text) for name, text in second.texts().items()
                         if "Planning with khal" in text]
        self.assertEqual(["LOCATION:Room 3"], lines_of(text, "LOCATION"))
        self.assertIn("BEGIN:VALARM", text)

        (second.events / name).write_text(text.replace("Planning with khal", "Planning, changed"))
        second.sync()
        first.sync()
        self.assertIn("Planning, changed", first.khal("list", "03.06.2030", "04.06.2030"))

        (first.events / name).unlink()
        first.sync()
        second.sync()
        self.assertNotIn("Planning", second.khal("list", "03.06.2030", "04.06.2030"))

    def test_a_second_sync_has_nothing_to_do(self):
        device = self.device()
        put(self.server.url + "/calendars/ada/calendar/quiet.ics",
            event("quiet", now() + days(1), guests=["patient@home.example"]))
        device.sync()

        output = device.sync()

        self.assertNotIn("Copying", output)
        self.assertNotIn("Deleting", output)

    def test_the_links_of_a_session_come_back_and_stay_the_same(self):
        first, second = self.device(), self.device()
        (first.events / "visit.ics").write_text(
            event("visit", now() + days(2), guests=["patient@home.example"]))
        first.sync()  # sends it; the server adds the links
        first.sync()  # fetches what the server made of it
        second.sync()

        text = first.texts()["visit.ics"]
        links = set(join_links(text))
        self.assertEqual(2, len(links))
        self.assertEqual(links, set(join_links(second.texts()["visit.ics"])))

        (second.events / "visit.ics").write_text(text.replace("Consultation", "Follow-up"))
        second.sync()
        second.sync()
        first.sync()
        text = first.texts()["visit.ics"]
        self.assertIn("Follow-up", text)
        self.assertEqual(links, set(join_links(text)))

    def test_metadata_is_synchronised(self):
        device = self.device()

        run("vdirsyncer", "metasync", "practice", env=device.environment)

        self.assertNotEqual("", (device.events / "displayname").read_text())


if __name__ == "__main__":
    unittest.main()
