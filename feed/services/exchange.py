"""A key for a token: what lets a pipeline push that stores no key.

https://learn.microsoft.com/nuget/nuget-org/trusted-publishing

First the token: it is signed by an issuer that some policy names, meant for this feed, good
now. Then the policies: the oldest that fits says what the key is good for. Last the token once
more: a row keeps it until it ends, and who comes second with it gets nothing.

Whoever is refused hears one sentence. The reason is in the log and in the audit, for whoever set
the policy up; but once failures come too fast, in the log alone.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from feed.errors import PolicyNotFound, TokenRefused, shown
from feed.services.callers import Actor
from feed.services.clock import DAY, MINUTE
from feed.services.issuers import Issuers
from feed.services.jwt import Token
from feed.services.key_text import without_secrets
from feed.services.keys import Keys, NewKey
from feed.services.throttle import Throttle
from feed.services.trust import Policy, Trust

logger = logging.getLogger("feed")

_SKEW: Final = MINUTE
_LONGEST: Final = 2 * DAY
_LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Exchange:
    trust: Trust
    issuers: Issuers
    keys: Keys
    throttle: Throttle
    audiences: Mapping[str, str | None]
    """Whom tokens must be meant for, by the kind of who sends them; None takes none of them."""

    async def get_key(self, text: str, address: str) -> NewKey:
        """Give a key for a token, or refuse it."""
        try:
            token = Token.parse(text)
            policy = await self._get_policy(token)
            return await self._give(policy, token, address)
        except TokenRefused as error:
            await self._note(error, address)
            raise

    async def _get_policy(self, token: Token) -> Policy:
        """Find the policy that a token fits, when all else about it is verified."""
        issuer = token.text("iss")
        policies = [each for each in await self.trust.all() if each.publisher.issuer == issuer]
        if not policies:
            raise TokenRefused(f"no policy names its issuer {shown(issuer)}")
        # The address that is asked comes from the policy, and only equals what the token says.
        key = await self.issuers.get_key(policies[0].publisher.issuer, token.key_id)
        if not key.has_signed(token.signed, token.signature):
            raise TokenRefused("its signature is wrong")
        self._check_audience(token, self.audiences[policies[0].publisher.kind])
        _check_times(token, self.trust.clock())
        return self._choose(policies, token)

    def _check_audience(self, token: Token, audience: str | None) -> None:
        given = token.text("aud")
        if audience is None:
            raise TokenRefused("this feed is not told for which audience such tokens are")
        if given.rstrip("/") != audience.rstrip("/"):
            raise TokenRefused(f"it is meant for {shown(given)}, not for {shown(audience)}")

    def _choose(self, policies: Sequence[Policy], token: Token) -> Policy:
        objections = []
        for policy in policies:
            objection = policy.find_objection(token, self.trust.clock())
            if objection is None:
                return policy
            objections.append(f"{policy.id}: {objection}")
        raise TokenRefused(" | ".join(objections))

    async def _give(self, policy: Policy, token: Token, address: str) -> NewKey:
        try:
            await self.trust.pin(policy, token)
        except PolicyNotFound as error:
            raise TokenRefused("the policy that it fits has just been removed") from error
        new = self.keys.make(policy.terms, origin=policy.id)
        await self.trust.use_up(token, policy, new.key.id)
        actor = Actor(policy.publisher.actor(token), address=address)
        return await self.keys.add(new, actor)

    async def _note(self, error: TokenRefused, address: str) -> None:
        reason = without_secrets(error.reason)[:_LONGEST_REASON]
        logger.warning("token refused", extra={"reason": reason, "address": address})
        await self.throttle.slow_down(address)
        await self.trust.audit.note(
            "refuse-token", "token", reason, Actor("unknown", address=address)
        )


def _check_times(token: Token, now: int) -> None:
    if token.end <= now - _SKEW:
        raise TokenRefused("it has expired")
    if token.end > now + _LONGEST:
        raise TokenRefused("it is good for longer than two days")
    if token.start > now + _SKEW:
        raise TokenRefused("it is not good yet")
