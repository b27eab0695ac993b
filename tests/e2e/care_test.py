"""Looking after the data of a practice that is open: backup while it works, restore, and what the
clients notice of it."""

import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import unittest

from support import (BINARY, PATIENCE_SECONDS, STORAGE, Server, curl, days, event, join_links,
                     now, put)

CALENDAR = "/calendars/ada/calendar/"


class CareCase(unittest.TestCase):
    def serve(self, **options):
        server = Server(**options)
        self.addCleanup(server.stop)
        return server.start()

    def stop(self, server):
        server.signal(signal.SIGTERM)
        self.assertEqual(0, server.wait())
        server.port = None

    def sync(self, server, token=""):
        body = (f'<sync-collection xmlns="DAV:"><sync-token>{token}</sync-token>'
                "<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>")
        return curl(server.url + CALENDAR, "--request", "REPORT", "--header",
                    "Content-Type: application/xml", "--data-binary", "@-", stdin=body.encode())

    def synced(self, server, token=""):
        """What a client that follows the collection learns: names, and its next token."""
        answer = self.sync(server, token)
        self.assertEqual(207, answer.status, answer.text)
        names = set(re.findall(r"calendar/([^<]+\.ics)<", answer.text))
        return names, re.search(r"sync-token>([^<]+)<", answer.text)[1]

    def links(self, server, name):
        text = curl(server.url + CALENDAR + name).text
        return [link.split("/j/")[1] for link in join_links(text)]


