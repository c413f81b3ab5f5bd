"""Sessions of browsers: a signed cookie that names the key somebody signed in with.

The cookie holds no secret of a key, and the feed stores nothing of it. It is good
for twelve hours, and no longer than its key: each request asks for that key, as it
would if the key itself had come. What signs is random, made once a feed.
"""

import hmac
import re
from hashlib import sha256
from typing import Final

from feed.services import paths
from feed.services.callers import Grant
from feed.services.clock import HOUR, Clock, Random
from feed.services.keyring import Keyring
from feed.storage.rows import RowExists, Rows

LIFETIME: Final = 12 * HOUR

_COOKIE: Final = re.compile(r"([0-9a-z]{0,10})\.([0-9]{1,19})\.([0-9a-f]{64})", re.ASCII)


class Sessions:
    def __init__(
        self,
        rows: Rows,
        keyring: Keyring,
        admin: tuple[str, Grant] | None,
        clock: Clock,
        random: Random,
    ) -> None:
        self._rows = rows
        self._keyring = keyring
        self._admin = admin
        self._clock = clock
        self._random = random
        self._secret = ""

    async def open(self, key_id: str) -> str:
        """Return the cookie of somebody who has just shown this key; "" is the admin key."""
        return await self._cookie(key_id, self._clock() + LIFETIME)

    async def find_grant(self, cookie: str) -> Grant | None:
        """Say what the key of a session allows; None when either has ended."""
        match = _COOKIE.fullmatch(cookie)
        if match is None:
            return None
        key_id, expires = match[1], int(match[2])
        is_ours = hmac.compare_digest(cookie, await self._cookie(key_id, expires))
        if not is_ours or expires <= self._clock():
            return None
        if key_id:
            return await self._keyring.find_grant(key_id)
        return self._admin[1] if self._admin else None

    async def form_token(self, cookie: str) -> str:
        """Return what only our own forms hold, for a browser that holds this cookie."""
        return await self._sign(f"form.{cookie}")

    def new_mark(self) -> str:
        """Return a cookie for a browser that has none yet."""
        return self._random() + self._random()

    async def _cookie(self, key_id: str, expires: int) -> str:
        # With another admin key, the sessions of the former one end.
        more = "" if key_id or not self._admin else self._admin[0]
        signature = await self._sign(f"session.{key_id}.{expires}.{more}")
        return f"{key_id}.{expires}.{signature}"

    async def _sign(self, text: str) -> str:
        self._secret = self._secret or await self._get_secret()
        return hmac.new(self._secret.encode(), text.encode(), sha256).hexdigest()

    async def _get_secret(self) -> str:
        row = await self._rows.find(paths.COOKIES)
        if row is None:
            made = "".join(self._random() for _ in range(4))
            try:
                await self._rows.create(paths.COOKIES, {"secret": made})
            except RowExists:  # another instance was first
                return await self._get_secret()
            return made
        return str(row.values["secret"])
