"""The symbol server, asked as debuggers ask it.

https://github.com/dotnet/symstore/blob/main/docs/specs/Simple_Symbol_Query_Protocol.md
"""

from urllib.parse import quote

import httpx
import pytest

from feed.storage.counting import Ledger
from tests import feeds
from tests.api.conftest import MakeFeed
from tests.api.holders import by_password
from tests.api.pushing import KEY, SYMBOLS
from tests.assemblies import REAL, Compiled, assembly, compiled
from tests.assemblies.debugger import Question
from tests.builders import nupkg, snupkg
from tests.feeds import ADMIN_KEY

TINY = compiled(size=700_000)
INSIDE = compiled("Inside")


async def fill(http: httpx.AsyncClient) -> None:
    """Put a package on the feed with symbols of its own, and with one PDB inside."""
    package = nupkg("Tiny", files=TINY.assembly() | INSIDE.files("tools"))
    assert (await http.put("/api/v2/package", content=package, headers=KEY)).status_code == 201
    symbols = snupkg("Tiny", files=TINY.symbols())
    assert (await http.put(SYMBOLS, content=symbols, headers=KEY)).status_code == 201


@pytest.fixture
async def http(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await fill(client)
    return client


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
async def test_real_symbols_are_found_by_who_has_the_assembly(
    client: httpx.AsyncClient, folder: str
) -> None:
    pair = Compiled.load(folder)
    await client.put("/api/v2/package", content=nupkg(files=pair.assembly()), headers=KEY)
    pushed = await client.put(SYMBOLS, content=snupkg(files=pair.symbols()), headers=KEY)
    assert pushed.status_code == 201
    asked = Question.about(pair.dll)
    for path in (asked.path, asked.lower_path):
        answer = await client.get(f"/symbols/{path}", headers=asked.headers)
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


@pytest.mark.parametrize(
    "name", ["Übung Größe", "O'Neill & Söhne, 50+1=", "ΟΔΟΣ-1", "İstanbul", "日本𒀀", "x" * 196]
)
async def test_a_name_may_have_any_letters(client: httpx.AsyncClient, name: str) -> None:
    pair = compiled(name)
    await client.put("/api/v2/package", content=nupkg(files=pair.files()), headers=KEY)
    asked = Question.about(pair.dll)
    for path in (asked.path, asked.lower_path):
        answer = await client.get(f"/symbols/{path}")
        assert (answer.status_code, answer.content) == (200, pair.pdb)


async def test_a_name_is_told_in_a_header_that_takes_no_such_letters(
    client: httpx.AsyncClient,
) -> None:
    pair = compiled("Übung Größe")
    await client.put("/api/v2/package", content=nupkg(files=pair.files()), headers=KEY)
    answer = await client.get(quote(pair.address))
    name = "filename*=UTF-8''%C3%BCbung%20gr%C3%B6%C3%9Fe.pdb"
    assert answer.headers["content-disposition"] == f"attachment; {name}"


async def test_a_pdb_costs_three_operations_and_a_probe_none(
    http: httpx.AsyncClient, ledger: Ledger
) -> None:
    for address, cost in (
        (TINY.address, 3),
        (INSIDE.address, 3),
        (TINY.address.replace(TINY.key[:8], "00000000"), 1),
        ("/symbols/pingme.txt", 0),
    ):
        ledger.clear()
        await http.get(address)
        assert len(ledger) == cost, str(ledger)


async def test_a_private_feed_asks_for_a_key(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed(read="private")) as http:
        await fill(http)
        for address in (TINY.address, "/symbols/pingme.txt"):
            answer = await http.get(address, headers={"SymbolChecksum": TINY.checksum})
            assert answer.status_code == 401
        answer = await http.get(TINY.address, headers=by_password(ADMIN_KEY))
        assert answer.content == TINY.pdb


async def test_a_private_feed_can_take_a_checksum_for_a_key(make_feed: MakeFeed) -> None:
    async with feeds.client(make_feed(read="private", symbols="by-checksum")) as http:
        await fill(http)
        answer = await http.get(TINY.address, headers={"SymbolChecksum": TINY.checksum})
        assert (answer.status_code, answer.content) == (200, TINY.pdb)
        answer = await http.get(TINY.address, headers=by_password(ADMIN_KEY))
        assert answer.content == TINY.pdb


@pytest.mark.parametrize("checksum", ["", ";", INSIDE.checksum, "SHA256:", "*", TINY.checksum[:-1]])
async def test_without_the_checksum_of_a_pdb_it_is_not_there(
    make_feed: MakeFeed, checksum: str
) -> None:
    async with feeds.client(make_feed(read="private", symbols="by-checksum")) as http:
        await fill(http)
        for headers in ({}, by_password("wrong"), {"X-NuGet-ApiKey": "lrd_wrong"}):
            given = {"SymbolChecksum": checksum} if checksum else {}
            answer = await http.get(TINY.address, headers={**headers, **given})
            assert answer.status_code == 404
        assert (await http.get("/v3/index.json")).status_code == 401


async def test_a_browser_that_has_signed_in_needs_no_checksum(make_feed: MakeFeed) -> None:
    feed = make_feed(read="private", symbols="by-checksum")
    async with feeds.client(feed) as http:
        await fill(http)
        assert (await http.get(TINY.address)).status_code == 404
        http.cookies.set("larder_session", await feed.gate.access.sessions.open(""))
        assert (await http.get(TINY.address)).content == TINY.pdb


@pytest.mark.parametrize("algorithm", ["SHA384", "SHA512"])
async def test_a_checksum_can_be_of_another_algorithm(make_feed: MakeFeed, algorithm: str) -> None:
    dll = assembly(TINY.pdb, algorithms=(algorithm,))
    async with feeds.client(make_feed(read="private", symbols="by-checksum")) as http:
        package = nupkg("Tiny", files=TINY.files() | {"lib/net8.0/Tiny.dll": dll})
        await http.put("/api/v2/package", content=package, headers=KEY)
        asked = Question.about(dll)
        for headers in (asked.headers, {"symbolchecksum": asked.checksums[0].lower()}):
            answer = await http.get(f"/symbols/{asked.path}", headers=headers)
            assert (answer.status_code, answer.content) == (200, TINY.pdb)
