import orjson
import pytest

from feed.nuget.service_index import Resource, service_index
from feed.nuget.urls import Urls
from tests.nuget.golden import golden

FEED = Urls("https://feed.example")
EVERYTHING = frozenset(Resource)


def entries(urls: Urls = FEED, resources: frozenset[Resource] = EVERYTHING) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = orjson.loads(service_index(urls, resources))["resources"]
    return listed


def test_everything_that_a_client_can_look_for_is_there() -> None:
    assert orjson.loads(service_index(FEED, EVERYTHING)) == golden("service_index")


def test_a_feed_without_resources_is_a_valid_document() -> None:
    assert service_index(FEED, frozenset()) == b'{"version":"3.0.0","resources":[]}'


@pytest.mark.parametrize("resource", Resource)
def test_what_is_off_is_left_out_and_nothing_else(resource: Resource) -> None:
    without = entries(resources=EVERYTHING - {resource})
    alone = entries(resources=frozenset({resource}))
    assert alone
    assert [entry for entry in entries() if entry not in alone] == without


@pytest.mark.parametrize("base", ["https://feed.example", "http://127.0.0.1:7071", "https://a/b/c"])
def test_every_address_starts_with_the_public_one(base: str) -> None:
    assert all(entry["@id"].startswith(f"{base}/") for entry in entries(Urls(base)))


def test_a_type_is_one_string_and_stands_once() -> None:
    types = [entry["@type"] for entry in entries()]
    assert all(isinstance(each, str) for each in types)
    assert len(set(types)) == len(types)


def test_signatures_are_never_named_over_plain_http() -> None:
    """nuget.exe 5.8 fails every restore from a feed that does."""
    plain = entries(Urls("http://feed.example"))
    assert not [entry for entry in plain if entry["@type"].startswith("RepositorySignatures")]


def test_content_and_registration_end_in_a_slash_and_nothing_else_does() -> None:
    slashed = {entry["@type"].partition("/")[0] for entry in entries() if entry["@id"][-1] == "/"}
    assert slashed == {"PackageBaseAddress", "RegistrationsBaseUrl"}
