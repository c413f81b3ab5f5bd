"""What search and autocomplete answer.

https://learn.microsoft.com/nuget/api/search-query-service-resource
https://learn.microsoft.com/nuget/api/search-autocomplete-service-resource
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from feed.nuget.details import Fields, describe_links, present
from feed.nuget.leaf import Deprecation
from feed.nuget.search_card import Card
from feed.nuget.search_package import Known, View
from feed.nuget.urls import Hive, RegistrationUrls, Urls
from feed.nuget.version import Version

_VOCABULARY = "http://schema.nuget.org/schema#"


@dataclass(frozen=True, slots=True)
class Hit:
    """The version that a view shows of an id, and all versions of the id."""

    card: Card
    versions: Sequence[Known]


def search(hits: Iterable[Hit], total: int, view: View, urls: Urls) -> bytes:
    """Answer a page of hits; `total` counts those of the other pages too."""
    hive = urls.registration(Hive.GZIP_SEMVER2 if view.semver2 else Hive.GZIP)
    answer = {
        "@context": {"@vocab": _VOCABULARY, "@base": f"{hive.base}/"},
        # NuGet clients read an answer as it comes: the total goes before the data.
        "totalHits": total,
        "data": [_describe(hit, view, hive, urls) for hit in hits],
    }
    return orjson.dumps(answer)


def autocomplete(ids: Sequence[str], total: int) -> bytes:
    return _complete(ids, total)


def autocomplete_versions(versions: Iterable[Known], view: View) -> bytes:
    """Answer the versions of an id that a view may see."""
    seen = [each.version for each in versions if each.is_in(view)]
    return _complete(seen, len(seen))


def _complete(data: Sequence[str], total: int) -> bytes:
    return orjson.dumps({"@context": {"@vocab": _VOCABULARY}, "totalHits": total, "data": data})


def _describe(hit: Hit, view: View, hive: RegistrationUrls, urls: Urls) -> Fields:
    card = hit.card
    seen = [each for each in hit.versions if each.is_in(view)]
    links = describe_links(card, card.files, card.package_id, Version.parse(card.version), urls)
    return present(
        {
            "@id": hive.index(card.package_id),
            "@type": "Package",
            "registration": hive.index(card.package_id),
            "id": card.id,
            "version": card.version,
            "description": card.description,
            "summary": card.summary or "",
            "title": card.title or card.id,
            **links,
            "projectUrl": card.project_url,
            "tags": card.tags,
            "authors": [card.authors],
            "owners": card.owners,
            "totalDownloads": sum(each.downloads for each in hit.versions),
            "verified": False,
            "packageTypes": [{"name": each} for each in card.types],
            "versions": [_describe_version(each, card, hive) for each in seen],
            "deprecation": _describe_deprecation(seen[-1].deprecation),
        }
    )


def _describe_version(known: Known, card: Card, hive: RegistrationUrls) -> Fields:
    return {
        "version": known.version,
        "downloads": known.downloads,
        "@id": hive.leaf(card.package_id, Version.parse(known.version)),
    }


def _describe_deprecation(deprecation: Deprecation | None) -> Fields | None:
    if deprecation is None:
        return None
    alternate = deprecation.alternate_id and {
        "id": deprecation.alternate_id,
        "range": deprecation.alternate_range or "*",
    }
    return present(
        {
            "reasons": deprecation.reasons,
            "message": deprecation.message,
            "alternatePackage": alternate,
        }
    )
