"""What must hold of everything that is stored, whatever happened before.

`check_documents` holds at any moment. `check_log` and `check_whole` hold when
repair has had its turn.
"""

import hashlib
from base64 import b64encode
from collections import defaultdict
from itertools import pairwise

import orjson

from feed.nuget import catalog, content, registration_document
from feed.nuget.catalog import Event, sequences
from feed.nuget.identity import PackageId
from feed.nuget.leaf import VersionState
from feed.nuget.symbols import Pdb
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.attempts import Attempts
from feed.services.clock import MINUTE
from feed.services.pointers import Pointers
from feed.services.records import Head
from feed.services.symbols import Symbols
from feed.services.truth import Truth, identity
from tests.assemblies import checksum
from tests.faults.world import HOUR, World

Versions = dict[tuple[str, str], VersionState]


async def states(world: World) -> Versions:
    """Every version's row."""
    found = [records.state(row) async for row in world.rows.scan("packages")]
    return {_lower(each): each for each in found}


async def log(world: World) -> list[Event]:
    return [records.event(row) async for row in world.rows.query(paths.events(0))]


async def check_documents(world: World) -> None:
    """Whatever a version list names can be downloaded whole, and registration knows it."""
    for lower_id in await _documented(world):
        package_id = PackageId.parse(lower_id)
        document = await _body(world, paths.versions(package_id))
        registration = await _body(world, paths.registration(package_id))
        known = _registered(registration) if registration else set()
        for version in _listed(document) if document else ():
            assert document
            await _check_download(world, package_id, version, document)
            assert version.lower in known, f"registration lacks {lower_id} {version}"
    await _check_symbols(world)


async def check_repaired(world: World) -> None:
    """Repair finishes early what has happened, and drops late what has not."""
    before = await states(world)
    await world.repair(after=16 * MINUTE)
    await check_documents(world)
    await check_log(world)
    await check_rebuilds(world)
    await world.repair(after=25 * HOUR)
    await check_whole(world)
    assert await states(world) == before


async def check_log(world: World) -> None:
    """The log tells what became of every version, in order, and counts right."""
    events = await log(world)
    assert [each.sequence for each in events] == list(range(len(events)))
    assert all(former.stamp < later.stamp for former, later in pairwise(events))
    by_version = defaultdict(list)
    for event in events:
        by_version[event.id.lower(), Version.parse(event.version).lower].append(event)
    for version, each in by_version.items():
        revisions = [event.revision for event in each]
        assert revisions == sorted(set(revisions)), f"{version} is told twice or out of order"
    told = {version: _account(each[-1]) for version, each in by_version.items()}
    assert told == {version: _account(each) for version, each in (await states(world)).items()}
    await _check_pages(world, events)


async def check_whole(world: World) -> None:
    """Nothing is left to do: all is told, documented, and nothing lies about."""
    await check_documents(world)
    await check_log(world)
    await check_rebuilds(world)
    assert [row.key.row async for row in world.rows.query(paths.intents())] == []
    await _check_blobs(world)
    await _check_pointers(world)
    await _check_pdbs(world)


async def check_rebuilds(world: World) -> None:
    """The documents are, byte for byte, what the rows and leaves make of them."""
    ids = {PackageId.parse(lower_id) for lower_id, _ in await states(world)}
    for package_id in ids:
        assert await _documents(world, package_id) == await _rebuilt(world, package_id)
    assert await _documented(world) == {package_id.lower for package_id in ids}


async def check_told(world: World, version: tuple[str, str]) -> None:
    """The log and the documents tell of one version what its row and leaf do."""
    state = (await states(world)).get(version)
    if state:
        told = [event for event in await log(world) if event.commit == state.change]
        assert [_account(event) for event in told] == [_account(state)]
        place = identity(state)
        found, built = await _documents(world, place[0]), await _rebuilt(world, place[0])
        assert content.find_version(found[0], place[1]) == content.find_version(built[0], place[1])
        assert _line(found[1], version[1]) == _line(built[1], version[1])


async def check_files(world: World, state: VersionState) -> None:
    """A version's row names files that are all there, and whole."""
    place = (*identity(state), state.attempt)
    nupkg = await _body(world, paths.file(*place, paths.NUPKG))
    assert nupkg is not None
    assert (len(nupkg), _digest(nupkg)) == (state.size, state.sha512)
    names = [*state.files, paths.NUPKG, paths.NUSPEC]
    assert await _stored(world, *place) == sorted(paths.file(*place, name) for name in names)
    assert await _body(world, paths.leaf(*place)) is not None
    if state.symbols:
        place = (*identity(state), state.symbols)
        names = [paths.SNUPKG, paths.SYMBOLS_LEAF]
        assert await _stored(world, *place) == [paths.file(*place, name) for name in names]


async def read_pdbs(world: World, state: VersionState, attempt: str) -> tuple[Pdb, ...]:
    """The PDBs that one of the attempts of a version has brought."""
    truth, place = Truth(world.blobs, world.rows), identity(state)
    if attempt == state.attempt:
        return (await truth.get_leaf(*place, attempt)).pdbs
    attempts = Attempts(world.blobs, truth, Pointers(world.rows, truth))
    leaf = await attempts.find_symbols_leaf(*place, attempt)
    assert leaf
    assert leaf.package == state.attempt
    return leaf.pdbs


