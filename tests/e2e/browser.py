"""A headless Chromium, driven over its DevTools protocol: as much of it as these tests need."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request

import websocket

PATIENCE_SECONDS = 120


class Browser:
    """One page on a phone's screen. `problems` has what its console complained of."""

    def __init__(self, width=412, height=915, zone="Europe/Berlin"):
        self.profile = tempfile.TemporaryDirectory(prefix="appointed-browser-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--hide-scrollbars", "--no-proxy-server", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={self.profile.name}",
             *(["--no-sandbox"] if os.geteuid() == 0 else []), "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.problems = []
        self.number = 0
        try:
            self.socket = websocket.create_connection(self._address(), timeout=PATIENCE_SECONDS,
                                                      http_no_proxy=["127.0.0.1"])
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
            self.call("Emulation.setTimezoneOverride", timezoneId=zone)
            self.call("Emulation.setLocaleOverride", locale="en-GB")
            self.resize(width, height)
        except BaseException:
            self.close()
            raise

    def _address(self):
        """Chromium writes the port that it took into its profile, then lists its pages there."""
        port_file = pathlib.Path(self.profile.name, "DevToolsActivePort")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                port = port_file.read_text().splitlines()[0]
                with opener.open(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [each for each in json.load(answer) if each["type"] == "page"]
                    return pages[0]["webSocketDebuggerUrl"]
            except (OSError, IndexError):
                time.sleep(0.05)
        raise AssertionError("Chromium did not start")

    def _receive(self):
        message = json.loads(self.socket.recv())
        if message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            if entry["level"] == "error" and entry["source"] != "network":
                self.problems.append(entry["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            self.problems.append(str(message["params"]["exceptionDetails"]))
        return message

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = self._receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=True)

    def wait_for_load(self):
        while self._receive().get("method") != "Page.loadEventFired":
            pass

    def open(self, url):
        self.problems.clear()
        self.call("Page.navigate", url=url)
        self.wait_for_load()

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """Clicks and waits for the page that follows."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        self.wait_for_load()

    def text(self):
        return self.evaluate("document.body.innerText")

    def screenshot(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self):
        if hasattr(self, "socket"):
            self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.profile.cleanup()
