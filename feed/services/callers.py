"""Who sends a request, and what the keys that came with it allow.

A request may carry several keys. It may do what any of them may, and the log
names the one that allowed it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from feed.errors import Forbidden, shown
from feed.nuget.identity import PackageId
from feed.nuget.timestamps import format_ticks
from feed.services.clock import DAY


class Scope(StrEnum):
    """What a key can be good for; every key reads."""

    READ = "read"
    PUSH = "push"
    """New versions of ids that the feed has."""

    PUSH_NEW = "push-new"
    """New ids too."""

    UNLIST = "unlist"
    """Also relist, deprecate and delete."""

    ADMIN = "admin"


_SOON: Final = 14 * DAY

_ENOUGH: Final = {
    Scope.PUSH: {Scope.PUSH, Scope.PUSH_NEW, Scope.ADMIN},
    Scope.PUSH_NEW: {Scope.PUSH_NEW, Scope.ADMIN},
    Scope.UNLIST: {Scope.UNLIST, Scope.ADMIN},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as the log remembers it."""

    name: str
    key: str = ""
    """The id of the key that allowed it; the admin key has none."""

    address: str = ""
    """From where, as far as that is known."""

    @property
    def fields(self) -> dict[str, str]:
        """What a log line says of it, as far as it is known."""
        given = {"actor": self.name, "key": self.key, "address": self.address}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Grant:
    """What one key allows."""

    name: str
    scopes: frozenset[Scope]
    patterns: tuple[str, ...] = ()
    """Globs of the ids that may be written; without any, all."""

    key: str = ""
    expires: int | None = None
    """When its holder will need another key."""

    def find_objection(self, scope: Scope, package_id: PackageId) -> str | None:
        """Say why this key does not allow to write an id, or None where it does."""
        if not self.scopes & _ENOUGH[scope]:
            return f"the key {shown(self.name)} lacks the scope {scope}"
        if self.patterns and not any(matches(each, package_id) for each in self.patterns):
            return f"the key {shown(self.name)} is for {', '.join(self.patterns)} only"
        return None


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who holds keys of this feed, or nobody."""

    grants: tuple[Grant, ...] = ()
    address: str = ""

    def check_push(self, package_id: PackageId, *, is_new: bool) -> Actor:
        """Refuse a push that no key allows; say who makes it."""
        if is_new:
            return self._check(Scope.PUSH_NEW, f"push {package_id}, a new id,", package_id)
        return self._check(Scope.PUSH, f"push {package_id}", package_id)

    def check_change(self, package_id: PackageId) -> Actor:
        """Refuse to unlist, relist, deprecate or delete where no key allows it; say who does it."""
        return self._check(Scope.UNLIST, f"change {package_id}", package_id)

    def find_warnings(self, now: int) -> Iterator[str]:
        """Say which of the keys end soon, while a push still succeeds."""
        for grant in self.grants:
            if grant.expires is not None and grant.expires - now < _SOON:
                day = format_ticks(grant.expires)[:10]
                yield f"the key {shown(grant.name)} expires on {day}"

    def _check(self, scope: Scope, what: str, package_id: PackageId) -> Actor:
        objections = []
        for grant in self.grants:
            objection = grant.find_objection(scope, package_id)
            if objection is None:
                return Actor(grant.name, grant.key, self.address)
            objections.append(objection)
        raise Forbidden(f"you may not {what} here: {_listed(objections)}")


def matches(pattern: str, package_id: PackageId) -> bool:
    """Match an id against a valid glob, in which only * and ? are special, without case."""
    return fnmatchcase(package_id.lower, pattern.lower())


def _listed(objections: Iterable[str]) -> str:
    return "; ".join(objections) or "that needs a key"
