"""What clients put on the wire, sent from Python, for machines that cannot run them."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.uploads import modern

CHUNK = 128 * 1024

NUGET_HEADERS = {
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "NuGet Command Line/5.8.0 (Unix 6.1.0.0)",
    "X-NuGet-Client-Version": "5.8.0",
    "X-NuGet-Session-Id": "5f2b1a7e-3b52-4a3a-9d0f-3d0c1a2b4c5d",
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # what a client reads of JSON has no type
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Wire:
    """One kept connection to each server; credentials are sent when they are asked for."""

    password: str | None = None
    sends_at_once: bool = False
    _connections: dict[str, HTTPConnection] = field(default_factory=dict)

    def get(self, url: str) -> Answer:
        """Fetch, with the key after a challenge, and from where a redirect points."""
        answer = self.send("GET", url)
        return self.get(answer.headers["location"]) if answer.status == 302 else answer

    def push(self, url: str, package: bytes, key: str | None = None) -> Answer:
        """Send a package as every client since 3.5 does: chunked, to a trailing slash."""
        upload = modern(package)
        headers = {"Content-Type": upload.content_type, "Transfer-Encoding": "chunked"}
        return self.send("PUT", f"{url}/", _keyed(headers, key), upload.body)

    def delete(self, url: str, package_id: str, version: str, key: str | None = None) -> Answer:
        return self.send("DELETE", f"{url}/{package_id}/{version}", _keyed({}, key))

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        given = {**NUGET_HEADERS, **(headers or {})}
        if self.sends_at_once:
            return self._once(method, url, {**given, **self._authorization()}, body)
        answer = self._once(method, url, given, body)
        if answer.status == 401 and self.password is not None:
            assert answer.headers["www-authenticate"].startswith("Basic ")
            answer = self._once(method, url, {**given, **self._authorization()}, body)
        return answer

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        to = urlsplit(url)
        connection = self._connections.setdefault(to.netloc, HTTPConnection(to.netloc))
        path = f"{to.path}?{to.query}" if to.query else to.path
        chunks = (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
        chunked = "Transfer-Encoding" in headers
        connection.request(
            method, path, chunks if chunked else None, dict(headers), encode_chunked=chunked
        )
        with connection.getresponse() as response:
            content = response.read()
        lower = {name.lower(): value for name, value in response.getheaders()}
        if lower.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(response.status, response.reason, lower, content)

    def _authorization(self) -> dict[str, str]:
        text = f"me:{self.password}".encode()
        return {"Authorization": f"Basic {b64encode(text).decode()}"}

    def close(self) -> None:
        for each in self._connections.values():
            each.close()


@contextmanager
def wire(password: str | None = None, *, sends_at_once: bool = False) -> Iterator[Wire]:
    opened = Wire(password, sends_at_once)
    try:
        yield opened
    finally:
        opened.close()


def _keyed(headers: Mapping[str, str], key: str | None) -> dict[str, str]:
    return {**headers, **({"X-NuGet-ApiKey": key} if key is not None else {})}
