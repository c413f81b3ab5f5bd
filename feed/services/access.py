"""Who is asking, and what they may do.

A request may carry several credentials; it may do what any valid one may.
"""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from feed.errors import Forbidden, Unauthorized
from feed.nuget.identity import PackageId


class Scope(StrEnum):
    """What a key can be good for; every key reads."""

    READ = "read"
    PUSH = "push"
    PUSH_NEW = "push-new"
    UNLIST = "unlist"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets that came with one request, wherever they stood in it."""

    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody the feed knows, or nobody."""

    name: str
    scopes: frozenset[Scope] = frozenset()

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def check_push(self, package_id: PackageId, *, is_new: bool) -> None:
        """Refuse a push that this caller may not make."""
        if not self.may(Scope.PUSH_NEW) and (is_new or not self.may(Scope.PUSH)):
            scope = Scope.PUSH_NEW if is_new else Scope.PUSH
            raise Forbidden(f"the key may not push {package_id}: it lacks the scope {scope}")

    def check_change(self, package_id: PackageId) -> None:
        """Refuse to unlist, relist, deprecate or delete."""
        if not self.may(Scope.UNLIST):
            raise Forbidden(f"the key may not change {package_id}: it lacks the scope unlist")


ANYONE = Caller("anyone")
_ADMIN = Caller("admin", frozenset(Scope))


@dataclass(frozen=True, slots=True)
class Access:
    is_public: bool
    admin_key: str | None

    async def identify(self, credentials: Credentials) -> Caller:
        """Say who is asking; secrets that are no key of this feed count as absent."""
        if any(self._is_admin(secret) for secret in credentials.secrets):
            return _ADMIN
        return ANYONE

    async def get_reader(self, credentials: Credentials) -> Caller:
        caller = await self.identify(credentials)
        if not self.is_public and not caller.may(Scope.READ):
            raise Unauthorized("this feed is private: send a key of it as the password")
        return caller

    async def get_writer(self, credentials: Credentials) -> Caller:
        caller = await self.identify(credentials)
        if caller is ANYONE:
            raise Unauthorized("a key of this feed is needed, as X-NuGet-ApiKey or as the password")
        return caller

    def _is_admin(self, secret: str) -> bool:
        return self.admin_key is not None and hmac.compare_digest(
            secret.encode(), self.admin_key.encode()
        )
