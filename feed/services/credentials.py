"""What a request brings along to say who sends it.

https://www.rfc-editor.org/rfc/rfc7617 and https://www.rfc-editor.org/rfc/rfc6750
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final, Self

# Proxies add the port of the caller: 192.0.2.1:50123, [2001:db8::1]:50123.
_WITH_PORT = re.compile(r"\[([^]]*)\](?::\d+)?|([^:]*):\d+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets of one request, and where it came from."""

    api_key: str = field(default="", repr=False)
    """From X-NuGet-ApiKey, where clients send placeholders too."""

    password: str = field(default="", repr=False)
    """The Basic password, under any user name, or the Bearer token."""

    address: str = ""
    session: str = field(default="", repr=False)
    """From the cookie of a browser that has signed in."""

    @classmethod
    def read(
        cls,
        api_keys: Sequence[str] = (),
        authorizations: Sequence[str] = (),
        addresses: Sequence[str] = (),
        session: str = "",
    ) -> Self:
        """Read the lines of three headers; what makes no sense counts as absent."""
        password = _password(_only(authorizations))
        return cls(_only(api_keys), password, _address(addresses), session)


NOBODY: Final = Credentials()
"""Of a request that says nothing of who sends it."""


def find_token(authorizations: Sequence[str]) -> str:
    """Return the Bearer token of a request, or "" where it has none."""
    scheme, _, value = _only(authorizations).partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _only(lines: Sequence[str]) -> str:
    """A header that stands twice may be read differently by a proxy: nobody can rely on it."""
    return lines[0].strip() if len(lines) == 1 else ""


def _password(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                decoded = b64decode(value.strip(), validate=True).decode()
            except ValueError:
                return ""
            return decoded.partition(":")[2]
    return ""


def _address(lines: Sequence[str]) -> str:
    """The last address of a list is the one that the nearest proxy saw by itself."""
    text = ",".join(lines).rpartition(",")[2].strip()
    match = _WITH_PORT.fullmatch(text)
    if match:
        text = match[1] or match[2]
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        # A zone is how a machine names its own links, so no caller has one; Python takes any text.
        return "" if found.scope_id else str(found.ipv4_mapped or found)
    return str(found)
