"""No key, no password and no signed address is ever in a log, whatever is asked of whichever route.

Everything is sent that could give a secret away, in every place where it could stand,
and then all is searched that was logged at any level by anything, fields and traces
included, or printed.
"""

import asyncio
import logging
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta

import httpx
import pytest

from feed.app import Feed, function_app
from feed.localhost import routes
from feed.services.callers import Scope
from feed.storage.blobs import Blob
from feed.storage.memory import MemoryBlobs
from tests.api.holders import Headers, by_key, by_password, by_token
from tests.api.test_access_matrix import ROUTES
from tests.feeds import ADMIN_KEY, client, memory_feed, served
from tests.keys import ME, make_key
from tests.services.pushes import push

SIGNATURE = "marked-signature"
MARKED = ("marked-password", "marked-token", "marked-placeholder", "marked-öäü☃")


class SigningBlobs(MemoryBlobs):
    """Memory that gives out signed addresses, as storage in Azure does."""

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        return f"https://storage.example/{path}?sig={SIGNATURE}"


class BrokenBlobs(SigningBlobs):
    """Memory that fails as nobody foresaw."""

    async def find(self, path: str, *, known: Blob | None = None) -> Blob | None:
        raise RuntimeError("broken")


class Everything(logging.Handler):
    """All that is logged: the text of each line with its trace, and the fields beside it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += [self.format(record), repr(vars(record))]


@pytest.fixture
def log() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("httpx", "httpcore"):  # what we ask with is not what answers
        logging.getLogger(name).setLevel(logging.WARNING)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def requests(secrets: Sequence[str]) -> Iterator[tuple[str, str, Headers, str]]:
    """Each route with each secret in each place: method, path, headers, body."""
    for route in routes(function_app(memory_feed())):
        path, method = ROUTES[route.name].path, min(route.methods)
        for secret in secrets:
            text = secret.encode("utf-8").decode("latin-1")
            query = f"{path}{'&' if '?' in path else '?'}apiKey={secret}&code={secret}"
            yield method, query, {**by_key(text), **by_password(secret)}, f"apiKey={secret}"
            yield method, path, by_token(text), ""
            yield method, path, {"Authorization": f"Basic {text}"}, ""
        # A key of ours is known wherever it stands, also where an id or a file should.
        mistaken = f"{path.rpartition('/')[0]}/{secrets[-1]}"
        yield method, mistaken, by_key(ADMIN_KEY), "garbage"


async def drive(feed: Feed, secrets: Sequence[str]) -> set[int]:
    """Send them all, and give the statuses of the answers."""
    async with client(feed) as http:
        return {
            (await http.request(method, path, headers=_raw(headers), content=body)).status_code
            for method, path, headers, body in requests(secrets)
        }


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


@pytest.mark.parametrize(
    ("blobs", "statuses", "line"),
    [
        (SigningBlobs(), {200, 204, 401, 403, 404}, "key refused"),
        (BrokenBlobs(), {401, 403, 500}, "RuntimeError: broken"),
    ],
)
async def test_no_secret_is_ever_in_a_log(
    blobs: SigningBlobs,
    statuses: set[int],
    line: str,
    log: Everything,
    capfd: pytest.CaptureFixture[str],
) -> None:
    feed = memory_feed(blobs, read="private", client_address_header="X-Address")
    if type(blobs) is SigningBlobs:
        await push(feed, "Contoso.Tiny", "1.0.0")
    good, revoked = [(await make_key(feed, Scope.ADMIN)).text.text for _ in range(2)]
    unknown = (await make_key(memory_feed())).text.text
    await feed.keys.revoke((await feed.keys.get(revoked)).id, ME)
    secrets = (*MARKED, ADMIN_KEY, unknown, revoked, good[:-1], good)
    assert await drive(feed, secrets) >= statuses
    printed = log.text + "".join(capfd.readouterr())
    assert line in printed
    assert [each for each in _hidden(secrets) if each in printed] == []


async def test_a_signed_address_is_given_to_the_client_alone(log: Everything) -> None:
    feed = memory_feed(SigningBlobs())
    await push(feed, "Contoso.Tiny", "1.0.0")
    path = "/v3/content/contoso.tiny/1.0.0/contoso.tiny.1.0.0.nupkg"
    async with (
        served(feed) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        answer = await http.get(path)
    assert SIGNATURE in answer.headers["location"]
    assert path in log.text
    assert SIGNATURE not in log.text


async def test_what_is_no_request_at_all_is_not_logged(log: Everything) -> None:
    """The server that reads from the wire has a log of its own."""
    feed = memory_feed(read="private")
    good = (await make_key(feed, Scope.ADMIN)).text.text
    secrets = (ADMIN_KEY, good)
    broken = [f"GET /v3/index.json HTTP/1.1\r\n{secret}\0\r\n\r\n".encode() for secret in secrets]
    broken += [f"{secret} {secret}\r\n\r\n".encode() for secret in secrets]
    broken += [
        f"PUT /api/v2/package HTTP/1.1\r\nX-NuGet-ApiKey: {secret}\r\n"
        f"Transfer-Encoding: chunked\r\n\r\n{secret}\r\n".encode()
        for secret in secrets
    ]
    async with served(feed) as port:
        for request in broken:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            writer.write_eof()
            await reader.read()
            writer.close()
    assert "Invalid HTTP request" in log.text
    assert [each for each in _hidden(secrets) if each in log.text] == []


async def test_no_path_forges_a_line_of_the_log(log: Everything) -> None:
    async with client(memory_feed()) as http:
        for path in ("/x%0A12:00:00 pushed", "/x%0D%0A12:00:00 pushed"):
            await http.put(path, headers=by_key(ADMIN_KEY))
    assert "12:00:00 pushed" in log.text
    assert [line for line in log.lines if re.search(r"[\r\n]", line)] == []


def _hidden(secrets: Sequence[str]) -> Iterator[str]:
    """What must be nowhere: each secret, also as Basic spells it, and that of a key by itself."""
    for secret in secrets:
        yield secret.split("_")[2][:20] if secret.startswith("lrd_") else secret
        yield by_password(secret)["Authorization"].removeprefix("Basic ")
        yield b64encode(secret.encode()).decode().rstrip("=")
