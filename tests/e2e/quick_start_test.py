"""script/server as a newcomer runs it: one command to a server with an account, and again."""

import os
import pathlib
import re
import signal
import stat
import subprocess
import tempfile
import threading
import unittest

from support import ROOT, curl

PATIENCE_SECONDS = 1200  # the first run builds


class QuickStart(unittest.TestCase):
    def run_once(self, data, use):
        """Starts script/server, waits until it serves, uses it, stops it; what it printed."""
        process = subprocess.Popen(
            [ROOT / "script/server", "--data", data, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        printed = []
        reader = threading.Thread(target=lambda: printed.extend(process.stdout), daemon=True)
        reader.start()
        guard = threading.Timer(PATIENCE_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
        guard.start()
        try:
            port = None
            for line in process.stderr:
                found = re.search(r"event=serving .*\bport=(\d+)", line)
                if found:
                    port = int(found[1])
                    break
            self.assertIsNotNone(port, "".join(printed))
            threading.Thread(target=process.stderr.read, daemon=True).start()
            while "feed patient@" not in "".join(printed):  # all of it was written before serving
                reader.join(0.02)
            text = "".join(printed).split("Appointed will answer at")[1]
            use(port, re.search(r"login +(\S+)", text)[1], re.search(r"password +(\S+)", text)[1])
            process.send_signal(signal.SIGTERM)
            self.assertEqual(0, process.wait(60))
            reader.join(10)
            return "".join(printed)
        finally:
            guard.cancel()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def test_the_account_it_prints_may_sign_in_and_stays_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder, "practice")
            seen = []

            def sign_in(port, login, password):
                answer = curl(f"http://127.0.0.1:{port}/calendars/{login}/", "--request",
                              "PROPFIND", login=login, password=password)
                self.assertEqual(207, answer.status)
                seen.append((login, password))

            self.run_once(data, sign_in)
            self.run_once(data, sign_in)

            self.assertEqual(seen[0], seen[1])
            secret = data / "first-account.txt"
            self.assertEqual(0o600, stat.S_IMODE(secret.stat().st_mode))
            self.assertEqual(seen[0][1], secret.read_text().strip())


if __name__ == "__main__":
    unittest.main()
