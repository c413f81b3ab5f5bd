"""Pushing symbols: what is taken, what is refused, and what is said of it."""

from collections.abc import Callable, Mapping

import httpx
import pytest

from feed.app import Feed
from feed.services.callers import Scope
from feed.services.clock import DAY
from tests import feeds
from tests.api.conftest import MakeFeed
from tests.api.holders import by_key
from tests.api.pushing import KEY, SYMBOLS, push
from tests.assemblies import assembly, compiled, portable_pdb
from tests.builders import nupkg, snupkg
from tests.keys import make_key
from tests.services.pushes import events
from tests.uploads import Upload, modern, old, raw

TINY = compiled()
OTHER = compiled(seed=1)


async def push_tiny(http: httpx.AsyncClient, version: str = "1.0.0") -> None:
    package = nupkg("Tiny", version, files=TINY.assembly())
    assert (await push(http, raw(package))).status_code == 201


async def push_symbols(
    http: httpx.AsyncClient, package: bytes, headers: Mapping[str, str] = KEY
) -> httpx.Response:
    return await push(http, modern(package), headers=headers, to=SYMBOLS)


async def refusal(http: httpx.AsyncClient, package: bytes, status: int = 400) -> str:
    answer = await push_symbols(http, package)
    assert answer.status_code == status
    assert answer.json()["detail"] == answer.headers["x-nuget-warning"]
    return str(answer.json()["detail"])


async def blobs(feed: Feed) -> list[str]:
    return [name async for name in feed.storage.blobs.names("")]


@pytest.mark.parametrize("form", [modern, old, raw])
async def test_symbols_follow_their_package(
    make_feed: MakeFeed, form: Callable[[bytes], Upload]
) -> None:
    async with feeds.client(make_feed()) as http:
        await push_tiny(http)
        package = snupkg("tiny", "1.0", files=TINY.symbols())
        pushed = await push(http, form(package), to=SYMBOLS)
        assert (pushed.status_code, pushed.content) == (201, b"")
        assert (await http.get(TINY.address)).content == TINY.pdb


async def test_symbols_are_pushed_with_post_too(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed()) as http:
        await push_tiny(http)
        package = snupkg("Tiny", files=TINY.symbols())
        assert (await http.post(SYMBOLS, content=package, headers=KEY)).status_code == 201


async def test_symbols_without_their_package_are_refused_and_said_why(make_feed: MakeFeed) -> None:
    feed = make_feed()
    async with feeds.client(feed) as http:
        said = await refusal(http, snupkg("Tiny", files=TINY.symbols()), 404)
        assert said == (
            "this feed has no Tiny 1.0.0, so it takes no symbols of it: push the package first"
        )
        await push_tiny(http)
        stored = await blobs(feed)
        assert "no Tiny 2.0.0" in await refusal(
            http, snupkg("Tiny", "2.0.0", files=TINY.symbols()), 404
        )
        assert await blobs(feed) == stored


async def test_a_deleted_package_takes_no_symbols(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed(delete="hard")) as http:
        await push_tiny(http)
        await http.delete("/api/v2/package/Tiny/1.0.0", headers=KEY)
        await refusal(http, snupkg("Tiny", files=TINY.symbols()), 404)


async def test_an_unlisted_package_takes_symbols(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed()) as http:
        await push_tiny(http)
        await http.delete("/api/v2/package/Tiny/1.0.0", headers=KEY)
        assert (await push_symbols(http, snupkg("Tiny", files=TINY.symbols()))).status_code == 201


async def test_symbols_that_are_pushed_again_replace_all_of_the_former(make_feed: MakeFeed) -> None:
    more = compiled("More")
    feed = make_feed()
    async with feeds.client(feed) as http:
        both = TINY.assembly() | more.assembly()
        await push(http, raw(nupkg("Tiny", files=both)))
        first = snupkg("Tiny", files=TINY.symbols() | more.symbols())
        assert (await push_symbols(http, first)).status_code == 201
        stored = await blobs(feed)
        assert (await push_symbols(http, snupkg("Tiny", files=TINY.symbols()))).status_code == 201
        assert (await http.get(TINY.address)).content == TINY.pdb
        assert (await http.get(more.address)).status_code == 404
        assert len(await blobs(feed)) == len(stored)
        assert [each.verb for each in await events(feed)] == ["push", "symbols", "symbols"]


