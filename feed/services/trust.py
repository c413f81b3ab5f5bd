"""Policies: who gets a key for a token, and what such a key is good for; and the tokens used.

A policy is made of names, since names are what people know. But names can be given up and taken
by others. So its first use pins the ids that stand behind them, and from
then on only those count; and a policy that was not used within seven days never is.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Self

from feed.errors import Contended, InvalidRequest, PolicyNotFound, TokenRefused
from feed.services import paths
from feed.services.api_key import Terms
from feed.services.audit import Audit
from feed.services.callers import Actor, Scope
from feed.services.clock import DAY, HOUR, MINUTE, Choose, Clock, pause
from feed.services.jwt import Token
from feed.services.publishers import GITHUB, Entra, GitHub, Publisher
from feed.storage.rows import Row, RowChanged, RowExists, Rows, Value

LIFETIME: Final = 15 * MINUTE
"""Of a key that is given for a token."""

FIRST_USE: Final = 7 * DAY

# Longer than a key lives that was given in the last moment of a token.
_KEPT: Final = HOUR
_LOWER: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_TITLE: Final = 64
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    publisher: Publisher
    scopes: frozenset[Scope]
    patterns: tuple[str, ...]
    created: int
    pinned: str | None = None
    """The ids that its first use brought."""

    @property
    def terms(self) -> Terms:
        """What a key is good for that it gives."""
        title = self.publisher.title[:_LONGEST_TITLE].rstrip()
        return Terms(title, self.scopes, self.patterns, LIFETIME)

    def find_objection(self, token: Token, now: int) -> str | None:
        """Say why it gives no key for a verified token, or None where it does."""
        objections = list(self.publisher.objections(token))
        if objections:
            return "; ".join(objections)
        if self.pinned is None and now > self.created + FIRST_USE:
            return "the policy was not used within seven days of being made"
        if self.pinned not in (None, self.publisher.get_ids(token)):
            return "the names fit, but they belong to somebody else than at the first use"
        return None

    def values(self) -> dict[str, Value]:
        """Spell it as a row."""
        return {
            **self.publisher.names(),
            "scopes": " ".join(sorted(self.scopes)),
            "patterns": " ".join(self.patterns),
            "created": self.created,
            **({} if self.pinned is None else {"pinned": self.pinned}),
        }

    @classmethod
    def of(cls, row: Row) -> Self:
        values, pinned = row.values, row.values.get("pinned")
        return cls(
            id=row.key.row,
            publisher=_publisher(row),
            scopes=frozenset(map(Scope, str(values["scopes"]).split())),
            patterns=tuple(str(values["patterns"]).split()),
            created=int(values["created"]),
            pinned=None if pinned is None else str(pinned),
        )


@dataclass(frozen=True, slots=True)
class Trust:
    rows: Rows
    audit: Audit
    clock: Clock
    choose: Choose

    async def add(
        self,
        publisher: Publisher,
        scopes: frozenset[Scope],
        patterns: tuple[str, ...],
        actor: Actor,
    ) -> Policy:
        """Trust somebody with some ids; that it may be all has to be said."""
        if not patterns:
            raise InvalidRequest(
                "say which packages it is for, such as 'Contoso.*', or '*' for all"
            )
        policy_id, now = self.choose(_LOWER, 10), self.clock()
        policy = Policy(policy_id, publisher, scopes, patterns, now)
        policy.terms.check()
        await self.audit.note("add-policy", policy.id, publisher.title, actor)
        with suppress(RowExists):  # no two policies share an id: it is ours, its answer was lost
            await self.rows.create(paths.policy(policy.id), policy.values())
        return policy

    async def all(self) -> list[Policy]:
        """Every policy, oldest first."""
        policies = [Policy.of(row) async for row in self.rows.query(paths.policies())]
        return sorted(policies, key=lambda policy: (policy.created, policy.id))

    async def remove(self, policy_id: str, actor: Actor) -> Policy:
        """Trust no longer; a key that was given stays good for its few minutes."""
        policy = Policy.of(await self._get_row(policy_id))
        await self.audit.note("remove-policy", policy.id, policy.publisher.title, actor)
        await self.rows.delete(paths.policy(policy.id))
        return policy

    async def use_up(self, token: Token, policy: Policy, key_id: str) -> None:
        """Keep a token, so that it is used once; the key's id tells our use from another's."""
        claim = policy.publisher.token_id
        name = token.text(claim)
        if not name:
            raise TokenRefused(f"it has no {claim} to know it by")
        digest = sha256(f"{policy.publisher.issuer}\n{name}".encode()).hexdigest()
        row = paths.token(token.end, digest)
        try:
            await self.rows.create(row, {"key": key_id})
        except RowExists as error:
            found = await self.rows.find(row)
            if found is None or found.values["key"] != key_id:
                raise TokenRefused("it was used before") from error

    async def forget_ended(self) -> None:
        """Remove what is kept of tokens that have ended, and the keys that were given for them."""
        async for row in self.rows.query(paths.tokens(self.clock() - _KEPT)):
            await self.rows.delete(paths.key(str(row.values["key"])))
            await self.rows.delete(row.key)

    async def pin(self, policy: Policy, token: Token) -> None:
        """Keep the ids of the first use; of two first uses at once one counts."""
        ids = policy.publisher.get_ids(token)
        for attempt in range(_ATTEMPTS):
            if policy.pinned is not None:
                break
            row = await self._get_row(policy.id)
            policy = Policy.of(row)
            if policy.pinned is None:
                await self._pin(row, replace(policy, pinned=ids), attempt)
        else:
            raise Contended(f"the policy {policy.id}")
        if policy.pinned != ids:
            raise TokenRefused("somebody else was the first to use the policy")

    async def _pin(self, row: Row, policy: Policy, attempt: int) -> None:
        try:
            await self.rows.replace(row.key, policy.values(), etag=row.etag)
        except RowChanged:
            await pause(attempt)

    async def _get_row(self, policy_id: str) -> Row:
        row = await self.rows.find(paths.policy(policy_id))
        if row is None:
            raise PolicyNotFound(policy_id)
        return row


def _publisher(row: Row) -> Publisher:
    def text(name: str) -> str:
        return str(row.values[name])

    if text("kind") == GITHUB:
        return GitHub(text("repository"), text("workflow"), text("environment"))
    return Entra(text("tenant"), text("client"))
