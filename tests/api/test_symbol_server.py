"""The symbol server, asked as debuggers ask it.

https://github.com/dotnet/symstore/blob/main/docs/specs/Simple_Symbol_Query_Protocol.md
"""

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest

from feed.storage.counting import CountingBlobs, CountingRows, Ledger
from feed.storage.memory import MemoryBlobs, MemoryRows
from tests.api.holders import by_password
from tests.api.pushing import KEY, SYMBOLS
from tests.assemblies import REAL, Compiled, compiled
from tests.builders import nupkg, snupkg
from tests.feeds import ADMIN_KEY, client, memory_feed

TINY = compiled(size=700_000)
INSIDE = compiled("Inside")


async def fill(http: httpx.AsyncClient) -> None:
    """Put a package on the feed with symbols of its own, and with one PDB inside."""
    package = nupkg("Tiny", files=TINY.assembly() | INSIDE.files("tools"))
    assert (await http.put("/api/v2/package", content=package, headers=KEY)).status_code == 201
    symbols = snupkg("Tiny", files=TINY.symbols())
    assert (await http.put(SYMBOLS, content=symbols, headers=KEY)).status_code == 201


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(memory_feed()) as http:
        await fill(http)
        yield http


@pytest.mark.parametrize("pair", [TINY, INSIDE], ids=lambda pair: pair.name)
async def test_a_pdb_comes_as_the_compiler_wrote_it(
    http: httpx.AsyncClient, pair: Compiled
) -> None:
    answer = await http.get(pair.address)
    assert (answer.status_code, answer.content) == (200, pair.pdb)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(pair.pdb))
    head = await http.head(pair.address)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(answer.headers)


@pytest.mark.parametrize("folder", REAL)
async def test_real_symbols_are_found(folder: str) -> None:
    pair = Compiled.load(folder)
    async with client(memory_feed()) as http:
        await http.put("/api/v2/package", content=nupkg(files=pair.assembly()), headers=KEY)
        pushed = await http.put(SYMBOLS, content=snupkg(files=pair.symbols()), headers=KEY)
        assert pushed.status_code == 201
        answer = await http.get(pair.address, headers={"SymbolChecksum": pair.checksum})
        assert (answer.status_code, answer.content) == (200, pair.pdb)


@pytest.mark.parametrize(
    "address",
    [
        TINY.address.lower(),
        TINY.address.upper(),
        TINY.address.replace("/symbols/", "/symbols//"),
        TINY.address.replace("/", "//").removeprefix("/"),
        f"{TINY.address}/",
        TINY.address.replace("FFFFFFFF", "ffffFFFF"),
    ],
)
async def test_an_address_is_read_as_debuggers_spell_it(
    http: httpx.AsyncClient, address: str
) -> None:
    assert (await http.get(address)).content == TINY.pdb


KEY_OF_TINY = TINY.key


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "pingme.txt",
        "index2.txt",
        f"Tiny.pdb/{KEY_OF_TINY}/Tiny.pd_",
        f"Tiny.pdb/{KEY_OF_TINY}/file.ptr",
        f"Tiny.pdb/{KEY_OF_TINY}/Other.pdb",
        f"Tiny.pdb/{KEY_OF_TINY}",
        f"Tiny.pdb/{KEY_OF_TINY}/Tiny.pdb/more",
        f"Tiny.pdb/{'0' * 32}FFFFFFFF/Tiny.pdb",
        f"Tiny.pdb/{KEY_OF_TINY[:32]}1/Tiny.pdb",
        f"Tiny.pdb/{KEY_OF_TINY}{'f' * 64}/Tiny.pdb",
        "Tiny.dll/5B8B3D5A1C000/Tiny.dll",
        "Tiny.cs/sha1-0123456789012345678901234567890123456789/Tiny.cs",
        "_.debug/elf-buildid-sym-180a373d6afbabf0eb1f09be1bc45bd796a71085/_.debug",
        f"..%2fTiny.pdb/{KEY_OF_TINY}/..%2fTiny.pdb",
        "%00.pdb/x/%00.pdb",
        "%ff%fe/%ff/%ff%fe",
        "x" * 7000,
    ],
)
async def test_all_else_that_is_probed_for_is_not_here(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/symbols/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "x-nuget-warning" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=300000-600000", slice(300_000, 600_001)),
        ("bytes=-5", slice(-5, None)),
    ],
)
async def test_a_part_of_a_pdb_can_be_had(http: httpx.AsyncClient, asked: str, part: slice) -> None:
    answer = await http.get(TINY.address, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, TINY.pdb[part])


