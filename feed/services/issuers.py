"""The issuers whose tokens count, and the keys that they publish.

https://openid.net/specs/openid-connect-discovery-1_0.html

An issuer's address comes from a policy of this feed and never from a token, and what its discovery
document says must agree with it: the same name, and keys at the same host. So
neither a token nor a document can send us anywhere else.

Keys count for an hour without a look, and for a day while their issuer does not answer.
A key id that nobody knows makes us look once more, since issuers change their keys; but not more
often than every ten seconds, whatever comes.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from feed.errors import IssuerUnavailable, TokenRefused, shown
from feed.services.clock import DAY, HOUR, MINUTE, Clock
from feed.services.jwt import PublicKey, json_object, public_keys, text_in
from feed.upstream.fetching import Fetch, NotFetched

logger = logging.getLogger("feed")

_FRESH: Final = HOUR
_USABLE: Final = DAY
_PAUSE: Final = MINUTE // 6


@dataclass(frozen=True, slots=True)
class _Known:
    """What an issuer published, when that was read, and when it was asked last."""

    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    read: int = 0
    asked: int = 0


class Issuers:
    """Finds the keys of issuers, and keeps them."""

    def __init__(self, fetch: Fetch, clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get_key(self, issuer: str, key_id: str) -> PublicKey:
        """Return a key that an issuer signs with; `issuer` must be one that a policy names."""
        key = self._find_fresh(issuer, key_id)
        if key:
            return key
        async with self._locks[issuer]:
            key = self._find_fresh(issuer, key_id) or await self._look_up(issuer, key_id)
        if key is None:
            raise TokenRefused(f"{issuer} publishes no key {shown(key_id)}")
        return key

    def _find_fresh(self, issuer: str, key_id: str) -> PublicKey | None:
        known = self._known.get(issuer, _Known())
        return known.keys.get(key_id) if self._age(known.read) < _FRESH else None

    async def _look_up(self, issuer: str, key_id: str) -> PublicKey | None:
        known = self._known.get(issuer, _Known())
        if self._age(known.asked) >= _PAUSE:
            known = await self._ask(issuer, known)
            self._known[issuer] = known
        if self._age(known.read) >= _USABLE:
            raise IssuerUnavailable(issuer)
        return known.keys.get(key_id)

    async def _ask(self, issuer: str, known: _Known) -> _Known:
        """Read what an issuer publishes now; what it published before stays if that fails."""
        began = self._clock()
        try:
            keys = await self._read_keys(issuer)
            return _Known(keys, read=began, asked=self._clock())
        except NotFetched as error:
            logger.warning("issuer does not answer", extra={"reason": str(error)})
        except TokenRefused as error:
            extra = {"issuer": issuer, "reason": error.reason}
            logger.warning("issuer answers what cannot be", extra=extra)
        return replace(known, asked=self._clock())

    async def _read_keys(self, issuer: str) -> Mapping[str, PublicKey]:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        said = json_object(await self._fetch(address))
        if said.get("issuer") != issuer:
            raise TokenRefused(f"its document is that of {shown(str(said.get('issuer')))}")
        keys = text_in(said, "jwks_uri")
        if not keys.startswith(_host(issuer)):
            raise TokenRefused(f"its keys are at {shown(keys)}, another host")
        found = public_keys(await self._fetch(keys))
        if not found:
            raise TokenRefused("it publishes no key that can be used")
        return found

    def _age(self, time: int) -> int:
        # A clock that was set back does not prolong anything.
        age = self._clock() - time
        return age if age >= 0 else _USABLE


def _host(address: str) -> str:
    """Cut an address behind the slash that ends its host."""
    scheme, _, host = address.split("/")[:3]
    return f"{scheme}//{host}/"
