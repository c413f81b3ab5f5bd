"""The push of symbols: a symbol package comes to a package that is there, whole or not at all.

It takes the road of the push (services/publishing.py), with two differences. The
commit replaces the row of the version under its ETag, so that it names the attempt
of its symbols; and there may be symbols already, which are replaced. What is
replaced is told by the row and by the event, and removed when the documents are
written, by whoever brings the change to its end.

    receive    the body is in a temporary file, hashed on its way
    read       the archive and its manifest                                → 400
    refuse     whom the key does not allow; where there is no package      → 403, 404
    match      each PDB to an assembly of the package; none may have the
               name and id of another package's PDB, unless it is the same → 400
    intend     a row in the log
    store      the symbol package, what it brings, and a pointer to each PDB
    commit     the version's row, if it still has the package              → 404
    announce, document, answer
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from feed.errors import FeedError, InvalidArchive, NothingToDebug, shown
from feed.nuget import timestamps
from feed.nuget.catalog import Verb
from feed.nuget.leaf import Leaf, SymbolsLeaf, VersionState
from feed.nuget.symbol_package import SymbolPackage, match_symbols, read_symbol_package
from feed.nuget.symbols import Pdb
from feed.services import paths, records
from feed.services.attempts import Attempts, Bodies
from feed.services.callers import Caller
from feed.services.clock import Clock
from feed.services.completion import Committed, Completion
from feed.services.log import Log
from feed.services.pointers import Pointer, Pointers, Stored
from feed.services.publishing import Pushed
from feed.services.receiving import Received
from feed.services.records import Intent
from feed.services.truth import Truth
from feed.storage.rows import Row

logger = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class SymbolPublishing:
    truth: Truth
    log: Log
    attempts: Attempts
    pointers: Pointers
    completion: Completion
    clock: Clock

    async def push(self, received: Received, caller: Caller) -> Pushed:
        now = timestamps.moment_at(self.clock())
        package = await asyncio.to_thread(read_symbol_package, received.file, now)
        actor = caller.check_push(package.id, is_new=False)
        row = await self._get_row(package)
        attempt = records.state(row).attempt
        leaf = await self.truth.get_leaf(package.id, package.version, attempt)
        pdbs = await self._match(package, leaf)
        intent = await self.log.intend(Verb.SYMBOLS, package.id, package.version, actor)
        stored = Stored(package.id, package.version, attempt, intent.attempt, pdbs)
        await self._store(stored, received, intent)
        head = await self.log.find_head()
        state = await self._commit(row, stored, intent)
        is_of_leaf = state.attempt == attempt
        committed = Committed(state, intent, leaf if is_of_leaf else None, head)
        is_complete = await self.completion.complete(committed)
        extra = {"package": state.id, "version": state.version, "bytes": received.size}
        logger.info("pushed symbols", extra={**extra, "complete": is_complete, **actor.fields})
        return Pushed(state, tuple(caller.find_warnings(self.clock())), is_complete)

    async def _get_row(self, package: SymbolPackage) -> Row:
        row = await self.truth.find_row(package.id, package.version)
        if row is None or records.state(row).deleted:
            raise NothingToDebug(package.id, package.version)
        return row

    async def _match(self, package: SymbolPackage, leaf: Leaf) -> tuple[Pdb, ...]:
        pdbs = await asyncio.to_thread(match_symbols, package, leaf.assemblies)
        faults = [await self._find_fault(package, pdb) for pdb in pdbs]
        if any(faults):
            raise InvalidArchive([each for each in faults if each])
        return pdbs

    async def _find_fault(self, package: SymbolPackage, pdb: Pdb) -> str | None:
        """Refuse the id of another package's PDB, unless this package had its own there already."""
        owner = None

        def is_here(pointer: Pointer) -> bool:
            return pointer.identity == (package.id, package.version)

        def matters(pointer: Pointer) -> bool:
            return is_here(pointer) == (pointer.checksum == pdb.checksum)

        async for pointer, _path in self.pointers.find_counting(pdb.address, matters):
            if is_here(pointer):
                return None
            owner = owner or f"{pointer.id} {pointer.version}"
        return owner and f"{shown(pdb.path)} has the id of a PDB of {owner}, and is another"

    async def _store(self, stored: Stored, received: Received, intent: Intent) -> None:
        leaf = SymbolsLeaf(
            package=stored.package,
            size=received.size,
            sha512=received.sha512,
            pdbs=stored.pdbs,
        )
        place = stored.id, stored.version, stored.attempt
        bodies: Bodies = {
            paths.file(*place, paths.SNUPKG): received.file,
            paths.file(*place, paths.SYMBOLS_LEAF): leaf.model_dump_json().encode(),
        }
        await self.attempts.store(bodies, stored, partial(self.log.check_time, intent))

    async def _commit(self, row: Row, stored: Stored, intent: Intent) -> VersionState:
        def with_symbols(old: VersionState) -> VersionState:
            if old.deleted or old.attempt != stored.package:
                raise NothingToDebug(stored.id, stored.version)
            abandoned = (old.symbols,) if old.symbols else ()
            return replace(old, symbols=stored.attempt, abandoned=abandoned)

        try:
            return await self.log.change(row, intent, with_symbols)
        except NothingToDebug:
            with suppress(FeedError):  # what is not done here is done by repair
                await self.attempts.forget(stored.id, stored.version, stored.attempt)
                await self.log.drop(intent)
            raise