@pytest.mark.parametrize(
    ("package", "why"),
    [
        (b"", "the upload is empty"),
        (b"not a zip", "it is not a zip file"),
        (nupkg("Tiny", files=TINY.files()), "a symbol package has the one type 'SymbolsPackage'"),
        (snupkg("Tiny"), "it has no PDB"),
        (snupkg("Tiny", files=TINY.files()), "Tiny.dll' is neither a PDB nor a part of the"),
        (snupkg("Tiny", files=TINY.symbols(), authors="A"), "it has authors"),
        (snupkg("Tiny", files=TINY.symbols("other")), "has no assembly at its place"),
        (snupkg("Tiny", files=OTHER.symbols()), "is not of the same build"),
        (snupkg("Tiny", files={"lib/net8.0/Tiny.pdb": b"BSJB"}), "has a damaged header"),
        (
            snupkg("Tiny", files={"lib/net8.0/Tiny.pdb": b"Microsoft C/C++ MSF 7.00\r\n"}),
            "is a Windows PDB, only portable ones are served",
        ),
        (snupkg("Tiny", files={"lib/net8.0/Tiny.pdb": TINY.pdb[:-9]}), "its checksum differs"),
    ],
)
async def test_what_cannot_be_symbols_is_refused_and_changes_nothing(
    make_feed: MakeFeed, package: bytes, why: str
) -> None:
    feed = make_feed()
    async with feeds.client(feed) as http:
        await push_tiny(http)
        stored = await blobs(feed)
        if package:
            assert why in await refusal(http, package)
        else:
            assert (await http.put(SYMBOLS, headers=KEY)).status_code == 400
        assert await blobs(feed) == stored
        assert [each async for each in feed.log.intents()] == []
        assert (await push_symbols(http, snupkg("Tiny", files=TINY.symbols()))).status_code == 201


async def test_every_fault_is_named_at_once(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed()) as http:
        await push_tiny(http)
        said = await refusal(http, snupkg("Tiny", files=OTHER.symbols() | OTHER.symbols("b")))
        assert "'lib/net8.0/Tiny.pdb' is not of the same build" in said
        assert "'b/Tiny.pdb' has no assembly at its place" in said


async def test_a_symbol_package_is_no_package(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed()) as http:
        answer = await push(http, raw(snupkg("Tiny", files=TINY.symbols())))
        assert answer.status_code == 400


async def test_a_body_beyond_the_limit_is_refused(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed(max_package_mb="1")) as http:
        answer = await http.put(SYMBOLS, content=bytes(2**20 + 100_000), headers=KEY)
        assert answer.status_code == 413


async def test_a_foreign_pdb_with_the_id_of_one_that_is_here_is_refused(
    make_feed: MakeFeed,
) -> None:
    forged = portable_pdb(seed="forged", pdb_id=TINY.pdb[64:84])
    async with feeds.client(make_feed()) as http:
        await push_tiny(http)
        await push_symbols(http, snupkg("Tiny", files=TINY.symbols()))
        evil = nupkg("Evil", files={"lib/Tiny.dll": assembly(forged)})
        assert (await push(http, raw(evil))).status_code == 201
        said = await refusal(http, snupkg("Evil", files={"lib/Tiny.pdb": forged}))
        assert "'lib/Tiny.pdb' has the id of a PDB of Tiny 1.0.0, and is another" in said
        assert (await http.get(TINY.address)).content == TINY.pdb


async def test_one_assembly_in_two_packages_has_symbols_as_long_as_one_of_them_is_there(
    make_feed: MakeFeed,
) -> None:
    async with feeds.client(make_feed(delete="hard")) as http:
        for package_id in ("Tool.A", "Tool.B"):
            await push(http, raw(nupkg(package_id, files=TINY.assembly())))
            pushed = await push_symbols(http, snupkg(package_id, files=TINY.symbols()))
            assert pushed.status_code == 201
        await http.delete("/api/v2/package/Tool.A/1.0.0", headers=KEY)
        assert (await http.get(TINY.address)).content == TINY.pdb
        await http.delete("/api/v2/package/Tool.B/1.0.0", headers=KEY)
        assert (await http.get(TINY.address)).status_code == 404


async def test_who_pushes_versions_pushes_symbols(make_feed: MakeFeed) -> None:
    feed = make_feed()
    package = snupkg("Tiny", files=TINY.symbols())
    pusher = by_key((await make_key(feed, Scope.PUSH)).text.text)
    other = by_key((await make_key(feed, Scope.PUSH, patterns=("Contoso.*",))).text.text)
    unlister = by_key((await make_key(feed, Scope.UNLIST)).text.text)
    async with feeds.client(feed) as http:
        await push_tiny(http)
        assert (await push_symbols(http, package, {})).status_code == 401
        for holder, missing in ((unlister, "scope push"), (other, "is for Contoso.* only")):
            refused = await push_symbols(http, package, holder)
            assert refused.status_code == 403
            assert missing in refused.headers["x-nuget-warning"]
        assert (await push_symbols(http, package, pusher)).status_code == 201
    await feed.keyring.settle()


async def test_who_pushes_symbols_is_told_that_the_key_ends_soon(make_feed: MakeFeed) -> None:
    feed = make_feed()
    key = await make_key(feed, Scope.PUSH, lifetime=DAY)
    async with feeds.client(feed) as http:
        await push_tiny(http)
        package = snupkg("Tiny", files=TINY.symbols())
        answer = await push_symbols(http, package, by_key(key.text.text))
        assert answer.headers["x-nuget-warning"].startswith("the key 'ci' expires on ")
    await feed.keyring.settle()
