"""Where everything lies, and the only place that spells a path or a key.

    blobs     packages/{id}/{version}/{attempt}/package.nupkg     as it was pushed
                                               package.nuspec
                                               icon.png, readme.md, license.txt …
                                               package.snupkg     or the symbols, in a try of
                                               symbols.json       their own, and what they are
              leaves/{id}/{version}/{attempt}.json                what the archive says
              ids/{id}/versions.json                              document: content
              ids/{id}/registration                               document: registration
              search/{sequence}-{random}.tar                      snapshots of the search index
              search/newest                                       names the last two

    tables    packages   {id} / {version}        one row a version
              log        log / head              newest sequence, schema, cursor
                         log / e{sequence}       events
                         log / i{attempt}        intents: work that has begun
                         log / p{page}           full catalog pages
                         log / a{attempt}        what was done to keys and policies
                         log / repair            who repairs, and until when
              symbols    {file} / {key}{attempt of the package}{attempt}
                                                 whose PDB it is, and where it lies
              keys       keys / {id}             who may read and write
                         secrets / cookies       what signs cookies
                         trust / {id}            who gets keys for tokens
                         tokens / {end}{digest}  tokens that a key was given for
              downloads  {id} / {version}        how often, but for the last days
                         {id} / {version}_{day}_{random}
                                                 on one day, as one process saw it
                         * / {day}               of all packages, and likewise

Ids and versions are lower case and versions normalised: clients ask that way.
An attempt starts with the time it began, so intents lie in order of age.
"""

from typing import Final

from feed.nuget.identity import PackageId
from feed.nuget.ssqp import PdbAddress
from feed.nuget.version import Version
from feed.storage.rows import Key, Span

DOWNLOADS: Final = "downloads"
EVERYTHING: Final = "*"
"""Stands where an id does, and can be none: all packages together."""

TABLES: Final = ("packages", "log", "symbols", "keys", DOWNLOADS)
CONTAINER: Final = "feed"

HEAD: Final = Key("log", "log", "head")
REPAIR: Final = Key("log", "log", "repair")
COOKIES: Final = Key("keys", "secrets", "cookies")

PROBE: Final = "health"
"""A blob that is asked for and never there."""

SEARCH: Final = "search/"
SEARCH_NEWEST: Final = "search/newest"

NUPKG: Final = "package.nupkg"
NUSPEC: Final = "package.nuspec"
SNUPKG: Final = "package.snupkg"
SYMBOLS_LEAF: Final = "symbols.json"

_ATTEMPT_LENGTH: Final = 32


def version_row(package_id: PackageId, version: Version) -> Key:
    return Key("packages", package_id.lower, version.lower)


def version_rows(package_id: PackageId) -> Span:
    return Span("packages", package_id.lower)


def event(sequence: int) -> Key:
    return Key("log", "log", f"e{sequence:019}")


def number(key: Key) -> int:
    """Tell the number of an event or a page from its key."""
    return int(key.row[1:])


def events(first: int, end: int | None = None) -> Span:
    """The events from `first` on, up to but not with `end`."""
    return Span("log", "log", event(first).row, "f" if end is None else event(end).row)


def intent(attempt: str) -> Key:
    return Key("log", "log", f"i{attempt}")


def intents(begun_before: int | None = None) -> Span:
    """The intents, or only those that began before so many ticks."""
    return Span("log", "log", "i", "j" if begun_before is None else f"i{begun_before:016x}")


def page(number: int) -> Key:
    return Key("log", "log", f"p{number:019}")


def pages() -> Span:
    return Span("log", "log", "p", "q")


def audit(attempt: str) -> Key:
    return Key("log", "log", f"a{attempt}")


def audits(since: int) -> Span:
    """What was done to keys and policies at so many ticks or later."""
    return Span("log", "log", f"a{since:016x}", "b")


def audited(key: Key) -> int:
    """Tell when it was done, in ticks."""
    return began(key.row[1:])


def pdb(address: PdbAddress, package: str, attempt: str) -> Key:
    """A PDB that `attempt` stored, of what the attempt `package` pushed: the oldest come first."""
    return Key("symbols", address.file, f"{address.key}{package}{attempt}")


def pdbs(address: PdbAddress) -> Span:
    """Whatever has this name and key."""
    return Span("symbols", address.file, address.key, f"{address.key}g")


def pdb_attempts(key: Key) -> tuple[str, str]:
    """Tell which attempt pushed the package of a PDB, and which stored it."""
    return key.row[-2 * _ATTEMPT_LENGTH : -_ATTEMPT_LENGTH], key.row[-_ATTEMPT_LENGTH:]


def key(key_id: str) -> Key:
    return Key("keys", "keys", key_id)


def keys() -> Span:
    return Span("keys", "keys")


def policy(policy_id: str) -> Key:
    return Key("keys", "trust", policy_id)


def policies() -> Span:
    return Span("keys", "trust")


def token(end: int, digest: str) -> Key:
    """A token that ends at so many ticks: its row lies where it ends, so old ones lie together."""
    return Key("keys", "tokens", f"{end:016x}{digest}")


def tokens(ended_before: int) -> Span:
    return Span("keys", "tokens", "", f"{ended_before:016x}")


def downloads(package_id: PackageId) -> Span:
    return Span(DOWNLOADS, package_id.lower)


def downloads_in_all(lower_id: str, lower_version: str) -> Key:
    return Key(DOWNLOADS, lower_id, lower_version)


def downloads_on(day: str, lower_id: str, lower_version: str, random: str) -> Key:
    return Key(DOWNLOADS, lower_id, f"{lower_version}_{day}_{random}")


def downloads_since(day: str) -> Span:
    """What was downloaded of all packages, from a day on."""
    return Span(DOWNLOADS, EVERYTHING, day)


def downloaded(key: Key) -> tuple[str, str]:
    """Tell which version was downloaded, and on which day; "" is no single one."""
    version, _, rest = key.row.partition("_")
    return version, rest.partition("_")[0]


def attempt(began: int, random: str) -> str:
    """Name a try: 16 hex digits of ticks, then 16 that nobody can guess."""
    return f"{began:016x}{random}"


def began(attempt: str) -> int:
    """Tell when a try began, in ticks."""
    return int(attempt[:16], 16)


def file(package_id: PackageId, version: Version, attempt: str, name: str) -> str:
    return f"packages/{package_id.lower}/{version.lower}/{attempt}/{name}"


def leaf(package_id: PackageId, version: Version, attempt: str) -> str:
    return f"leaves/{package_id.lower}/{version.lower}/{attempt}.json"


def versions(package_id: PackageId) -> str:
    return f"ids/{package_id.lower}/versions.json"


def registration(package_id: PackageId) -> str:
    return f"ids/{package_id.lower}/registration"


def search_snapshot(sequence: int, random: str) -> str:
    """Name a snapshot of every event before `sequence`; later ones come after it in order."""
    return f"{SEARCH}{sequence:019}-{random}.tar"
