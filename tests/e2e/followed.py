"""What clients know of a calendar that somebody disturbs: bare requests over a kept connection or one
of their own, and a follower that believes nothing but its sync token."""

import base64
import http.client
import re

from support import PASSWORD, PATIENCE_SECONDS

CALENDAR = "/calendars/ada/calendar/"
AUTHORIZATION = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()


class Connection:
    """One kept connection of a client. Fails when the server goes."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, method, path, body="", **headers):
        self.connection.request(method, path, body.encode(),
                                {"Authorization": AUTHORIZATION, **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def ask(port, method, path, body="", **headers):
    """One request; its status (0: no answer) and text."""
    try:
        with Connection(port) as connection:
            return connection.ask(method, path, body, **headers)
    except (OSError, http.client.HTTPException):
        return 0, ""


def responses(text):
    """The responses of a multistatus by the names of the objects that they are about."""
    found = {}
    for response in re.findall(r"<(?:\w+:)?response>.*?</(?:\w+:)?response>", text, re.S):
        name = re.search(r"calendar/([^<]+\.ics)<", response)
        if name:
            found[name[1]] = response
    return found


def tag_of(response):
    """The entity tag in a response; None: the object is gone."""
    tag = re.search(r"getetag>([^<]+)<", response)
    return tag[1] if tag else None


class Follower:
    """Follows a calendar by sync-collection, in pieces if there is a limit."""

    def __init__(self, limit=None):
        self.limit = f"<limit><nresults>{limit}</nresults></limit>" if limit else ""
        self.token = ""
        self.tags = {}

    def step(self, client):
        """One question by `client`, which takes what `Connection.ask` takes: status, text, and how
        many changes there were."""
        status, text = client(
            "REPORT", CALENDAR,
            f'<sync-collection xmlns="DAV:"><sync-token>{self.token}</sync-token>'
            f"<sync-level>1</sync-level>{self.limit}<prop><getetag/></prop></sync-collection>")
        if status != 207:
            return status, text, 0
        changes = responses(text)
        for name, response in changes.items():
            self.tags[name] = tag_of(response)
            if self.tags[name] is None:
                del self.tags[name]
        self.token = re.search(r"sync-token>([^<]+)<", text)[1]
        return status, text, len(changes)
