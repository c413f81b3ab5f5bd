"""The rows of the truth as values, and back."""

from dataclasses import asdict, dataclass, field, fields
from math import inf

import orjson

from feed.errors import NewerSchema
from feed.nuget.catalog import Event, Page, Verb, page_of
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation, Leaf, VersionState
from feed.nuget.search_card import Card
from feed.nuget.version import Version
from feed.services import paths
from feed.services.callers import Actor
from feed.storage.rows import Key, Row, Value

SCHEMA = 1
"""What this Larder writes and understands; a feed with a higher one was written by a newer."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Work that has begun: whatever it leaves behind can be found through it."""

    attempt: str
    verb: Verb
    id: str
    version: str
    actor: Actor
    until: float = field(default=inf, compare=False)
    """When it is too late for its change, by the clock of the event loop, which nobody can set."""

    @property
    def key(self) -> Key:
        return paths.intent(self.attempt)

    @property
    def identity(self) -> tuple[PackageId, Version]:
        return PackageId.parse(self.id), Version.parse(self.version)

    def values(self) -> dict[str, Value]:
        return {
            "verb": self.verb.value,
            "id": self.id,
            "version": self.version,
            **actor_values(self.actor),
        }

    @classmethod
    def of(cls, row: Row) -> "Intent":
        verb, package_id, version = (str(row.values[name]) for name in ("verb", "id", "version"))
        attempt = row.key.row.removeprefix("i")
        return cls(attempt, Verb(verb), package_id, version, actor(row))


@dataclass(frozen=True, slots=True)
class Head:
    """The log's end, and how far the documents are known to be."""

    length: int = 0
    """How many events there are: the number of the next one."""

    stamp: int = 0
    """Of the newest event; every stamp is above the one before."""

    cursor: int = 0
    """The documents hold every event before this one."""

    items: int = 0
    """What the catalog shows of the page that is being filled, …"""

    page_stamp: int = 0
    """… when the newest of it was, …"""

    page_commit: str = ""
    """… and which."""

    schema: int = SCHEMA

    @classmethod
    def of(cls, row: Row) -> "Head":
        schema = int(row.values["schema"])
        if schema > SCHEMA:
            raise NewerSchema(schema, SCHEMA)
        values = row.values
        numbers = {name: int(values[name]) for name in _HEAD_NUMBERS}
        return cls(**numbers, page_commit=str(values["page_commit"]), schema=schema)

    @property
    def page(self) -> Page | None:
        """The page of the newest event, as far as it is filled, if the catalog shows it by now."""
        if not self.items:
            return None
        return Page(page_of(self.length - 1), self.items, self.page_stamp, self.page_commit)

    def values(self) -> dict[str, Value]:
        return asdict(self)


_HEAD_NUMBERS = ("length", "stamp", "cursor", "items", "page_stamp")


def state_values(state: VersionState) -> dict[str, Value]:
    """Spell a version's state as a row; what is absent or usual is left out."""
    values = asdict(state)
    values |= {"files": " ".join(state.files), "abandoned": " ".join(state.abandoned)}
    values["deprecation"] = _deprecation_text(state.deprecation)
    return _present(values)


def state(row: Row) -> VersionState:
    values = row.values
    return VersionState(
        id=str(values["id"]),
        version=str(values["version"]),
        attempt=str(values["attempt"]),
        revision=int(values["revision"]),
        change=str(values["change"]),
        published=int(values["published"]),
        size=int(values["size"]),
        sha512=str(values["sha512"]),
        semver2=bool(values["semver2"]),
        listed=bool(values["listed"]),
        deleted=bool(values["deleted"]),
        files=_words(values.get("files")),
        deprecation=_deprecation(values.get("deprecation")),
        symbols=_text(values.get("symbols")),
        abandoned=_words(values.get("abandoned")),
    )


def _deprecation(value: Value | None) -> Deprecation | None:
    if value is None:
        return None
    given = orjson.loads(str(value))
    return Deprecation(**{**given, "reasons": tuple(given["reasons"])})


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _words(value: Value | None) -> tuple[str, ...]:
    return tuple(str(value or "").split())


EVENT_PROPERTIES = tuple(each.name for each in fields(Event) if each.name != "sequence")


def event_values(event: Event, actor: Actor, leaf: Leaf | None) -> dict[str, Value]:
    """Spell an event as a row, with what search has to know of the version."""
    values = asdict(event)
    del values["sequence"]
    values |= {"verb": event.verb.value, **actor_values(actor)}
    if leaf:
        values["card"] = Card.of(leaf).model_dump_json(exclude_defaults=True)
    values["deprecation"] = _deprecation_text(event.deprecation)
    values["abandoned"] = " ".join(event.abandoned)
    return _present(values)


def event(row: Row) -> Event:
    values = row.values
    return Event(
        sequence=paths.number(row.key),
        stamp=int(values["stamp"]),
        commit=str(values["commit"]),
        verb=Verb(str(values["verb"])),
        id=str(values["id"]),
        version=str(values["version"]),
        attempt=str(values["attempt"]),
        revision=int(values["revision"]),
        listed=bool(values["listed"]),
        deleted=bool(values["deleted"]),
        published=int(values["published"]),
        deprecation=_deprecation(values.get("deprecation")),
        abandoned=_words(values.get("abandoned")),
    )


def card(row: Row) -> str | None:
    """Return what search has to know, as JSON; a deleted version has nothing."""
    return _text(row.values.get("card"))


def _deprecation_text(deprecation: Deprecation | None) -> str | None:
    return orjson.dumps(deprecation).decode() if deprecation else None


def actor_values(actor: Actor) -> dict[str, Value]:
    """Spell who did something, as part of a row."""
    return {**actor.fields}


def actor(row: Row) -> Actor:
    values = row.values
    key, address = str(values.get("key", "")), str(values.get("address", ""))
    return Actor(str(values["actor"]), key, address)


def page_values(page: Page) -> dict[str, Value]:
    return {"count": page.count, "stamp": page.stamp, "commit": page.commit}


def page(row: Row) -> Page:
    values = row.values
    number = paths.number(row.key)
    return Page(number, int(values["count"]), int(values["stamp"]), str(values["commit"]))


def _present(values: dict[str, Value | None]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value not in (None, "")}
