"""Evolution's engine (Evolution-data-server, which GNOME Calendar uses too) over its own D-Bus."""

import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import gi

from support import (PASSWORD, PATIENCE_SECONDS, ServerCase, curl, days, event, guest_link,
                     join_links, lines_of, now, put)

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, Gio, GLib, ICalGLib  # noqa: E402

SOURCE = """[Data Source]
DisplayName=Practice
Enabled=true
Parent=caldav-stub
[Authentication]
Host=127.0.0.1
Port={port}
Method=plain/password
User=ada
RememberPassword=false
[Calendar]
BackendName=caldav
[WebDAV Backend]
ResourcePath=/calendars/ada/calendar/
[Security]
Method=none
[Offline]
StaySynchronized=true
"""
# Its network monitor takes a slow machine for one without a network, and then never writes through.
SETTINGS = """[org/gnome/evolution-data-server]
network-monitor-gio-name='always-online'
"""


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("still waiting: " + what)
        time.sleep(0.1)


class Evolution(ServerCase):
    guest = "patient@home.example"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="appointed-evolution-")
        cls.addClassCleanup(folder.cleanup)
        sources = pathlib.Path(folder.name, "config/evolution/sources")
        sources.mkdir(parents=True)
        (sources / "practice.source").write_text(SOURCE.format(port=cls.server.port))
        settings = pathlib.Path(folder.name, "config/glib-2.0/settings")
        settings.mkdir(parents=True)
        (settings / "keyfile").write_text(SETTINGS)
        bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--print-address", "--nofork"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, start_new_session=True,
            env={"PATH": os.environ["PATH"], "HOME": folder.name, "LC_ALL": "C.UTF-8",
                 "XDG_CONFIG_HOME": folder.name + "/config",
                 "XDG_CACHE_HOME": folder.name + "/cache", "XDG_DATA_HOME": folder.name + "/share",
                 "GSETTINGS_BACKEND": "keyfile", "GIO_USE_PROXY_RESOLVER": "dummy"})
        cls.addClassCleanup(bus.stdout.close)
        cls.addClassCleanup(bus.wait)
        cls.addClassCleanup(os.killpg, bus.pid, signal.SIGKILL)  # and the services it started
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        # Else the end of the bus would end this process. Kept, or the next would be another one.
        cls.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        cls.bus.set_exit_on_close(False)
        loop = GLib.MainLoop()
        threading.Thread(target=loop.run, daemon=True).start()
        cls.addClassCleanup(loop.quit)
        cls.client = cls.connect()

    @classmethod
    def connect(cls):
        registry = EDataServer.SourceRegistry.new_sync(None)
        source = registry.ref_source("practice")

        credentials = EDataServer.NamedParameters.new()
        credentials.set("username", "ada")
        credentials.set("password", PASSWORD)

        status = EDataServer.SourceConnectionStatus

        # Opening waits for the password. One answer a question: two at a time leave the backend
        # without a connection that it believes to have.
        def sign_in():
            wait_until(lambda: source.get_connection_status() == status.AWAITING_CREDENTIALS,
                       "Evolution asking for the password")
            source.invoke_authenticate_sync(credentials, None)

        threading.Thread(target=sign_in, daemon=True).start()
        client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, PATIENCE_SECONDS,
                                          None)
        wait_until(lambda: source.get_connection_status() == status.CONNECTED,
                   "Evolution's connection")
        wait_until(lambda: not client.is_readonly(), "a calendar that can be written")
        return client

    def find(self, uid):
        """The event as Evolution has it; None if it has none."""
        try:
            return self.client.get_object_sync(uid, None, None)[1]
        except GLib.Error:
            return None

    def on_server(self, uid):
        return curl(f"{self.server.url}/calendars/ada/calendar/{uid}.ics")

    def wait_for_upload(self, condition):
        """Evolution writes through, or, where it still takes itself for offline, when it refreshes."""

        def holds():
            if condition():
                return True
            self.client.refresh_sync(None)
            return False

        wait_until(holds, "Evolution's upload")

    def test_an_event_made_in_evolution_comes_back_with_its_links(self):
        text = event("made", now() + days(2), guests=[self.guest], summary="Made in Evolution")
        component = ICalGLib.Component.new_from_string(text).get_first_component(
            ICalGLib.ComponentKind.VEVENT_COMPONENT)
        self.client.create_object_sync(component, ECal.OperationFlags.NONE, None)

        self.wait_for_upload(lambda: self.on_server("made").status == 200)
        links = set(join_links(self.on_server("made").text))
        self.assertEqual(2, len(links))
        self.wait_for_upload(
            lambda: links == set(join_links(self.find("made").as_ical_string())))

        changed = self.find("made")
        changed.set_summary("Changed in Evolution")
        self.client.modify_object_sync(changed, ECal.ObjModType.THIS, ECal.OperationFlags.NONE,
                                       None)
        changed_line = "SUMMARY:Changed in Evolution"
        self.wait_for_upload(lambda: changed_line in self.on_server("made").text)
        stored = self.on_server("made").text
        self.assertEqual(links, set(join_links(stored)))
        self.assertEqual(1, stored.count("---===---"))

    def test_events_made_elsewhere_arrive_with_the_links_and_go_again(self):
        url = self.server.url + "/calendars/ada/calendar/elsewhere.ics"
        put(url, event("elsewhere", now() + days(1), guests=[self.guest]))
        self.client.refresh_sync(None)
        wait_until(lambda: self.find("elsewhere") is not None, "the new event")

        text = self.find("elsewhere").as_ical_string()
        self.assertEqual(guest_link(curl(url).text, self.guest), guest_link(text, self.guest))
        self.assertEqual(1, len(lines_of(text, "CONFERENCE")))

        curl(url, "--request", "DELETE")
        self.client.refresh_sync(None)
        wait_until(lambda: self.find("elsewhere") is None, "the event's removal")

    def test_deleting_in_evolution_cancels_the_session(self):
        put(self.server.url + "/calendars/ada/calendar/deleted.ics",
            event("deleted", now() + days(1), guests=[self.guest], summary="To be deleted"))
        self.client.refresh_sync(None)
        wait_until(lambda: self.find("deleted") is not None, "the new event")

        self.client.remove_object_sync("deleted", None, ECal.ObjModType.ALL,
                                       ECal.OperationFlags.NONE, None)

        self.wait_for_upload(lambda: self.on_server("deleted").status == 404)
        self.assertNotIn("To be deleted", [each["title"] for each in self.server.sessions()])


if __name__ == "__main__":
    unittest.main()
