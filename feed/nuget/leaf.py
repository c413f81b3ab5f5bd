"""One version of a package: what never changes about it, and what can.

A leaf holds what the manifest and the archive say. A state holds the rest, and
the two together make every document that mentions the version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from feed.nuget.manifest import Manifest
from feed.nuget.pictures import Picture
from feed.nuget.symbols import Assembly, Pdb


class Entry(BaseModel):
    """One entry of the archive, as the catalog lists it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    full_name: str
    length: int
    compressed_length: int


class Leaf(BaseModel):
    """What the archive and its manifest say; stored once a push, never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manifest: Manifest
    size: int
    sha512: str
    """Of the nupkg, in standard base64."""

    entries: tuple[Entry, ...] = ()
    files: tuple[str, ...] = ()
    """What is stored beside the nupkg, as `icon.png`, `readme.md`, `license.txt`."""

    signature: Literal["author", "repository"] | None = None
    assemblies: tuple[Assembly, ...] = ()
    pdbs: tuple[Pdb, ...] = ()
    """What it brings of the symbols of its assemblies."""

    pictures: tuple[Picture, ...] = ()
    """What its readme may show of it."""


class SymbolsLeaf(BaseModel):
    """What a symbol package brings; stored once a push, never changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    package: str
    """The attempt of the package whose symbols they are."""

    size: int
    sha512: str
    pdbs: tuple[Pdb, ...]


@dataclass(frozen=True, slots=True)
class Deprecation:
    reasons: tuple[str, ...]
    """Of `Legacy`, `CriticalBugs` and `Other`; never empty."""

    message: str | None = None
    alternate_id: str | None = None
    alternate_range: str | None = None
    """None for any version of the alternative."""


@dataclass(frozen=True, slots=True)
class VersionState:
    """What can change about a version; a higher revision is newer, whoever says it."""

    id: str
    version: str
    """Full: normalised, with build metadata."""

    attempt: str
    """Names the files and the leaf of the push that won."""

    revision: int
    """In ticks of 100 ns since 1970, and above every former one of this version."""

    change: str
    """Names the operation that made this state: 32 hex digits."""

    published: int
    """In ticks, when it was pushed, also while it is unlisted."""

    size: int
    sha512: str
    semver2: bool = False
    listed: bool = True
    deleted: bool = False
    files: tuple[str, ...] = ()
    deprecation: Deprecation | None = None
    symbols: str | None = None
    """The attempt of its symbol package, if it has one."""

    abandoned: tuple[str, ...] = ()
    """Attempts that nothing needs any more since this change."""


def find_file(files: Iterable[str], kind: str) -> str | None:
    """Return the name under which the `icon`, `readme` or `license` is stored."""
    return next((name for name in files if name.partition(".")[0] == kind), None)
