"""Keeps an index as the log is.

On first use an instance opens the newest snapshot, or begins with nothing, and
takes in every event since. From then on each search looks at the head of the log,
unless somebody just did and this process has announced nothing since, and takes
in what is new before it answers. Whoever comes while that goes on shares it.

Only one task changes the index, in a thread of its own, while searches go on in
what was there before. A search that would have to wait for long is told to come
again, and what it waited for goes on.
"""

import asyncio
import logging
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, ParamSpec, TypeVar

from feed.errors import SearchNotReady
from feed.nuget.catalog import Event
from feed.nuget.identity import PackageId
from feed.nuget.search_card import Card
from feed.nuget.search_package import Known, Package
from feed.nuget.version import Version
from feed.services.downloads import Downloads, Totals
from feed.services.log import Log
from feed.services.search.snapshots import Snapshot, Snapshots, pack
from feed.services.truth import Damaged

if TYPE_CHECKING:
    from feed.services.search.index import Index

logger = logging.getLogger("feed")

P = ParamSpec("P")
T = TypeVar("T")

_BATCH: Final = 1000
_READS: Final = 16
"""Leaves that are read at once."""


class Following:
    """The index of this process, in a folder of its own."""

    def __init__(
        self,
        log: Log,
        downloads: Downloads,
        snapshots: Snapshots,
        freshness: float,
        patience: float = 5.0,
    ) -> None:
        """Look at the log once in `freshness` seconds; let nobody wait longer than `patience`."""
        self._log = log
        self._downloads = downloads
        self._snapshots = snapshots
        self._freshness = freshness
        self._patience = patience
        self._folder: Path | None = None
        self._index: Index | None = None
        self._looked = float("-inf")
        self._newest: Snapshot | None = None
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")
        self._refreshing: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def get_index(self) -> "Index":
        """Return an index that holds what had happened a moment ago."""
        arrived, known = _now(), self._log.length
        while (
            self._index is None
            or self._index.sequence < known
            or self._looked < arrived - self._freshness
        ):
            await self._refresh_within(arrived + self._patience)
        return self._index

    async def keep_snapshot(self) -> None:
        """Write a snapshot if one is due, however long it takes: for the timer."""
        self._newest = await self._snapshots.find_newest()
        if self._snapshots.is_due(self._newest, self._log.length):
            await self._refresh()
            await asyncio.gather(*self._under_way())

    async def close(self) -> None:
        """Stop what is under way, and remove the folder."""
        for task in self._under_way():
            task.cancel()
        await asyncio.gather(*self._under_way(), return_exceptions=True)
        await asyncio.to_thread(self._thread.shutdown)
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _under_way(self) -> list[asyncio.Task[None]]:
        return [task for task in (self._refreshing, self._writing) if task]

    async def _refresh_within(self, deadline: float) -> None:
        task = self._shared_refresh()
        left = deadline - _now()
        done, _ = await asyncio.wait({task}, timeout=max(0.0, left))
        if not done:
            raise SearchNotReady
        await task

    def _shared_refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())
            self._refreshing.add_done_callback(_log_failure)
        return self._refreshing

    async def _refresh(self) -> None:
        looked = _now()
        length = (await self._log.find_head()).head.length
        async with self._turn:
            index = self._index = self._index or await self._open(length)
            while index.sequence < length:
                await self._take_in(index, await self._log.changes(index.sequence, limit=_BATCH))
        self._looked = looked
        if self._snapshots.is_due(self._newest, index.sequence):
            self._write_in_background(index)

    def _write_in_background(self, index: "Index") -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_snapshot(index))
            self._writing.add_done_callback(_log_failure)

    async def _open(self, length: int) -> "Index":
        folder = self._folder = self._folder or _new_folder(self)
        for snapshot in await self._snapshots.find_all():
            place = folder / Path(snapshot.path).stem
            # A log that is shorter was put back from a copy, and has been another one since.
            if snapshot.sequence <= length and await self._snapshots.unpack(snapshot, place):
                try:
                    index = await self._run(_open_index, place, snapshot.sequence)
                except (OSError, ValueError) as error:  # all that the engine raises
                    self._snapshots.reject(snapshot, error)
                else:
                    self._newest = snapshot
                    return index
        self._newest = None
        return await self._run(_open_index, folder / "new", 0)

    async def _take_in(self, index: "Index", told: Sequence[tuple[Event, str | None]]) -> None:
        packages = await self._run(_changed, index, told)
        missing = [
            (lower_id, known) for lower_id, package in packages.items() for known in package.missing
        ]
        limit = asyncio.Semaphore(_READS)
        cards = await asyncio.gather(*(self._read_card(limit, *each) for each in missing))
        found = {known.attempt: card for (_, known), card in zip(missing, cards, strict=True)}
        complete = {lower_id: package.with_cards(found) for lower_id, package in packages.items()}
        await self._run(index.put, complete, told[-1][0].sequence + 1)

    async def _read_card(self, limit: asyncio.Semaphore, lower_id: str, known: Known) -> Card:
        """Make the card of a version that has come to be shown, from its leaf."""
        identity = PackageId.parse(lower_id), Version.parse(known.version)
        async with limit:
            try:
                leaf = await self._log.truth.get_leaf(*identity, known.attempt)
            except Damaged:
                logger.exception("leaf lost", extra={"package": lower_id, "version": known.version})
                return Card(id=lower_id, version=known.version, authors="", description="")
            return await asyncio.to_thread(Card.of, leaf)

    async def _write_snapshot(self, index: "Index") -> None:
        self._newest = await self._snapshots.find_newest()
        if not self._snapshots.is_due(self._newest, index.sequence):
            return
        await self._recount(index)
        with tempfile.TemporaryFile() as packed:
            async with self._turn:
                await self._run(_pack, index, packed)
                sequence = index.sequence
            self._newest = await self._snapshots.keep(packed, sequence)
        extra = {"sequence": sequence, "bytes": self._newest.size}
        logger.info("search snapshot written", extra=extra)

    async def _recount(self, index: "Index") -> None:
        """Take in all downloads: only now, since it takes long, and order need not be newer."""
        totals: dict[str, Totals] = {}
        async for lower_id, counts in self._downloads.all_totals():
            totals[lower_id] = counts
            if len(totals) == _BATCH:
                await self._take_in_downloads(index, totals)
                totals = {}
        await self._take_in_downloads(index, totals)

    async def _take_in_downloads(self, index: "Index", totals: dict[str, Totals]) -> None:
        async with self._turn:
            await self._run(index.recount, totals)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(function, *args, **kwargs))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _open_index(folder: Path, sequence: int) -> "Index":
    from feed.services.search.index import Index  # noqa: PLC0415  (the engine is for who searches)

    folder.mkdir(exist_ok=True)
    return Index(folder, sequence)


def _changed(index: "Index", told: Sequence[tuple[Event, str | None]]) -> dict[str, Package]:
    return index.changed(
        (event, None if text is None else Card.model_validate_json(text)) for event, text in told
    )


def _pack(index: "Index", packed: BinaryIO) -> None:
    index.settle()
    pack(index.folder, packed)


def _new_folder(owner: object) -> Path:
    """Make a folder that goes with its owner, at the latest."""
    folder = Path(tempfile.mkdtemp(prefix="larder-search-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.warning("search is behind", exc_info=error)
