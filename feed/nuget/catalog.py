"""The catalog: everything that happened to packages, in order.

https://learn.microsoft.com/nuget/api/catalog-resource
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from feed.nuget.details import (
    Fields,
    commit,
    describe,
    describe_dependencies,
    describe_deprecation,
    present,
    published,
    require_leaf,
)
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation, Entry, Leaf, VersionState
from feed.nuget.manifest import Manifest
from feed.nuget.timestamps import format_ticks
from feed.nuget.urls import Urls
from feed.nuget.version import Version

PAGE = 550
"""Sequence numbers that one page covers, those of symbols among them."""


class Verb(StrEnum):
    PUSH = "push"
    UNLIST = "unlist"
    RELIST = "relist"
    DEPRECATE = "deprecate"
    DELETE = "delete"
    SYMBOLS = "symbols"


@dataclass(frozen=True, slots=True)
class Event:
    """What was done to a version, and what held of it afterwards."""

    sequence: int
    """Its number in the log."""

    stamp: int
    """In ticks, and above that of every event before it."""

    commit: str
    """Names the operation: 32 hex digits."""

    verb: Verb
    id: str
    version: str
    """Full: normalised, with build metadata."""

    attempt: str
    revision: int
    published: int
    listed: bool = True
    deleted: bool = False
    deprecation: Deprecation | None = None
    abandoned: tuple[str, ...] = ()
    """Attempts that nothing needs any more."""

    @property
    def identity(self) -> tuple[PackageId, Version]:
        return PackageId.parse(self.id), Version.parse(self.version)


@dataclass(frozen=True, slots=True)
class Page:
    """What the index says of a page: how many events it shows, and which is the newest."""

    number: int
    count: int
    stamp: int
    commit: str


_Subject = Event | VersionState
_BEFORE_ALL = Page(number=0, count=0, stamp=0, commit="0" * 32)


def page_of(sequence: int) -> int:
    """Return the number of the page that an event is on."""
    return sequence // PAGE


def sequences(number: int) -> range:
    """Return the sequence numbers that a page covers."""
    return range(number * PAGE, (number + 1) * PAGE)


def sum_up(number: int, events: Iterable[Event]) -> Page | None:
    """Sum up the events of a page, or None when none of them is for the catalog."""
    shown = _shown(events)
    return Page(number, len(shown), shown[-1].stamp, shown[-1].commit) if shown else None


def index(pages: Sequence[Page], urls: Urls) -> bytes:
    """Answer which pages there are; the last of them is the only one that still changes."""
    newest = max(pages, key=lambda page: page.stamp, default=_BEFORE_ALL)
    answer = {
        "@id": urls.catalog,
        "@type": ["CatalogRoot", "AppendOnlyCatalog", "Permalink"],
        **commit(newest.commit, newest.stamp),
        "count": len(pages),
        "items": [_describe_page(page, urls) for page in pages],
    }
    return orjson.dumps(answer)


def page(number: int, events: Sequence[Event], urls: Urls) -> bytes | None:
    """Answer what happened on a page, or None when none of it is for the catalog."""
    summary = sum_up(number, events)
    if summary is None:
        return None
    answer = {
        **_describe_page(summary, urls),
        "parent": urls.catalog,
        "items": [_describe_event(event, urls) for event in _shown(events)],
    }
    return orjson.dumps(answer)


def leaf(event: Event, stored: Leaf | None, urls: Urls) -> bytes:
    """Answer what an event left: a version with all its details, or that it is gone."""
    url = urls.catalog_leaf(*_identity(event), event.sequence)
    return _render_leaf(url, commit(event.commit, event.stamp), event, stored, urls)


def newest_leaf(state: VersionState, stored: Leaf | None, urls: Urls) -> bytes:
    """Answer the same of what holds now."""
    url = urls.newest_catalog_leaf(*_identity(state))
    return _render_leaf(url, commit(state.change, state.revision), state, stored, urls)


def _shown(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.verb is not Verb.SYMBOLS]


def _identity(subject: _Subject) -> tuple[PackageId, Version]:
    return PackageId.parse(subject.id), Version.parse(subject.version)


def _describe_page(page: Page, urls: Urls) -> Fields:
    return {
        "@id": urls.catalog_page(page.number),
        "@type": "CatalogPage",
        **commit(page.commit, page.stamp),
        "count": page.count,
    }


def _describe_event(event: Event, urls: Urls) -> Fields:
    package_id, version = _identity(event)
    return {
        "@id": urls.catalog_leaf(package_id, version, event.sequence),
        "@type": "nuget:PackageDelete" if event.deleted else "nuget:PackageDetails",
        **commit(event.commit, event.stamp),
        "nuget:id": package_id.text,
        "nuget:version": version.full,
    }


def _render_leaf(
    url: str, made: Fields, subject: _Subject, stored: Leaf | None, urls: Urls
) -> bytes:
    said = (
        _describe_delete(subject)
        if subject.deleted
        else _describe_details(url, subject, stored, urls)
    )
    commits = {f"catalog:{name}": value for name, value in made.items()}
    return orjson.dumps({"@id": url, **commits, **said})


def _describe_delete(subject: _Subject) -> Fields:
    return {
        "@type": ["PackageDelete", "catalog:Permalink"],
        "id": subject.id,
        "originalId": subject.id,
        "version": subject.version,
        # NuGet, catalog-resource: "The `published` property is the time when package was deleted".
        "published": published(subject.revision, listed=True),
    }


def _describe_details(url: str, subject: _Subject, found: Leaf | None, urls: Urls) -> Fields:
    stored = require_leaf(found, f"{subject.id} {subject.version}")
    package_id, version = _identity(subject)
    deprecation = subject.deprecation and describe_deprecation(subject.deprecation, url)
    return present(
        {
            "@type": ["PackageDetails", "catalog:Permalink"],
            **describe(stored, package_id, version, urls),
            **_describe_manifest(stored.manifest),
            **_describe_archive(stored),
            "isPrerelease": version.is_prerelease,
            "listed": subject.listed,
            "published": published(subject.published, listed=subject.listed),
            "created": format_ticks(subject.published),
            "lastEdited": format_ticks(subject.revision),
            "dependencyGroups": describe_dependencies(stored.manifest.dependency_groups, url)
            or None,
            "deprecation": deprecation,
        }
    )


def _describe_manifest(manifest: Manifest) -> Fields:
    """Say what registration leaves out."""
    return {
        "verbatimVersion": manifest.version,
        "copyright": manifest.copyright,
        "releaseNotes": manifest.release_notes,
        "tags": manifest.tags or None,
        "iconFile": manifest.icon,
        "licenseFile": manifest.license_file,
        "readmeFile": manifest.readme,
        "developmentDependency": manifest.development_dependency or None,
        "serviceable": manifest.serviceable or None,
        "packageTypes": [present(each.model_dump()) for each in manifest.package_types] or None,
        "repository": manifest.repository and present(manifest.repository.model_dump()),
    }


def _describe_archive(stored: Leaf) -> Fields:
    return {
        "packageHash": stored.sha512,
        "packageHashAlgorithm": "SHA512",
        "packageSize": stored.size,
        "packageEntries": [_describe_entry(entry) for entry in stored.entries],
    }


def _describe_entry(entry: Entry) -> Fields:
    return {
        "fullName": entry.full_name,
        "name": entry.full_name.rpartition("/")[2],
        "length": entry.length,
        "compressedLength": entry.compressed_length,
    }