async def _check_symbols(world: World) -> None:
    """Whatever PDBs a version has, debuggers find; of several versions' any."""
    for state in (await states(world)).values():
        for _, pdb in await _pdbs(world, state):
            await _symbols(world).get_pdb(pdb.address, [pdb.checksum])


async def _check_pdbs(world: World) -> None:
    """They get them byte for byte."""
    symbols = _symbols(world)
    for state in (await states(world)).values():
        for _, pdb in await _pdbs(world, state):
            file = await symbols.get_pdb(pdb.address, [pdb.checksum])
            chunks = await symbols.start(file, 0, file.size)
            body = b"".join([chunk async for chunk in chunks])
            assert f"sha256:{checksum(body).hex()}" == pdb.checksum


def _symbols(world: World) -> Symbols:
    return Symbols(world.blobs, Pointers(world.rows, Truth(world.blobs, world.rows)))


async def _check_pointers(world: World) -> None:
    """Every pointer is to a PDB that a version has, and every PDB has one."""
    needed = {
        paths.pdb(pdb.address, state.attempt, attempt)
        for state in (await states(world)).values()
        for attempt, pdb in await _pdbs(world, state)
    }
    assert {row.key async for row in world.rows.scan("symbols")} == needed


async def _pdbs(world: World, state: VersionState) -> list[tuple[str, Pdb]]:
    if state.deleted:
        return []
    attempts = (state.attempt, *filter(None, [state.symbols]))
    return [(each, pdb) for each in attempts for pdb in await read_pdbs(world, state, each)]


async def _stored(world: World, *place: *tuple[PackageId, Version, str]) -> list[str]:
    return [path async for path in world.blobs.names(paths.file(*place, ""))]


async def _check_download(
    world: World, package_id: PackageId, version: Version, document: bytes
) -> None:
    entry = content.find_version(document, version)
    assert entry
    nupkg = await _body(world, paths.file(package_id, version, entry.attempt, paths.NUPKG))
    assert nupkg is not None, f"{package_id} {version} is listed and cannot be downloaded"
    assert len(nupkg) == entry.size


async def _check_pages(world: World, events: list[Event]) -> None:
    row = await world.rows.find(paths.HEAD)
    head = Head.of(row) if row else Head()
    full, items = divmod(len(events), catalog.PAGE)
    pages = [catalog.sum_up(n, [events[s] for s in sequences(n)]) for n in range(full)]
    found = [records.page(row) async for row in world.rows.query(paths.pages())]
    assert found == [page for page in pages if page]
    assert head.length == head.cursor == len(events)
    if events:
        newest = full - (items == 0)
        last = catalog.sum_up(
            newest, [each for each in events if each.sequence in sequences(newest)]
        )
        assert (head.page, head.stamp) == (last, events[-1].stamp)


async def _check_blobs(world: World) -> None:
    """Every file belongs to a row, every leaf to a row or to an event."""
    versions = (await states(world)).values()
    for state in versions:
        if not state.deleted:
            await check_files(world, state)
    live = {
        (*_lower(each), attempt)
        for each in versions
        for attempt in (each.attempt, each.symbols)
        if attempt and not each.deleted
    }
    files = {tuple(path.split("/")[1:4]) async for path in world.blobs.names("packages/")}
    assert files == live
    events = await log(world)
    needed = {paths.leaf(*identity(each), each.attempt) for each in versions if not each.deleted}
    needed |= {_leaf(event) for event in events if not event.deleted}
    kept = needed | {_leaf(event) for event in events}
    leaves = {path async for path in world.blobs.names("leaves/")}
    assert needed <= leaves <= kept


async def _documents(world: World, package_id: PackageId) -> tuple[bytes, bytes]:
    versions = await _body(world, paths.versions(package_id))
    registration = await _body(world, paths.registration(package_id))
    assert versions is not None
    assert registration is not None
    return versions, registration


async def _rebuilt(world: World, package_id: PackageId) -> tuple[bytes, bytes]:
    told = await Truth(world.blobs, world.rows).tell_all(package_id)
    versions = content.merge(None, [each.state for each in told])
    return versions, registration_document.merge(None, [(each.state, each.leaf) for each in told])


def _line(document: bytes, version: str) -> registration_document.Stored:
    lines = registration_document.read(document).versions
    return next(each for each in lines if registration_document.key(each[0]) == version)


async def _documented(world: World) -> set[str]:
    return {path.split("/")[1] async for path in world.blobs.names("ids/")}


def _listed(document: bytes) -> list[Version]:
    answer = content.versions(document)
    return [Version.parse(text) for text in orjson.loads(answer)["versions"]] if answer else []


def _registered(document: bytes) -> set[str]:
    lines = registration_document.read(document).versions
    return {registration_document.key(line) for line, _ in lines if not line["deleted"]}


async def _body(world: World, path: str) -> bytes | None:
    blob = await world.blobs.find(path)
    return blob.body if blob else None


def _account(told: Event | VersionState) -> tuple[object, ...]:
    return (
        *(told.id, told.version, told.attempt, told.revision, told.published),
        *(told.listed, told.deleted, told.deprecation, told.abandoned),
    )


def _leaf(event: Event) -> str:
    return paths.leaf(PackageId.parse(event.id), Version.parse(event.version), event.attempt)


def _lower(state: VersionState) -> tuple[str, str]:
    package_id, version = identity(state)
    return package_id.lower, version.lower


def _digest(body: bytes) -> str:
    return b64encode(hashlib.sha512(body).digest()).decode()