async def test_who_has_a_pdb_is_told_so(http: httpx.AsyncClient) -> None:
    etag = (await http.get(TINY.address)).headers["etag"]
    assert (await http.get(TINY.address, headers={"If-None-Match": etag})).status_code == 304


async def test_a_checksum_must_be_that_of_the_pdb(http: httpx.AsyncClient) -> None:
    several = f"SHA384:{'0' * 96};{TINY.checksum}"
    for given, status in ((TINY.checksum, 200), (several, 200), (INSIDE.checksum, 404)):
        answer = await http.get(TINY.address, headers={"SymbolChecksum": given})
        assert answer.status_code == status


async def test_a_name_may_have_any_letters() -> None:
    pair = compiled("Übung Größe")
    async with client(memory_feed()) as http:
        await http.put("/api/v2/package", content=nupkg(files=pair.files()), headers=KEY)
        answer = await http.get(quote(pair.address))
        assert (answer.status_code, answer.content) == (200, pair.pdb)
        name = "filename*=UTF-8''%C3%BCbung%20gr%C3%B6%C3%9Fe.pdb"
        assert answer.headers["content-disposition"] == f"attachment; {name}"


async def test_a_pdb_costs_three_operations_and_a_probe_none() -> None:
    ledger = Ledger()
    feed = memory_feed(CountingBlobs(MemoryBlobs(), ledger), CountingRows(MemoryRows(), ledger))
    async with client(feed) as http:
        await fill(http)
        for address, cost in (
            (TINY.address, 3),
            (INSIDE.address, 3),
            (TINY.address.replace(TINY.key[:8], "00000000"), 1),
            ("/symbols/pingme.txt", 0),
        ):
            ledger.clear()
            await http.get(address)
            assert len(ledger) == cost, str(ledger)


async def test_a_private_feed_asks_for_a_key() -> None:
    async with client(memory_feed(read="private")) as http:
        await fill(http)
        for address in (TINY.address, "/symbols/pingme.txt"):
            answer = await http.get(address, headers={"SymbolChecksum": TINY.checksum})
            assert answer.status_code == 401
        answer = await http.get(TINY.address, headers=by_password(ADMIN_KEY))
        assert answer.content == TINY.pdb


async def test_a_private_feed_can_take_a_checksum_for_a_key() -> None:
    async with client(memory_feed(read="private", symbols="by-checksum")) as http:
        await fill(http)
        answer = await http.get(TINY.address, headers={"SymbolChecksum": TINY.checksum})
        assert (answer.status_code, answer.content) == (200, TINY.pdb)
        answer = await http.get(TINY.address, headers=by_password(ADMIN_KEY))
        assert answer.content == TINY.pdb


@pytest.mark.parametrize("checksum", ["", ";", INSIDE.checksum, "SHA256:", "*", TINY.checksum[:-1]])
async def test_without_the_checksum_of_a_pdb_it_is_not_there(checksum: str) -> None:
    async with client(memory_feed(read="private", symbols="by-checksum")) as http:
        await fill(http)
        for headers in ({}, by_password("wrong"), {"X-NuGet-ApiKey": "lrd_wrong"}):
            given = {"SymbolChecksum": checksum} if checksum else {}
            answer = await http.get(TINY.address, headers={**headers, **given})
            assert answer.status_code == 404
        assert (await http.get("/v3/index.json")).status_code == 401
