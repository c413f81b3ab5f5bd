"""What is done to a feed while storage fails: each operation, and how it can end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache

from feed.app import Feed
from feed.errors import FeedError
from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation, VersionState
from feed.services import paths
from feed.services.receiving import Received
from feed.storage.rows import Value
from tests.assemblies import compiled
from tests.builders import nupkg, snupkg
from tests.faults.fates import stopped_after
from tests.faults.process import Fated, Process, Stopped
from tests.faults.virtual import run
from tests.faults.world import HOUR, World
from tests.services import pushes
from tests.services.pushes import ADMIN

LEGACY = Deprecation(("Legacy",), "it is old")

INSIDE, ONE, TWO = (compiled(name, size=200) for name in ("Inside", "One", "Two"))
"""Every package has all three assemblies and the PDB of the first."""

Act = Callable[[Feed], Awaitable[object]]

Answer = type[FeedError] | type[Stopped] | None
"""How an operation ended; None is success."""

Step = Callable[[World], Awaitable[None]]
"""Something that happens to a world before the operation that a test is about."""

Makes = Callable[[VersionState | None, VersionState], VersionState]
"""From the old state and the new, what the new one must be."""


@dataclass(frozen=True, slots=True)
class Dying:
    """An operation whose process ends with one of its calls."""

    act: Act
    last: str

    def process(self) -> Process:
        return Fated(self.last, stopped_after)

    def __call__(self, feed: Feed) -> Awaitable[object]:
        return self.act(feed)


async def perform(world: World, act: Act, process: Process | None = None) -> Answer:
    """Do something in a process of its own."""
    process = process or (act.process() if isinstance(act, Dying) else Process())
    try:
        await act(world.feed(process))
    except FeedError as error:
        return Stopped if process.is_dead else type(error)
    except Stopped:
        return Stopped
    return Stopped if process.is_dead else None


def prepare(*steps: Step) -> World:
    async def prepared() -> World:
        world = World()
        for step in steps:
            await step(world)
        return world

    return run(prepared())


def done(act: Act) -> Step:
    async def do(world: World) -> None:
        assert await perform(world, act) is None

    return do


def stopped(act: Act, last: str) -> Step:
    """Let a process end with one of its calls."""

    async def do(world: World) -> None:
        assert await perform(world, Dying(act, last)) is Stopped

    return do


def hours(count: int) -> Step:
    async def wait(world: World) -> None:
        world.clock.ahead += count * HOUR

    return wait


def events(count: int) -> Step:
    """Give the log so many events, all about one version, as if it had been changed as often."""

    async def append(world: World) -> None:
        state = (await world.feed().publishing.push(_received("Filler"), ADMIN)).state
        first = await world.rows.find(paths.event(0))
        head = await world.rows.find(paths.HEAD)
        assert first
        assert head
        for n in range(count):
            age = count - 1 - n
            told: dict[str, Value] = {
                "revision": state.revision - age,
                "commit": f"{state.change[:-4]}{age:04x}" if age else state.change,
                "stamp": int(first.values["stamp"]) + n,
            }
            await world.rows.put(paths.event(n), {**first.values, **told})
        page: dict[str, Value] = {"items": count, "page_commit": state.change}
        stamp = int(first.values["stamp"]) + count - 1
        last = {"length": count, "cursor": count, "stamp": stamp, "page_stamp": stamp}
        await world.rows.put(paths.HEAD, {**head.values, **page, **last})

    return append


def count_calls(world: World, act: Act) -> int:
    """How many storage calls an operation makes when nothing goes wrong."""

    async def count() -> int:
        process = Process()
        await perform(await world.copy(), act, process)
        return len(process.calls)

    return run(count())


@cache
def package(package_id: str, version: str, readme: str = "# Hi") -> bytes:
    files = INSIDE.files() | ONE.assembly() | TWO.assembly()
    return nupkg(package_id, version, readme=readme, description=readme, files=files)


@cache
def symbols(package_id: str, version: str, *, with_two: bool) -> bytes:
    files = ONE.symbols() | (TWO.symbols() if with_two else {})
    return snupkg(package_id, version, files=files)


def _received(package_id: str, version: str = "1.0.0", readme: str = "# Hi") -> Received:
    return pushes.received(package(package_id, version, readme))


def push(package_id: str = "Tiny", version: str = "1.0.0", readme: str = "# Hi") -> Act:
    received = _received(package_id, version, readme)
    return lambda feed: feed.publishing.push(received, ADMIN)


def push_symbols(
    package_id: str = "Tiny", version: str = "1.0.0", *, with_two: bool = False
) -> Act:
    received = pushes.received(symbols(package_id, version, with_two=with_two))
    return lambda feed: feed.symbol_publishing.push(received, ADMIN)


def unlist(package_id: str = "Tiny", version: str = "1.0.0") -> Act:
    return lambda feed: feed.changes.unlist(*pushes.identity(package_id, version), ADMIN)


def relist(package_id: str = "Tiny", version: str = "1.0.0") -> Act:
    return lambda feed: feed.changes.relist(*pushes.identity(package_id, version), ADMIN)


def delete(package_id: str = "Tiny", version: str = "1.0.0") -> Act:
    return lambda feed: feed.changes.delete(*pushes.identity(package_id, version), ADMIN)


def deprecate(package_id: str = "Tiny", version: str = "1.0.0") -> Act:
    place = pushes.identity(package_id, version)
    request = DeprecationRequest((place[1],), LEGACY)
    return lambda feed: feed.changes.deprecate(place[0], request, ADMIN)


def rebuild() -> Act:
    async def do(feed: Feed) -> None:
        async for _ in feed.rebuild.run_all():
            pass

    return do


def repair() -> Act:
    return lambda feed: feed.repair.run()


def pushed(old: VersionState | None, new: VersionState) -> VersionState:
    """The state that a push makes, of which it chooses only names and times."""
    assert old is None or old.deleted
    received = _received(new.id, new.version)
    return VersionState(
        id=new.id,
        version=new.version,
        attempt=new.attempt,
        revision=new.revision,
        change=new.attempt,
        published=new.published,
        size=received.size,
        sha512=received.sha512,
        files=("readme.md",),
    )


def with_symbols(old: VersionState | None, new: VersionState) -> VersionState:
    changed = _changed(old, new)
    return replace(changed, symbols=new.change, abandoned=_symbols(old))


def unlisted(old: VersionState | None, new: VersionState) -> VersionState:
    return replace(_changed(old, new), listed=False)


def relisted(old: VersionState | None, new: VersionState) -> VersionState:
    return replace(_changed(old, new), listed=True)


def deprecated(old: VersionState | None, new: VersionState) -> VersionState:
    return replace(_changed(old, new), deprecation=LEGACY)


def deleted(old: VersionState | None, new: VersionState) -> VersionState:
    abandoned = (new.attempt, *_symbols(old))
    gone = replace(_changed(old, new), files=(), deprecation=None, symbols=None)
    return replace(gone, listed=False, deleted=True, abandoned=abandoned)


def _changed(old: VersionState | None, new: VersionState) -> VersionState:
    assert old
    return replace(old, revision=new.revision, change=new.change, abandoned=())


def _symbols(state: VersionState | None) -> tuple[str, ...]:
    return (state.symbols,) if state and state.symbols else ()
