"""The address that people configure: what is there, and that all it names is there as well."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.builders import nupkg
from tests.feeds import ADDRESS, client, memory_feed
from tests.services.pushes import ADMIN, received

INDEX = "/v3/index.json"
# How a client goes on from the address of a resource; from all others, with a GET of just that.
READS = {"PackageBaseAddress": "tiny/index.json", "RegistrationsBaseUrl": "tiny/index.json"}
PUSHES = ("PackagePublish", "SymbolPackagePublish")
FILLED = {
    "{lower_id}": "tiny",
    "{lower_version}": "1.0.0",
    "{id}": "Tiny",
    "{version}": "1.0.0",
    "{owner}": "Contoso",
}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    feed = memory_feed(contact="feed@contoso.example")
    await feed.publishing.push(received(nupkg("Tiny", "1.0.0", readme="# Hi")), ADMIN)
    async with client(feed) as http:
        yield http


async def test_anyone_reads_the_index_of_a_public_feed(http: httpx.AsyncClient) -> None:
    answer = await http.get(INDEX)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["version"] == "3.0.0"
    assert answer.content.startswith(b"{")


async def test_head_says_the_same_without_a_body(http: httpx.AsyncClient) -> None:
    answer = await http.head(INDEX)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == (await http.get(INDEX)).headers["etag"]


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}]
)
async def test_addresses_are_the_configured_ones_whoever_asks(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await http.get(INDEX, headers=headers)
    assert "evil.example" not in answer.text
    assert all(each["@id"].startswith(f"{ADDRESS}/") for each in answer.json()["resources"])


async def test_every_address_in_the_index_leads_somewhere(http: httpx.AsyncClient) -> None:
    for entry in (await http.get(INDEX)).json()["resources"]:
        resource, address = entry["@type"].partition("/")[0], entry["@id"]
        for name, value in FILLED.items():
            address = address.replace(name, value)
        if resource in PUSHES:
            assert (await http.put(address)).status_code == 401, address
        else:
            answer = await http.get(address + READS.get(resource, ""))
            assert answer.status_code == 200, address
