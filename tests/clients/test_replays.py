"""What clients were seen to send, replayed where they cannot run."""

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest

from tests.clients.packages import LEAF, MID, SHELF, TOP, Identity, large, library
from tests.clients.serving import ADMIN_KEY, ServedFeed
from tests.clients.traces import INDEX, PUSH, challenged, nupkg, registration, versions
from tests.clients.wire import Wire, wire

CHAIN = (TOP, MID, LEAF)
IDS = tuple(package_id.lower() for package_id, _ in CHAIN)

# The names of the registration that each client knows, the one it likes best first.
NUGET_EXE = ("/Versioned", "/3.4.0", "/3.0.0-beta")
DOTNET = ("/Versioned", "/3.6.0", "/3.4.0", "/3.0.0-rc", "/3.0.0-beta", "")


@pytest.fixture
def nuget() -> Iterator[Wire]:
    """nuget.exe without credentials."""
    with wire() as opened:
        yield opened


@pytest.fixture
def signed_in() -> Iterator[Wire]:
    """nuget.exe with the key in its configuration."""
    with wire(ADMIN_KEY) as opened:
        yield opened


@pytest.fixture
def private(private_feed: ServedFeed) -> ServedFeed:
    private_feed.requests()
    return private_feed


def read_index(wire: Wire, feed: ServedFeed) -> dict[str, str]:
    """Fetch the service index: the address of every type."""
    answer = wire.get(f"{feed.url}/v3/index.json")
    assert (answer.status, answer.json()["version"]) == (200, "3.0.0")
    return {each["@type"]: each["@id"] for each in answer.json()["resources"]}


def restore(wire: Wire, feed: ServedFeed) -> dict[Identity, bytes]:
    """Read versions and package of each, as restore does on its way down the dependencies."""
    content = read_index(wire, feed)["PackageBaseAddress/3.0.0"]
    return {(name, version): _restore(wire, content, name, version) for name, version in CHAIN}


def _restore(wire: Wire, content: str, package_id: str, version: str) -> bytes:
    folder = f"{content}{package_id.lower()}"
    assert version in wire.get(f"{folder}/index.json").json()["versions"]
    return wire.get(f"{folder}/{version}/{package_id.lower()}.{version}.nupkg").body


def entries(wire: Wire, registrations: str, package_id: str) -> list[Mapping[str, Any]]:
    """Read what registration says of every version, with the pages that are not inlined."""
    index = wire.get(f"{registrations}{package_id.lower()}/index.json")
    assert index.headers["content-encoding"] == "gzip"
    pages = [
        each if "items" in each else wire.get(each["@id"]).json() for each in index.json()["items"]
    ]
    return [each for page in pages for each in page["items"]]


def test_restore_reads_versions_and_packages(nuget: Wire, feed: ServedFeed) -> None:
    assert restore(nuget, feed) == {each: SHELF[each] for each in CHAIN}
    assert feed.requests() == [INDEX, *[do(each) for each in IDS for do in (versions, nupkg)]]


def test_restore_asks_twice_where_a_key_is_wanted(signed_in: Wire, private: ServedFeed) -> None:
    assert restore(signed_in, private) == {each: SHELF[each] for each in CHAIN}
    reads = [do(each) for each in IDS for do in (versions, nupkg)]
    assert private.requests() == challenged(INDEX, *reads)


@pytest.mark.azurite
def test_restore_follows_to_storage(signed_in: Wire, stored_feed: ServedFeed) -> None:
    stored_feed.requests()
    assert restore(signed_in, stored_feed) == {each: SHELF[each] for each in CHAIN}
    reads = [each for name in IDS for each in (versions(name), nupkg(name, status=302))]
    assert stored_feed.requests() == challenged(INDEX, *reads)


@pytest.mark.parametrize("known", [NUGET_EXE, DOTNET])
def test_install_reads_registration_and_follows_it(
    known: tuple[str, ...], nuget: Wire, feed: ServedFeed
) -> None:
    index = read_index(nuget, feed)
    registrations = next(
        index[f"RegistrationsBaseUrl{each}"]
        for each in known
        if f"RegistrationsBaseUrl{each}" in index
    )
    newest = entries(nuget, registrations, "Contoso.Leaf")[-1]
    assert newest["catalogEntry"]["version"] == "2.0.0-beta.2"
    assert nuget.get(newest["packageContent"]).body == SHELF["Contoso.Leaf", "2.0.0-beta.2"]
    download = nupkg("contoso.leaf", "2.0.0-beta.2")
    assert feed.requests() == [INDEX, registration("contoso.leaf"), download]


