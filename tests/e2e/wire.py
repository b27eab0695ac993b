"""A client on the wire for replays: it sends what it is told with the headers of the client that it
stands for, over one connection, and reads multistatus answers as strictly as clients do."""

import base64
import http.client
import re
import xml.etree.ElementTree as ElementTree

from support import PASSWORD, PATIENCE_SECONDS

NAMESPACES = {
    "D": "DAV:",
    "C": "urn:ietf:params:xml:ns:caldav",
    "CS": "http://calendarserver.org/ns/",
    "A": "http://apple.com/ns/ical/",
    "ME": "http://me.com/_namespace/",
    "CARD": "urn:ietf:params:xml:ns:carddav",
}


def tag(name):
    """D:href as ElementTree spells it; without a prefix it is in DAV:."""
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or 'D']}}}{local}"


def element(name, *content):
    prefix, _, local = name.rpartition(":")
    name = f"{prefix or 'D'}:{local}"
    return f"<{name}>{''.join(content)}</{name}>"


def document(name, *content):
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in NAMESPACES.items())
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            + element(name, *content).replace(">", declared + ">", 1))


def properties(names):
    return element("prop", *(element(name) for name in names.split()))


class Reply:
    def __init__(self, answer, body):
        self.status = answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.text = body.decode()

    @property
    def xml(self):
        return ElementTree.fromstring(self.text)

    def responses(self):
        """By href: the properties that are there, or None for what is gone."""
        assert self.status == 207, f"{self.status}: {self.text}"
        found = {}
        for response in self.xml.findall(tag("response")):
            href = response.findtext(tag("href"))
            assert href not in found, f"{href} came twice"
            status = response.findtext(tag("status"))
            if status is not None:
                assert re.fullmatch(r"HTTP/1\.1 (404|507) .+", status), status
                found[href] = None
                continue
            found[href] = {}
            for part in response.findall(tag("propstat")):
                if " 200 " in part.findtext(tag("status")):
                    found[href].update({each.tag: each for each in part.find(tag("prop"))})
        return found

    def only(self):
        [(_, found)] = self.responses().items()
        return found


class Client:
    def __init__(self, port, agent, login="ada", **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.headers = {"User-Agent": agent,
                        **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.password = "Basic " + base64.b64encode(f"{login}:{PASSWORD}".encode()).decode()

    def close(self):
        self.connection.close()

    def ask(self, method, path, body="", depth=None, password=True, **headers):
        fields = dict(self.headers)
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        if password:
            fields["Authorization"] = self.password
        if depth is not None:
            fields["Depth"] = str(depth)
        self.connection.request(method, path, body.encode(), fields)
        answer = self.connection.getresponse()
        return Reply(answer, answer.read())

    def propfind(self, path, names, depth=0, **headers):
        return self.ask("PROPFIND", path, document("propfind", properties(names)), depth, **headers)

    def report(self, path, name, *content, depth=None, **headers):
        return self.ask("REPORT", path, document(name, *content), depth, **headers)

    def sync(self, path, token, names="getetag", depth=1, level=True, **headers):
        """What changed, by href, and the new token."""
        reply = self.report(path, "sync-collection", element("sync-token", token),
                            element("sync-level", "1") if level else "", properties(names),
                            depth=depth, **headers)
        return reply.responses(), reply.xml.findtext(tag("sync-token"))

    def multiget(self, path, hrefs, names="getetag C:calendar-data", depth=None, **headers):
        return self.report(path, "C:calendar-multiget", properties(names),
                           *(element("href", href) for href in hrefs), depth=depth,
                           **headers).responses()

    def query(self, path, names, *inner, component="VEVENT", depth=1, **headers):
        inner = (f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="{component}">'
                 + "".join(inner) + "</C:comp-filter></C:comp-filter>")
        return self.report(path, "C:calendar-query", properties(names), element("C:filter", inner),
                           depth=depth, **headers).responses()


def href_in(found, name):
    """The only href in a property."""
    return found[tag(name)].findtext(tag("href"))
