"""The keys of this feed: made, found, rotated, revoked.

A key itself is told once, to whoever makes it; what is stored is a digest of its secret.
One that was revoked or has expired stays, so that its holder can be told which it was
and when it ended, and nobody has to wonder whose pushes the log tells of.

Every change is noted first and done second (services/audit.py). Stopped in between,
it leaves a note of something that did not happen, and never the other way round.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from feed.errors import Contended, InvalidKey, InvalidRequest, KeyEnded, KeyNotFound, shown
from feed.services import paths
from feed.services.api_key import ApiKey, Terms
from feed.services.audit import Audit
from feed.services.callers import Actor
from feed.services.clock import Choose, Clock, pause
from feed.services.key_text import KeyText, without_secrets
from feed.services.keyring import Keyring
from feed.storage.rows import Row, RowChanged, RowExists, Rows

_ATTEMPTS: Final = 6


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment at which all of it is known."""

    key: ApiKey
    text: KeyText


@dataclass(frozen=True, slots=True)
class Keys:
    rows: Rows
    keyring: Keyring
    audit: Audit
    clock: Clock
    choose: Choose

    async def create(self, terms: Terms, actor: Actor) -> NewKey:
        return await self.add(self.make(terms), actor)

    def make(self, terms: Terms, origin: str | None = None) -> NewKey:
        """Make up a key, which is good for nothing until it is added."""
        terms.check()
        text, now = KeyText.make(self.choose), self.clock()
        expires = None if terms.lifetime is None else now + terms.lifetime
        key = ApiKey(
            id=text.id,
            name=terms.name,
            digest=text.digest,
            scopes=terms.scopes,
            patterns=terms.patterns,
            created=now,
            expires=expires,
            origin=origin,
        )
        return NewKey(key, text)

    async def add(self, new: NewKey, actor: Actor) -> NewKey:
        """Make a key that was made up good."""
        await self.audit.note("create-key", new.key.id, new.key.name, actor)
        with suppress(RowExists):  # no two keys share an id: it is ours, its answer was lost
            await self.rows.create(paths.key(new.key.id), new.key.values())
        return new

    async def all(self) -> list[ApiKey]:
        """Every key there ever was, oldest first."""
        keys = [ApiKey.of(row) async for row in self.rows.query(paths.keys())]
        return sorted(keys, key=lambda key: key.created)

    async def get(self, text: str) -> ApiKey:
        """Find a key by its id, by its whole text, or by its name where only one has it."""
        keys = await self.all()
        key_id = _id_in(text)
        found = [key for key in keys if key.id == key_id] or self._named(text, keys)
        if not found:
            raise KeyNotFound(without_secrets(text))
        if len(found) > 1:
            ids = ", ".join(key.id for key in found)
            raise InvalidRequest(f"{len(found)} keys are called {shown(text)}: say which, {ids}")
        return found[0]

    async def revoke(self, key_id: str, actor: Actor) -> ApiKey:
        """End a key: at once in this process, within a minute in every other."""
        key = await self._get(key_id)
        await self.audit.note("revoke-key", key.id, key.name, actor)
        now = self.clock()

        def revoked(key: ApiKey) -> ApiKey:
            return key if key.revoked is not None else replace(key, revoked=now)

        return await self._change(key_id, revoked)

    async def rotate(self, key_id: str, grace: int, actor: Actor) -> NewKey:
        """Make a new key on the terms of an old one, which stays good for `grace` ticks."""
        old = await self._get(key_id)
        ends = self.clock() + grace
        fault = old.find_fault(self.clock()) or old.find_successor()
        if fault:
            raise KeyEnded(old.name, fault)
        await self.audit.note("rotate-key", old.id, old.name, actor)
        new = await self.create(old.terms, actor)

        def replaced(key: ApiKey) -> ApiKey:
            expires = ends if key.expires is None else min(ends, key.expires)
            return replace(key, expires=expires, successor=new.key.id)

        await self._change(key_id, replaced)
        return new

    def _named(self, name: str, keys: Sequence[ApiKey]) -> list[ApiKey]:
        """The good keys of a name, or, where there is none, those that were good once."""
        named = [key for key in keys if key.name == name]
        now = self.clock()
        return [key for key in named if key.find_fault(now) is None] or named

    async def _get(self, key_id: str) -> ApiKey:
        return ApiKey.of(await self._get_row(key_id))

    async def _get_row(self, key_id: str) -> Row:
        row = await self.rows.find(paths.key(key_id))
        if row is None:
            raise KeyNotFound(key_id)
        return row

    async def _change(self, key_id: str, apply: Callable[[ApiKey], ApiKey]) -> ApiKey:
        """Replace a key's row, again from what is newly there when others come first."""
        for attempt in range(_ATTEMPTS):
            row = await self._get_row(key_id)
            key = apply(ApiKey.of(row))
            try:
                await self.rows.replace(row.key, key.values(), etag=row.etag)
            except RowChanged:
                await pause(attempt)
            else:
                self.keyring.forget(key_id)
                return key
        raise Contended(f"the key {key_id}")


def _id_in(text: str) -> str:
    try:
        return KeyText.parse(text).id
    except InvalidKey:
        return text
