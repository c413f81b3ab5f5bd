"""Documents as they were last read, and the answers that were made of them.

Nothing in here is ever trusted: each read asks storage whether the document is
still the same. That costs one operation, but moves and renders nothing while it
is. So a feed on many instances answers as if it had no cache.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from feed.services.answers import Answer
from feed.storage.blobs import Blob, Blobs

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_HEAVY = 256 * 2**10
"""A document of so many bytes takes milliseconds to render; other requests do not wait for it."""

_OVERHEAD = 512
"""Bytes that a kept thing takes beside its body, roughly."""

Render = Callable[[bytes], Answer | None]
"""Makes an answer of a document, or None where the document does not have it."""


class Cache:
    """Keeps what was asked for last: up to `limit` bytes of documents, and as many of answers."""

    def __init__(self, blobs: Blobs, *, limit: int = 16 * 2**20) -> None:
        self._blobs = blobs
        self._documents: _Recent[str, Blob] = _Recent(limit)
        self._answers: _Recent[tuple[str, Hashable], tuple[str, Answer]] = _Recent(limit)

    async def find(self, path: str) -> Blob | None:
        """Read a document, for one operation."""
        known = self._documents.get(path)
        blob = await self._blobs.find(path, known=known)
        if blob is None:
            self._documents.drop(path)
        elif blob is not known:
            self._documents.put(path, blob, len(blob.body))
        return blob

    async def find_answer(self, path: str, name: Hashable, render: Render) -> Answer | None:
        """Return what `render` makes of a document; one name stands for one rendering."""
        blob = await self.find(path)
        if blob is None:
            return None
        etag, answer = self._answers.get((path, name)) or ("", None)
        if etag != blob.etag:
            answer = await _run(render, blob.body)
            if answer:
                self._answers.put((path, name), (blob.etag, answer), len(answer.body))
        return answer


async def _run(render: Render, document: bytes) -> Answer | None:
    if len(document) < _HEAVY:
        return render(document)
    return await asyncio.to_thread(render, document)


class _Recent(Generic[K, V]):
    """The values that were used last, as many as fit into so many bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def put(self, key: K, value: V, size: int) -> None:
        self.drop(key)
        size += _OVERHEAD
        if size > self._limit:
            return
        self._values[key] = value, size
        self._size += size
        while self._size > self._limit:
            self.drop(next(iter(self._values)))

    def drop(self, key: K) -> None:
        _, size = self._values.pop(key, (None, 0))
        self._size -= size