class Backup(CareCase):
    def test_a_backup_taken_while_a_client_writes_restores_events_and_links(self):
        server = self.serve()
        put(server.url + CALENDAR + "kept.ics",
            event("kept", now() + days(1), guests=["patient@home.example"]))
        links = self.links(server, "kept.ics")
        acknowledged, refused, enough = [], [], threading.Event()

        def write():
            while not enough.is_set():
                name = f"w{len(acknowledged)}"
                answer = put(f"{server.url}{CALENDAR}{name}.ics", event(name, now() + days(2)))
                if answer.status != 201:
                    refused.append(answer.status)
                    return
                acknowledged.append(name + ".ics")

        writer = threading.Thread(target=write)
        writer.start()
        backups = []
        try:
            for number in range(3):
                before = set(acknowledged)
                backup = server.folder / f"backup{number}"
                server.command("backup", str(backup))
                backups.append((backup, before))
        finally:
            enough.set()
            writer.join()
        self.assertEqual([], refused)
        _, token = self.synced(server)
        self.stop(server)

        for backup, before in backups:
            self.restore_and_compare(backup, before, set(acknowledged), links, token,
                                     server.data / "key")

    def restore_and_compare(self, backup, before, all_written, links, token, key):
        fresh = Server(accounts=())
        self.addCleanup(fresh.stop)
        fresh.command("restore", str(backup))
        shutil.copy(key, fresh.data / "key")
        fresh.start()

        refused = self.sync(fresh, token)
        self.assertEqual(403, refused.status)
        self.assertIn("valid-sync-token", refused.text)
        names, fresh_token = self.synced(fresh)
        self.assertEqual(links, self.links(fresh, "kept.ics"))
        self.assertLessEqual(before | {"kept.ics"}, names, "acknowledged before the backup began")
        self.assertLessEqual(names, all_written | {"kept.ics"})
        self.assertEqual(sorted(names - {"kept.ics"}),
                         sorted(f"w{i}.ics" for i in range(len(names) - 1)),
                         "one moment: no later write without the earlier ones")
        put(fresh.url + CALENDAR + "new.ics", event("new", now() + days(3)))
        self.assertEqual({"new.ics"}, self.synced(fresh, fresh_token)[0])

    def test_a_restore_under_a_serving_server_is_seen_at_once_and_tokens_die(self):
        server = self.serve()
        put(server.url + CALENDAR + "kept.ics", event("kept", now() + days(1)))
        backup = server.folder / "backup"
        server.command("backup", str(backup))
        put(server.url + CALENDAR + "lost.ics", event("lost", now() + days(1)))
        _, token = self.synced(server)

        server.command("restore", str(backup), status=1)
        self.assertEqual(200, curl(server.url + CALENDAR + "lost.ics").status)
        server.command("restore", str(backup), "--yes")

        self.assertEqual(404, curl(server.url + CALENDAR + "lost.ics").status)
        self.assertEqual(403, self.sync(server, token).status)
        self.assertEqual({"kept.ics"}, self.synced(server)[0])
        self.assertEqual(201, put(server.url + CALENDAR + "more.ics",
                                  event("more", now() + days(1))).status)

    def test_a_damaged_backup_changes_nothing(self):
        server = self.serve()
        put(server.url + CALENDAR + "kept.ics", event("kept", now() + days(1)))
        backup = server.folder / "backup"
        server.command("backup", str(backup))
        put(server.url + CALENDAR + "later.ics", event("later", now() + days(1)))
        whole = backup.read_bytes()
        page = 5 * 4096
        flipped = whole[:page] + bytes(byte ^ 0x55 for byte in whole[page:page + 4096])
        for damaged in (whole[:-1], whole[:page], b"", b"no database",
                        flipped + whole[page + 4096:]):
            backup.write_bytes(damaged)
            server.command("restore", str(backup), "--yes", status=1)
        self.assertEqual({"kept.ics", "later.ics"}, self.synced(server)[0])

    def test_an_interrupted_backup_leaves_no_file_that_looks_whole(self):
        server = self.serve()
        for number in range(30):
            put(f"{server.url}{CALENDAR}e{number}.ics", event(f"e{number}", now() + days(1)))
        backup = server.folder / "backup"
        process = subprocess.Popen(
            [BINARY, "backup", str(backup), "--config", server.config_file, "--data", server.data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        part = pathlib.Path(str(backup) + ".part")
        while process.poll() is None and not part.exists():
            pass
        process.kill()
        process.wait(PATIENCE_SECONDS)
        if not backup.exists():  # else it was faster than the kill
            server.command("backup", str(backup), status=1 if part.exists() else 0)
            part.unlink(missing_ok=True)
        if not backup.exists():
            server.command("backup", str(backup))
        server.command("restore", str(backup), "--yes")
        self.assertEqual(30, len(self.synced(server)[0]))

    def test_a_copy_to_another_storage_serves_the_same(self):
        server = self.serve()
        put(server.url + CALENDAR + "kept.ics",
            event("kept", now() + days(1), guests=["patient@home.example"]))
        links = self.links(server, "kept.ics")
        other = Server(accounts=())
        self.addCleanup(other.stop)
        other.data.mkdir(mode=0o700)
        shutil.copy(server.data / "key", other.data / "key")

        server.command("copy", server.storage_url, other.storage_url)
        other.start()

        self.assertEqual(links, self.links(other, "kept.ics"))


class Check(CareCase):
    def change(self, server, statement):
        """Behind the server's back, and without the engine's own checks."""
        with sqlite3.connect(server.data / "appointed.db", timeout=PATIENCE_SECONDS) as database:
            database.execute("PRAGMA foreign_keys = OFF")
            database.execute(statement)
        database.close()

    def check(self, server, status):
        """What it says on standard output."""
        return server.command("check", status=status)

    def serve_one_of_each(self):
        server = self.serve()
        put(server.url + CALENDAR + "plain.ics", event("plain", now() + days(1)))
        put(server.url + CALENDAR + "weekly.ics",
            event("weekly", now() + days(1), extra="RRULE:FREQ=WEEKLY\n"))
        put(server.url + CALENDAR + "session.ics",
            event("session", now() + days(1), guests=["patient@home.example"]))
        put(server.url + CALENDAR + "gone.ics",
            event("gone", now() + days(1), guests=["patient@home.example"]))
        curl(server.url + CALENDAR + "gone.ics", "--request", "DELETE")
        return server

    def test_what_the_server_has_written_is_right(self):
        server = self.serve_one_of_each()
        self.assertIn("3 objects, nothing is wrong", self.check(server, 0))

    @unittest.skipIf(STORAGE != "sqlite", "damages a file")
    def test_each_kind_of_damage_is_named_with_its_path_beside_the_server(self):
        server = self.serve_one_of_each()
        path = CALENDAR + "plain.ics: "
        where = "WHERE name = 'plain.ics'"
        damages = [
            (f"UPDATE object SET text = CAST('x' AS BLOB) {where}", path + "is no calendar object"),
            (f"UPDATE object SET text = CAST(REPLACE(CAST(text AS TEXT), 'Consultation', 'Oops') "
             f"AS BLOB) {where}", path + "has an ETag that is not that of its text"),
            (f"UPDATE object SET uid = 'other' {where}", path + 'has the UID "other"'),
            (f"UPDATE object SET component = 'VTODO' {where}", path + "has the component"),
            (f"UPDATE object SET span_end = span_end + 60 {where}", path + "is found at the wrong"),
            (f"UPDATE object SET size = 7 {where}", path + 'has the size "7"'),
            ("UPDATE object SET links = CAST('3' AS BLOB) WHERE name = 'session.ics'",
             CALENDAR + "session.ics: has its join links noted at other places"),
            (f"UPDATE object SET revision = 1000 {where}", path + "has a revision that"),
            ("UPDATE object SET revision = 2 WHERE name IN ('plain.ics', 'weekly.ics')",
             CALENDAR + "weekly.ics: shares its revision"),
            ("UPDATE tombstone SET name = 'plain.ics'", path + "is there and noted as removed"),
            ("UPDATE session SET object_id = NULL WHERE uid = 'session'", "has neither an event"),
            ("INSERT INTO property VALUES ('object:999', 'x', 'y', '<y/>')",
             "object:999 y: is a property of an object that is gone"),
            ("UPDATE session SET object_id = 999 WHERE uid = 'session'",
             "of the table session names a row of the table object that is not there"),
            ("UPDATE participant SET session_id = 999 WHERE id = 1",
             "of the table participant names a row of the table session that is not there"),
        ]
        whole = server.folder / "whole"
        server.command("backup", str(whole))
        for statement, finding in damages:
            self.change(server, statement)
            self.assertIn(finding, self.check(server, 1))
            server.command("restore", str(whole), "--yes")
        self.check(server, 0)

    @unittest.skipIf(STORAGE != "sqlite", "damages a file")
    def test_reindex_repairs_a_wrong_index_beside_the_server(self):
        server = self.serve_one_of_each()
        self.change(server, "DELETE FROM occurrence WHERE object_id = "
                            "(SELECT id FROM object WHERE name = 'weekly.ics')")
        self.assertIn(CALENDAR + "weekly.ics: is found at the wrong times", self.check(server, 1))

        said = server.command("reindex")

        self.assertIn("3 objects again; 1 were indexed wrongly", said)
        self.check(server, 0)
        self.assertIn("; 0 were", server.command("reindex"))

    def damage_pages(self, server, marker):
        """Every page with the marker loses its header."""
        file = server.data / "appointed.db"
        data = bytearray(file.read_bytes())
        pages = [at for at in range(4096, len(data), 4096) if marker in data[at:at + 4096]]
        self.assertTrue(pages)
        for at in pages:
            data[at:at + 8] = bytes(8)
        file.write_bytes(data)

    @unittest.skipIf(STORAGE != "sqlite", "damages a file")
    def test_a_damaged_page_is_named_and_never_served(self):
        server = self.serve()
        for number in range(40):
            put(f"{server.url}{CALENDAR}e{number}.ics", event(f"e{number}", now() + days(1)))
        self.stop(server)
        self.damage_pages(server, b"UID:e7\r\n")
        server.start()

        damaged = curl(server.url + CALENDAR + "e7.ics")
        self.assertEqual(503, damaged.status)
        self.assertNotIn("VCALENDAR", damaged.text)
        server.wait_for_log("the database is damaged")
        self.assertEqual(503, put(server.url + CALENDAR + "e7.ics",
                                  event("e7", now() + days(2))).status)
        findings = self.check(server, 1)
        self.assertRegex(findings, r"the database: .*[Pp]age")
        self.assertIn(CALENDAR + "e7.ics: cannot be read", findings)
        self.assertEqual(200, curl(server.url + CALENDAR + "e39.ics").status)

    @unittest.skipIf(STORAGE != "sqlite", "damages a file")
    def test_a_file_that_is_no_database_is_not_served(self):
        server = self.serve()
        self.stop(server)
        file = server.data / "appointed.db"
        whole = file.read_bytes()
        for damaged in (b"x" * 100 + whole[100:], b"no database"):
            file.write_bytes(damaged)
            with self.assertRaisesRegex(AssertionError, "the database is damaged"):
                server.command("serve", "--listen", "127.0.0.1:0")
            server.command("check", status=2)
            server.command("backup", str(server.folder / "backup"), status=1)
            self.assertEqual(damaged, file.read_bytes())
        file.unlink()
        server.command("check", status=2)
        self.assertFalse(file.exists())


class History(CareCase):
    def history(self, server, *options):
        """Rows of the list: version, time, what happened, path, title."""
        return [line.split("\t") for line in
                server.command("history", "ada", *options).splitlines()]

    def test_a_deleted_session_is_put_back_with_its_links_and_clients_see_it(self):
        server = self.serve()
        path = CALENDAR + "session.ics"
        put(server.url + path, event("session", now() + days(1), summary="Wanted",
                                     guests=["patient@home.example"]))
        links = self.links(server, "session.ics")
        self.assertEqual(2, len(set(links)))
        self.assertEqual(204, curl(server.url + path, "--request", "DELETE").status)
        _, token = self.synced(server)

        (version, _, what, where, title), = self.history(server)
        self.assertEqual(("deleted", path, "Wanted"), (what, where, title))
        self.assertIn(path, server.command("undelete", version))

        self.assertEqual({"session.ics"}, self.synced(server, token)[0])
        self.assertEqual(links, self.links(server, "session.ics"))
        self.assertIn("1 objects, nothing is wrong", server.command("check"))

    def test_an_overwritten_event_is_put_back_and_the_other_one_is_kept(self):
        server = self.serve()
        url = server.url + CALENDAR + "a.ics"
        put(url, event("a", now() + days(1), summary="Mine"))
        put(url, event("a", now() + days(1), summary="Theirs"))
        put(server.url + CALENDAR + "b.ics", event("b", now() + days(1), summary="Mine"))
        curl(server.url + CALENDAR + "b.ics", "--request", "MOVE", "--header",
             f"Destination: {server.url}{CALENDAR}c.ics")
        self.assertEqual(["moved away", "replaced"], [row[2] for row in self.history(server)])

        (version, *_), = self.history(server, "--uid", "a")
        server.command("undelete", version)

        self.assertIn("SUMMARY:Mine", curl(url).text)
        titles = [row[4] for row in self.history(server, "--uid", "a")]
        self.assertEqual(["Theirs", "Mine"], titles)
        self.assertEqual([], self.history(server, "--calendar", "elsewhere"))
        self.assertEqual(1, len(self.history(server, "--newest", "1")))

    def test_mistakes_are_said(self):
        server = self.serve()
        server.command("history", "nobody", status=1)
        server.command("undelete", "77", status=1)

    def test_without_history_nothing_is_kept(self):
        server = self.serve(config="[storage]\nhistory_days = 0\n")
        put(server.url + CALENDAR + "a.ics", event("a", now() + days(1)))
        curl(server.url + CALENDAR + "a.ics", "--request", "DELETE")
        self.assertEqual([], self.history(server))

    def test_a_backup_holds_the_history(self):
        server = self.serve()
        put(server.url + CALENDAR + "a.ics", event("a", now() + days(1)))
        curl(server.url + CALENDAR + "a.ics", "--request", "DELETE")
        before = self.history(server)
        backup = server.folder / "backup"
        server.command("backup", str(backup))
        server.command("restore", str(backup), "--yes")
        self.assertEqual(before, self.history(server))


if __name__ == "__main__":
    unittest.main()
