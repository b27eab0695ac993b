"""litmus: WebDAV as such (RFC 4918), on an ordinary collection in a calendar home. Its suite
`locks` is not run: the server offers no locks and does not claim class 2."""

import pathlib
import re
import tempfile
import unittest

from support import PASSWORD, ServerCase, run

# What fails here and is right to: a home holds collections, and these hold no further ones (RFC
# 4918 section 9.3.1 lets a server say 403), but litmus makes collections inside of its own. COPY
# and MOVE of whole collections are tested in tests/caldav/copy_move_test.cpp.
EXPECTED_FAILURES = {
    "basic": {"delete_fragment", "mkcol"},
    "copymove": {"copy_init", "copy_coll", "copy_shallow", "move", "move_coll"},
}


class Litmus(ServerCase):
    def check(self, suite):
        with tempfile.TemporaryDirectory() as folder:
            output = run("litmus", "--keep-going", self.server.url + "/calendars/ada/", "ada",
                         PASSWORD, env={"TESTS": suite}, cwd=folder, status=None)
            failed = set(re.findall(r"^ *\d+\. (\w+)\.+ FAIL", output, re.MULTILINE))
            if failed != EXPECTED_FAILURES.get(suite, set()):
                print(pathlib.Path(folder, "debug.log").read_text(errors="replace"))
            self.assertEqual(EXPECTED_FAILURES.get(suite, set()), failed, output)
            self.assertRegex(output, rf"summary for `{suite}': of \d+ tests run: \d+ passed")

    def test_basic(self):
        self.check("basic")

    def test_copymove(self):
        self.check("copymove")

    def test_props(self):
        self.check("props")

    def test_http(self):
        self.check("http")


if __name__ == "__main__":
    unittest.main()