def test_what_is_missing_is_404_and_no_warning(nuget: Wire, feed: ServedFeed) -> None:
    index = read_index(nuget, feed)
    for resource in ("PackageBaseAddress/3.0.0", "RegistrationsBaseUrl/Versioned"):
        answer = nuget.get(f"{index[resource]}contoso.none/index.json")
        assert (answer.status, answer.reason) == (404, "Not Found")
        assert "x-nuget-warning" not in answer.headers
    assert feed.requests() == [
        INDEX,
        versions("contoso.none", 404),
        registration("contoso.none", 404),
    ]


def test_push_is_chunked_to_a_trailing_slash(nuget: Wire, feed: ServedFeed) -> None:
    publish = read_index(nuget, feed)["PackagePublish/2.0.0"]
    package = library("Replayed", "1.0.0")
    pushed = nuget.push(publish, package, ADMIN_KEY)
    assert (pushed.status, pushed.body) == (201, b"")
    again = nuget.push(publish, package, ADMIN_KEY)
    assert (again.status, again.reason) == (409, "Conflict")
    assert again.headers["x-nuget-warning"] == "Replayed 1.0.0 is already on this feed"
    assert feed.requests() == [INDEX, PUSH, "PUT /api/v2/package/ 409"]


@pytest.mark.parametrize("key", [None, "AzureDevOps"])
def test_push_sends_its_body_again_after_the_challenge(
    key: str | None, signed_in: Wire, private: ServedFeed
) -> None:
    """All over one connection, which has to be there still after 8 MB that nobody wanted."""
    package = large(f"Replayed.{key}", 8)
    publish = read_index(signed_in, private)["PackagePublish/2.0.0"]
    assert signed_in.push(publish, package, key).status == 201
    assert private.requests() == challenged(INDEX, PUSH)
    assert private.download(f"Replayed.{key}") == package


def test_who_has_no_credentials_sends_empty_ones_and_is_refused(private: ServedFeed) -> None:
    with wire("") as nobody:
        answer = nobody.get(f"{private.url}/v3/index.json")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.headers["x-nuget-warning"]
    assert private.requests() == ["GET /v3/index.json 401"] * 2


def test_delete_takes_id_and_version_as_they_are_typed(nuget: Wire, feed: ServedFeed) -> None:
    feed.push(library("Typed", "1.2.0"))
    publish = read_index(nuget, feed)["PackagePublish/2.0.0"]
    feed.requests()
    answers = [
        nuget.delete(publish, "tYPED", "1.2.0.0", ADMIN_KEY),
        nuget.delete(publish, "Typed", "9", ADMIN_KEY),
    ]
    assert [each.status for each in answers] == [204, 404]
    assert answers[1].headers["x-nuget-warning"] == "this feed has no Typed 9.0.0"
    assert feed.requests() == [
        "DELETE /api/v2/package/tYPED/1.2.0.0 204",
        "DELETE /api/v2/package/Typed/9 404",
    ]


def test_renovate_sees_every_version_and_the_repository(private: ServedFeed) -> None:
    """It sends credentials at once, takes the highest numbered registration, and one manifest."""
    for version in ("1.0.0", "1.1.0", "2.0.0-beta.1"):
        private.push(library("Renovated", version))
    with wire(ADMIN_KEY, sends_at_once=True) as renovate:
        index = read_index(renovate, private)
        publish = index["PackagePublish/2.0.0"]
        assert renovate.delete(publish, "Renovated", "1.0.0").status == 204
        private.requests()
        numbered = [each for each in index if each.startswith("RegistrationsBaseUrl/3.")]
        found = entries(renovate, index[max(numbered)], "Renovated")
        releases = [each["catalogEntry"] for each in found]
        listed = {each["version"]: each["listed"] for each in releases}
        assert listed == {"1.0.0": False, "1.1.0": True, "2.0.0-beta.1": True}
        content = index["PackageBaseAddress/3.0.0"]
        nuspec = renovate.get(f"{content}renovated/1.1.0/renovated.nuspec")
    assert nuspec.body == _nuspec(library("Renovated", "1.1.0"))
    assert private.requests() == [
        registration("renovated"),
        "GET /v3/content/renovated/1.1.0/renovated.nuspec 200",
    ]


def test_node_nuget_client_goes_from_search_to_leaf_to_package(
    nuget: Wire, feed: ServedFeed
) -> None:
    """It knows search by its plain name only, and each next address from the answer before."""
    search = read_index(nuget, feed)["SearchQueryService"]
    [hit] = nuget.get(f"{search}?q=packageId:Contoso.Leaf").json()["data"]
    leaves = {each["version"]: each["@id"] for each in hit["versions"]}
    leaf = nuget.get(leaves["1.0.0"])
    assert nuget.get(leaf.json()["packageContent"]).body == SHELF[LEAF]
    assert feed.requests() == [
        INDEX,
        "GET /v3/search 200",
        "GET /v3/registration-gz/contoso.leaf/1.0.0.json 200",
        nupkg("contoso.leaf"),
    ]


def _nuspec(package: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return archive.read(next(each for each in archive.namelist() if each.endswith(".nuspec")))
