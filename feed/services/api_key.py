"""A key as the feed knows it, and what a new one can be good for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from feed.errors import InvalidTerms, shown
from feed.nuget.timestamps import format_ticks
from feed.services.callers import Grant, Scope
from feed.storage.rows import Row, Value

_LONGEST_NAME: Final = 64
_MOST_PATTERNS: Final = 50
# What an id can hold, and the two characters that stand for others.
_GLOB: Final = re.compile(r"[0-9A-Za-z_.\-*?]{1,100}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a key is to be good for."""

    name: str
    scopes: frozenset[Scope] = frozenset({Scope.READ})
    patterns: tuple[str, ...] = ()
    """Globs of the ids that it may write; without any, all."""

    lifetime: int | None = None
    """In ticks; None is for ever."""

    def check(self) -> None:
        """Refuse what cannot be, with every fault of it."""
        faults = list(self._faults())
        if faults:
            raise InvalidTerms(faults)

    def _faults(self) -> Iterator[str]:
        name = self.name
        if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and name == name.strip()):
            yield f"its name {shown(name)} is not 1 to {_LONGEST_NAME} printable characters"
        if len(self.patterns) > _MOST_PATTERNS:
            yield f"it has {len(self.patterns)} patterns, {_MOST_PATTERNS} are allowed"
        for pattern in self.patterns:
            if not _GLOB.fullmatch(pattern):
                rule = "a pattern is a package id in which * and ? stand for other characters"
                yield f"pattern {shown(pattern)}: {rule}"
        if self.lifetime is not None and self.lifetime <= 0:
            yield "it would expire before it is made"


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    name: str
    digest: str = field(repr=False)
    """Of its secret; the secret itself is nowhere."""

    scopes: frozenset[Scope]
    patterns: tuple[str, ...]
    created: int
    expires: int | None = None
    revoked: int | None = None
    used: int | None = None
    """When it was used last, to the hour."""

    successor: str | None = None
    """The id of the key that replaces it."""

    origin: str | None = None
    """The id of the policy by which it was given for a token."""

    @property
    def terms(self) -> Terms:
        """What it was made for."""
        lifetime = None if self.expires is None else self.expires - self.created
        return Terms(self.name, self.scopes, self.patterns, lifetime)

    @property
    def grant(self) -> Grant:
        # Whoever got it for a token gets another one the same way.
        expires = None if self.origin else self.expires
        return Grant(self.name, self.scopes, self.patterns, self.id, expires)

    def find_fault(self, now: int) -> str | None:
        """Say why it is good no longer, or None while it is."""
        if self.revoked is not None:
            return f"was revoked on {format_ticks(self.revoked)[:10]}"
        if self.expires is not None and self.expires <= now:
            return f"expired on {format_ticks(self.expires)[:10]}"
        return None

    def find_successor(self) -> str | None:
        """Say what replaces it, if anything does."""
        return self.successor and f"was replaced by {self.successor}"

    def values(self) -> dict[str, Value]:
        """Spell it as a row; what it has not got is left out."""
        given: dict[str, Value | None] = {
            "name": self.name,
            "digest": self.digest,
            "scopes": " ".join(sorted(self.scopes)),
            "patterns": " ".join(self.patterns),
            "created": self.created,
            "expires": self.expires,
            "revoked": self.revoked,
            "used": self.used,
            "successor": self.successor,
            "origin": self.origin,
        }
        return {name: value for name, value in given.items() if value is not None}

    @classmethod
    def of(cls, row: Row) -> Self:
        values = row.values
        expires, revoked, used = (values.get(name) for name in ("expires", "revoked", "used"))
        successor, origin = values.get("successor"), values.get("origin")
        return cls(
            id=row.key.row,
            name=str(values["name"]),
            digest=str(values["digest"]),
            scopes=frozenset(map(Scope, str(values["scopes"]).split())),
            patterns=tuple(str(values["patterns"]).split()),
            created=int(values["created"]),
            expires=None if expires is None else int(expires),
            revoked=None if revoked is None else int(revoked),
            used=None if used is None else int(used),
            successor=None if successor is None else str(successor),
            origin=None if origin is None else str(origin),
        )
