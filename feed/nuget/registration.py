"""The registration of an id: what each hive answers about it.

https://learn.microsoft.com/nuget/api/registration-base-url-resource
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from feed.nuget.details import Fields, address, commit
from feed.nuget.identity import PackageId
from feed.nuget.registration_document import (
    IN_HIVE,
    Registration,
    Stored,
    key,
    read,
    resolve,
    revision,
)
from feed.nuget.urls import Hive, Urls
from feed.nuget.version import Version


@dataclass(frozen=True, slots=True)
class Paging:
    """How many versions stand on a page, and up to how many stand in the index itself."""

    size: int
    inlined: int


# NuGet, registration-base-url-resource: "if there are 128 or more versions of a package,
# break the leaves into pages of size 64".
PAGING = Paging(size=64, inlined=127)

_Address = Callable[[PackageId, Version, Version], str]


def index(document: bytes, hive: Hive, urls: Urls, paging: Paging = PAGING) -> bytes | None:
    """Answer all about an id, or where to find it; None when the hive has no version of it."""
    registration = read(document)
    versions = _shown(registration, hive)
    if not versions:
        return None
    package_id = registration.package_id
    chunks = [versions[at : at + paging.size] for at in range(0, len(versions), paging.size)]
    if len(versions) > paging.inlined:
        pages = [_page(package_id, each, IN_HIVE.page) for each in chunks]
    else:
        pages = [_page_with_items(package_id, each, IN_HIVE.inlined_page) for each in chunks]
    answer = {
        "@id": address(IN_HIVE.index(package_id)),
        "@type": ["catalog:CatalogRoot", "PackageRegistration", "catalog:Permalink"],
        **_newest_commit(versions),
        "count": len(pages),
        "items": pages,
    }
    return resolve(orjson.dumps(answer), hive, urls)


def page(document: bytes, hive: Hive, urls: Urls, lower: Version, upper: Version) -> bytes | None:
    """Answer the versions from `lower` to `upper`, or None when the hive has none there.

    Clients keep an index for half an hour, and a push between two versions moves
    the pages meanwhile: what once were the bounds of a page still get an answer.
    """
    registration = read(document)
    versions = _shown(registration, hive)
    start = bisect_left(versions, lower, key=_version)
    found = versions[start : bisect_right(versions, upper, key=_version)]
    if not found:
        return None
    answer = _page_with_items(registration.package_id, found, IN_HIVE.page)
    return resolve(orjson.dumps(answer), hive, urls)


def leaf(document: bytes, hive: Hive, urls: Urls, version: Version) -> bytes | None:
    """Answer where to find all about one version, or None when the hive does not have it."""
    versions = _shown(read(document), hive)
    fragment = next((fragment for line, fragment in versions if key(line) == version.lower), None)
    if fragment is None:
        return None
    item = orjson.loads(resolve(fragment, hive, urls))
    entry = item["catalogEntry"]
    answer = {
        "@id": item["@id"],
        "@type": ["Package", "http://schema.nuget.org/catalog#Permalink"],
        "catalogEntry": entry["@id"],
        "listed": entry["listed"],
        "packageContent": item["packageContent"],
        "published": entry["published"],
        "registration": item["registration"],
    }
    return orjson.dumps(answer)


def _shown(registration: Registration, hive: Hive) -> list[Stored]:
    """Return the versions that are there for a hive, as if there were no others."""
    return [
        (line, fragment)
        for line, fragment in registration.versions
        if not line["deleted"] and (hive.shows_semver2 or not line["semver2"])
    ]


def _page(package_id: PackageId, versions: Sequence[Stored], spell: _Address) -> Fields:
    lower, upper = _version(versions[0]), _version(versions[-1])
    return {
        "@id": address(spell(package_id, lower, upper)),
        "@type": "catalog:CatalogPage",
        **_newest_commit(versions),
        "count": len(versions),
        "lower": str(lower),
        "upper": str(upper),
    }


def _page_with_items(package_id: PackageId, versions: Sequence[Stored], spell: _Address) -> Fields:
    return {
        **_page(package_id, versions, spell),
        "parent": address(IN_HIVE.index(package_id)),
        "items": [orjson.Fragment(fragment) for _, fragment in versions],
    }


def _newest_commit(versions: Sequence[Stored]) -> Fields:
    newest, _ = max(versions, key=revision)
    return commit(newest["change"], newest["revision"])


def _version(stored: Stored) -> Version:
    return Version.parse(stored[0]["version"])
