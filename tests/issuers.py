"""An issuer of tokens on this machine: it stands where a real one would, and can lie and break.

The feed asks the address of the real issuer; only the last step, which opens a
connection, is led to here. So tokens and policies are what they are outside.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from feed.services.publishers import GitHub
from feed.upstream import fetching
from tests.feeds import ADDRESS
from tests.keys import NOW

SECONDS = NOW // 10_000_000
"""What time it is, as tokens say it."""

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks"
TENANT = "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"
CLIENT = "cccccccc-3333-4444-5555-dddddddddddd"
PRINCIPAL = "eeeeeeee-6666-7777-8888-ffffffffffff"
FEED_APP = "99999999-0000-1111-2222-333333333333"

GITHUB: Mapping[str, object] = {
    "iss": GitHub.issuer,
    "aud": ADDRESS,
    "iat": SECONDS - 10,
    "nbf": SECONDS - 10,
    "exp": SECONDS + 300,
    "repository": "contoso/tools",
    "repository_id": "7001",
    "repository_owner_id": "42",
    "job_workflow_ref": "contoso/tools/.github/workflows/release.yml@refs/tags/v1",
    "event_name": "release",
    "run_id": "4711",
}
ENTRA: Mapping[str, object] = {
    "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
    "aud": FEED_APP,
    "iat": SECONDS - 10,
    "nbf": SECONDS - 10,
    "exp": SECONDS + 3600,
    "tid": TENANT,
    "azp": CLIENT,
    "oid": PRINCIPAL,
    "sub": PRINCIPAL,
}


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key that is made once, for as long as tests run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def modulus(name: str) -> int:
    return private_key(name).public_key().public_numbers().n


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def jwk(name: str, **changed: str) -> dict[str, str]:
    """The public half of a key, as issuers publish it."""
    usual = {"kid": name, "kty": "RSA", "use": "sig", "alg": "RS256", "e": "AQAB"}
    return {**usual, "n": encoded(modulus(name).to_bytes(256)), **changed}


def unsigned(claims: Mapping[str, object], **header: object) -> str:
    usual = {"alg": "RS256", "typ": "JWT", "kid": "first"}
    return f"{encoded(orjson.dumps({**usual, **header}))}.{encoded(orjson.dumps(claims))}"


def signed(claims: Mapping[str, object], *, key: str = "first", kid: str | None = None) -> str:
    """A token; a claim that is None is left out."""
    given = {name: value for name, value in claims.items() if value is not None}
    message = unsigned(given, kid=kid or key)
    signature = private_key(key).sign(message.encode(), PKCS1v15(), SHA256())
    return f"{message}.{encoded(signature)}"


_numbers = count()


def github(key: str = "first", kid: str | None = None, **changed: object) -> str:
    """A token of a workflow, another one each time."""
    return signed({**GITHUB, "jti": f"t{next(_numbers)}", **changed}, key=key, kid=kid)


def entra(**changed: object) -> str:
    """A token of an application, another one each time."""
    return signed({**ENTRA, "uti": f"t{next(_numbers)}", **changed})


@dataclass
class Issuer:
    """What an issuer on this machine answers; a test changes that as it likes."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    """What the feed wanted, …"""

    answered: list[str] = field(default_factory=list)
    """… and the paths that were asked for here because of it."""

    keys: list[dict[str, str]] = field(default_factory=lambda: [jwk("first")])
    status: int = 200
    headers: str = ""
    discovery: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hangs: bool = False

    async def fetch(self, url: str) -> bytes:
        """Fetch as the feed does, from here."""
        self.asked.append(url)
        _, _, host, path = url.split("/", 3)
        local = f"http://127.0.0.1:{self.port}/{host}/{path}"
        return await fetching.fetch(local, seconds=0.2 if self.hangs else 5)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.answered.append(request.split(" ")[1])
        if not self.hangs:
            body = self.body if self.body is not None else self._document(request.split(" ")[1])
            head = f"HTTP/1.1 {self.status} .\r\nContent-Length: {len(body)}\r\n{self.headers}\r\n"
            writer.write(head.encode() + body)
        else:
            await reader.read()
        writer.close()

    def _document(self, path: str) -> bytes:
        _, host, rest = path.split("/", 2)
        if not path.endswith(DISCOVERY):
            return orjson.dumps({"keys": self.keys})
        issuer = f"https://{host}/{rest}".removesuffix(DISCOVERY)
        keys = f"https://{host}{KEYS}"
        return orjson.dumps({"issuer": issuer, "jwks_uri": keys, **self.discovery})


@asynccontextmanager
async def running() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    async with await asyncio.start_server(issuer.answer, "127.0.0.1", 0) as server:
        issuer.port = server.sockets[0].getsockname()[1]
        yield issuer
