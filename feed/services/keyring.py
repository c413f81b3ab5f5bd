"""Keys as they come with requests: which of them are good, and when each was used last.

A key that was found right counts for a minute without another look at storage. What
was found wrong is looked up each time, and compared even where there is nothing to
compare it with: an id that nobody has, and a wrong secret, cost the same time and the same
one operation. And whoever tries many pushes nothing good out of memory.
"""

import asyncio
import hmac
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from feed.errors import FeedError, InvalidKey, KeyRefused, shown
from feed.services import paths
from feed.services.api_key import ApiKey
from feed.services.callers import Grant
from feed.services.clock import HOUR, MINUTE, Clock
from feed.services.key_text import PREFIX, KeyText
from feed.storage.rows import Row, RowChanged, Rows

logger = logging.getLogger("feed")

_NO_DIGEST: Final = "0" * 64


class Keyring:
    """Checks keys, and remembers those that it found right: at most `limit`, for a minute each."""

    def __init__(self, rows: Rows, clock: Clock, *, limit: int = 1000) -> None:
        self._rows = rows
        self._clock = clock
        self._limit = limit
        self._checked: OrderedDict[str, tuple[ApiKey, int]] = OrderedDict()
        self._forgotten = 0
        self._noting: dict[str, asyncio.Task[None]] = {}

    async def get_grant(self, text: str) -> Grant:
        """Say what a key allows, or refuse it."""
        try:
            presented = KeyText.parse(text)
        except InvalidKey as error:
            raise KeyRefused("is incomplete, mistyped or of another feed") from error
        key = self._recall(presented) or await self._look_up(presented)
        fault = key.find_fault(self._clock())
        if fault:
            raise KeyRefused(fault, shown(key.name))
        return key.grant

    async def find_grant(self, key_id: str) -> Grant | None:
        """Say what a key allows whose holder has shown it before; None when it has ended."""
        key = self._recent(key_id) or await self._read(key_id)
        return key.grant if key and key.find_fault(self._clock()) is None else None

    def forget(self, key_id: str) -> None:
        """Look at storage before this key counts again."""
        self._checked.pop(key_id, None)
        self._forgotten += 1

    async def settle(self) -> None:
        """Wait until every last use is written."""
        await asyncio.gather(*self._noting.values())

    def _recall(self, presented: KeyText) -> ApiKey | None:
        key = self._recent(presented.id)
        return key if key and _is_right(presented, key) else None

    def _recent(self, key_id: str) -> ApiKey | None:
        key, checked = self._checked.get(key_id, (None, 0))
        # A clock that was set back does not prolong the minute.
        return key if 0 <= self._clock() - checked < MINUTE else None

    async def _read(self, key_id: str) -> ApiKey | None:
        forgotten = self._forgotten
        row = await self._rows.find(paths.key(key_id))
        if row is None:
            return None
        key = ApiKey.of(row)
        if self._forgotten == forgotten:
            self._remember(key)
        return key

    async def _look_up(self, presented: KeyText) -> ApiKey:
        forgotten = self._forgotten
        row = await self._rows.find(paths.key(presented.id))
        key = ApiKey.of(row) if row else None
        if not _is_right(presented, key) or key is None or row is None:
            raise KeyRefused("is not known to this feed", PREFIX + presented.id)
        if self._forgotten == forgotten:  # else it may have been revoked since it was read
            self._remember(key)
        if key.find_fault(self._clock()) is None:
            self._note_use(key, row)
        return key

    def _remember(self, key: ApiKey) -> None:
        self._checked[key.id] = key, self._clock()
        self._checked.move_to_end(key.id)
        if len(self._checked) > self._limit:
            self._checked.popitem(last=False)

    def _note_use(self, key: ApiKey, row: Row) -> None:
        """Write down the last use once an hour, beside the request and not in its way."""
        now = self._clock()
        if key.id in self._noting or (key.used is not None and now - key.used < HOUR):
            return
        task = asyncio.create_task(self._write_use(replace(key, used=now), row))
        self._noting[key.id] = task
        task.add_done_callback(lambda _: self._noting.pop(key.id))

    async def _write_use(self, key: ApiKey, row: Row) -> None:
        try:
            await self._rows.replace(row.key, key.values(), etag=row.etag)
        except RowChanged:
            return  # another instance was first, or the key is being revoked
        except FeedError as error:
            logger.warning("last use not written", extra={"key": key.id, "reason": str(error)})


def _is_right(presented: KeyText, key: ApiKey | None) -> bool:
    return hmac.compare_digest(presented.digest, key.digest if key else _NO_DIGEST)
