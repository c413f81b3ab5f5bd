"""The versions of an id and the files of each: what package content has to know.

https://learn.microsoft.com/nuget/api/package-base-address-resource
"""

from collections.abc import Iterable
from operator import itemgetter

import orjson
from pydantic import BaseModel, ConfigDict

from feed.nuget.documents import SCHEMA, check_schema, merge_newest
from feed.nuget.leaf import VersionState
from feed.nuget.version import Version


class VersionEntry(BaseModel):
    """What the document says of a version; of a deleted one only that its number is taken."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: int
    deleted: bool = False
    listed: bool = False
    attempt: str = ""
    size: int = 0
    files: tuple[str, ...] = ()
    """What is stored beside the nupkg, as `icon.png`, `readme.md`, `license.txt`."""


def merge(document: bytes | None, states: Iterable[VersionState]) -> bytes:
    """Return the document with these states in it, unless it knows newer ones."""
    changes = ((Version.parse(state.version).lower, _account(state)) for state in states)
    merged = merge_newest(_read(document), changes, itemgetter("revision"))
    return orjson.dumps({"schema": SCHEMA, "versions": merged})


def find_version(document: bytes, version: Version) -> VersionEntry | None:
    """Return what is known of a version, also of a deleted one."""
    account = _read(document).get(version.lower)
    return None if account is None else VersionEntry.model_validate(account)


def versions(document: bytes) -> bytes | None:
    """Answer which versions can be downloaded, unlisted ones too; None when none can.

    NuGet, package-base-address: "Every version listed in this list must be
    available for download."
    """
    found = [version for version, each in _read(document).items() if not each["deleted"]]
    return orjson.dumps({"versions": found}) if found else None


def _account(state: VersionState) -> dict[str, object]:
    if state.deleted:
        return VersionEntry(revision=state.revision, deleted=True).model_dump()
    return VersionEntry(
        revision=state.revision,
        listed=state.listed,
        attempt=state.attempt,
        size=state.size,
        files=state.files,
    ).model_dump()


def _read(document: bytes | None) -> dict[str, dict[str, object]]:
    if document is None:
        return {}
    stored = orjson.loads(document)
    check_schema(stored["schema"])
    accounts: dict[str, dict[str, object]] = stored["versions"]
    return accounts
