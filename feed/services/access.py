"""Who is let in: readers, writers, or nobody.

Three things can stand where a key is expected. One in the shape of ours is good,
or it is refused. One that is not counts as absent in `X-NuGet-ApiKey`, since Azure
Pipelines sends a placeholder there and waits for our challenge; in the place of a password it is
a wrong one. And the admin key may look like anything.
"""

import hmac
import logging
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from feed.errors import FeedError, Forbidden, KeyRefused, Unauthorized
from feed.services.callers import Caller, Grant, Scope
from feed.services.credentials import Credentials
from feed.services.key_text import PREFIX
from feed.services.keyring import Keyring
from feed.services.sessions import Sessions
from feed.services.throttle import Throttle
from feed.settings import SHORTEST_ADMIN_KEY

logger = logging.getLogger("feed")

ADMIN: Final = Grant("admin", frozenset(Scope))


@dataclass(frozen=True, slots=True)
class Access:
    keyring: Keyring
    is_public: bool
    admin_key: str | None = field(repr=False)
    throttle: Throttle
    sessions: Sessions
    takes_checksums: bool = False
    """Whether a debugger that knows the checksum of a PDB may have it without a key."""

    def may_read(self, caller: Caller) -> bool:
        return self.is_public or bool(caller.grants)

    async def get_reader(self, credentials: Credentials) -> Caller:
        """Let in who may read; every key reads, and on a public feed anyone does."""
        caller, refusal = await self._identify(credentials)
        if self.may_read(caller):
            return caller
        # Of a browser; it may read and do nothing else, whatever its key allows.
        grant = await self.sessions.find_grant(credentials.session)
        if grant:
            return replace(caller, grants=(grant,))
        await self._slow_down(refusal, credentials)
        raise refusal or Unauthorized("this feed is private: send a key of it as the password")

    async def get_debugger(self, credentials: Credentials) -> Caller:
        """Let in who may read; and anyone, as nobody, where a checksum is taken for a key."""
        try:
            return await self.get_reader(credentials)
        except (Unauthorized, Forbidden):
            # Debuggers: any answer but 404 can make them give up the whole server.
            if self.takes_checksums:
                return Caller(address=credentials.address)
            raise

    async def get_writer(self, credentials: Credentials) -> Caller:
        """Let in who holds a key; what it allows is asked when it is known what is written."""
        caller, refusal = await self._identify(credentials)
        if caller.grants:
            return caller
        await self._slow_down(refusal, credentials)
        if credentials.api_key:
            raise refusal or Unauthorized("the API key is no key of this feed")
        needed = "a key of this feed is needed, as X-NuGet-ApiKey or as the password"
        raise refusal or Unauthorized(needed)

    async def sign_in(self, credentials: Credentials) -> str:
        """Open a session for who sends a good key as the password; return its cookie."""
        caller, refusal = await self._identify(credentials)
        if not caller.grants:
            await self._slow_down(refusal, credentials)
            raise refusal or Unauthorized("a key is needed")
        return await self.sessions.open(caller.grants[0].key)

    async def _identify(self, credentials: Credentials) -> tuple[Caller, FeedError | None]:
        """Say what all good keys of a request allow, and what is wrong with the others."""
        if not (credentials.api_key or credentials.password):
            return Caller(address=credentials.address), None
        found = [
            await self._find_grant(credentials.api_key),
            await self._find_grant(credentials.password),
        ]
        grants = dict.fromkeys(each for each in found if isinstance(each, Grant))
        caller = Caller(tuple(grants), credentials.address)
        refusal = None if grants else _refusal(*found, password=credentials.password)
        if refusal:
            extra = {"reason": str(refusal), "address": credentials.address}
            logger.warning("key refused", extra=extra)
        return caller, refusal

    async def _slow_down(self, refusal: FeedError | None, credentials: Credentials) -> None:
        """Slow down who brought something wrong; to have nothing yet is how each client begins."""
        if refusal or self._may_be_meant_for_admin(credentials.api_key):
            await self.throttle.slow_down(credentials.address)

    async def _find_grant(self, secret: str) -> Grant | KeyRefused | None:
        """Say what a secret allows or why it does not; None where it is no key of ours at all."""
        if self._is_admin(secret):
            return ADMIN
        if not secret.startswith(PREFIX):
            return None
        try:
            return await self.keyring.get_grant(secret)
        except KeyRefused as error:
            return error

    def _may_be_meant_for_admin(self, api_key: str) -> bool:
        # Most of what is no key of ours is a placeholder, which pipelines send before the password.
        return self.admin_key is not None and len(api_key) >= SHORTEST_ADMIN_KEY

    def _is_admin(self, secret: str) -> bool:
        # Of digests, since a comparison of unequal lengths would tell the length.
        return self.admin_key is not None and hmac.compare_digest(
            sha256(secret.encode()).digest(), sha256(self.admin_key.encode()).digest()
        )


def _refusal(
    by_key: Grant | KeyRefused | None, by_password: Grant | KeyRefused | None, *, password: str
) -> FeedError | None:
    # NuGet client: a 403 is the end of a push, a 401 makes it ask for other credentials.
    if isinstance(by_key, KeyRefused):
        return by_key
    if isinstance(by_password, KeyRefused):
        return Unauthorized(str(by_password))
    return Unauthorized("the password is no key of this feed") if password else None
