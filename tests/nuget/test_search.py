"""The answers of search and autocomplete, whole."""

import orjson

from feed.nuget import search
from feed.nuget.leaf import Deprecation
from feed.nuget.search import Hit
from feed.nuget.search_card import Card
from feed.nuget.search_package import VIEWS, Known
from tests.nuget.manifests import parsed
from tests.nuget.versions import FEED, leaf, plain

STABLE, _, _, EVERYTHING = VIEWS
GZIP = "https://feed.example/v3/registration-gz"
SEMVER2 = "https://feed.example/v3/registration-gz-semver2"


def test_a_hit_has_every_field() -> None:
    manifest = parsed(
        "Contoso.Json",
        "1.2.0-rc.1+abc",
        title="JSON",
        authors="Ann, Bob",
        description="Reads JSON.",
        summary="Short",
        tags="json web",
        project_url="https://contoso.example/json",
        license="MIT",
        package_types={"DotnetTool": None},
    )
    versions = (
        Known("1.0.0", "a", downloads=5),
        Known("1.1.0", "b", listed=False, downloads=2),
        Known(
            "1.2.0-rc.1+abc",
            "c",
            semver2=True,
            deprecation=Deprecation(("Legacy",), "use the other", "Other"),
        ),
    )
    hit = Hit(Card.of(leaf(manifest, "icon.png")), versions)
    assert orjson.loads(search.search([hit], 41, EVERYTHING, FEED)) == {
        "@context": {"@vocab": "http://schema.nuget.org/schema#", "@base": f"{SEMVER2}/"},
        "totalHits": 41,
        "data": [
            {
                "@id": f"{SEMVER2}/contoso.json/index.json",
                "@type": "Package",
                "registration": f"{SEMVER2}/contoso.json/index.json",
                "id": "Contoso.Json",
                "version": "1.2.0-rc.1+abc",
                "description": "Reads JSON.",
                "summary": "Short",
                "title": "JSON",
                "iconUrl": "https://feed.example/v3/content/contoso.json/1.2.0-rc.1/icon",
                "licenseUrl": "https://licenses.nuget.org/MIT",
                "projectUrl": "https://contoso.example/json",
                "tags": ["json", "web"],
                "authors": ["Ann, Bob"],
                "owners": ["Ann", "Bob"],
                "totalDownloads": 7,
                "verified": False,
                "packageTypes": [{"name": "DotnetTool"}],
                "versions": [
                    {
                        "version": "1.0.0",
                        "downloads": 5,
                        "@id": f"{SEMVER2}/contoso.json/1.0.0.json",
                    },
                    {
                        "version": "1.2.0-rc.1+abc",
                        "downloads": 0,
                        "@id": f"{SEMVER2}/contoso.json/1.2.0-rc.1.json",
                    },
                ],
                "deprecation": {
                    "reasons": ["Legacy"],
                    "message": "use the other",
                    "alternatePackage": {"id": "Other", "range": "*"},
                },
            }
        ],
    }


def test_a_plain_hit_leaves_out_what_is_not_there() -> None:
    versions = (Known("1.0.0", "a"), Known("2.0.0", "b", semver2=True))
    hit = Hit(Card.of(plain("1.0.0", "Tiny")), versions)
    (shown,) = orjson.loads(search.search([hit], 1, STABLE, FEED))["data"]
    assert shown == {
        "@id": f"{GZIP}/tiny/index.json",
        "@type": "Package",
        "registration": f"{GZIP}/tiny/index.json",
        "id": "Tiny",
        "version": "1.0.0",
        "description": "Small things",
        "summary": "",
        "title": "Tiny",
        "tags": [],
        "authors": ["Contoso"],
        "owners": ["Contoso"],
        "totalDownloads": 0,
        "verified": False,
        "packageTypes": [{"name": "Dependency"}],
        "versions": [{"version": "1.0.0", "downloads": 0, "@id": f"{GZIP}/tiny/1.0.0.json"}],
    }


def test_the_total_stands_before_the_data() -> None:
    answer = search.search([], 0, STABLE, FEED)
    assert answer.index(b'"totalHits":0') < answer.index(b'"data":[]')


def test_autocomplete_answers_ids() -> None:
    assert orjson.loads(search.autocomplete(["Foo", "Foo.Bar"], 12)) == {
        "@context": {"@vocab": "http://schema.nuget.org/schema#"},
        "totalHits": 12,
        "data": ["Foo", "Foo.Bar"],
    }


def test_autocomplete_answers_the_versions_that_a_view_sees() -> None:
    versions = [
        Known("1.0.0", "a"),
        Known("1.1.0", "b", listed=False),
        Known("2.0.0-rc.1+x", "c", semver2=True),
    ]
    answers = [orjson.loads(search.autocomplete_versions(versions, view)) for view in VIEWS]
    assert [answer["data"] for answer in answers] == [
        ["1.0.0"],
        ["1.0.0"],
        ["1.0.0"],
        ["1.0.0", "2.0.0-rc.1+x"],
    ]
    assert [answer["totalHits"] for answer in answers] == [1, 1, 1, 2]
