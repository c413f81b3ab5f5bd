"""What a page says of symbols, wherever they came from."""

import io
import re

import pytest

from feed.app import Feed
from feed.nuget.contents import Contents
from feed.nuget.symbols import Assembly, read_assemblies, read_symbols
from feed.web.symbols import symbols_page
from tests.assemblies import Compiled, compiled
from tests.builders import nupkg, snupkg
from tests.feeds import client, memory_feed
from tests.nuget.zips import NOW
from tests.services.pushes import ADMIN, received

TINY, MORE = compiled(), compiled("More")


async def feed_with(*beside: Compiled, pushed: tuple[Compiled, ...] = ()) -> Feed:
    """A feed with both assemblies, and the symbols of some of them."""
    files = TINY.assembly() | MORE.assembly()
    for pair in beside:
        files |= pair.symbols()
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", files=files)), ADMIN)
    if pushed:
        symbols = {name: body for pair in pushed for name, body in pair.symbols().items()}
        await feed.symbol_publishing.push(received(snupkg("Tiny", files=symbols)), ADMIN)
    return feed


@pytest.mark.parametrize(
    ("beside", "pushed", "summary", "states"),
    [
        ((), (), "no", ["none", "none"]),
        ((TINY,), (), "for 1 of 2 assemblies", ["none", "here"]),
        ((), (TINY, MORE), "yes", ["here", "here"]),
        ((TINY,), (MORE,), "yes", ["here", "here"]),
    ],
)
async def test_a_page_says_which_assemblies_have_symbols(
    beside: tuple[Compiled, ...], pushed: tuple[Compiled, ...], summary: str, states: list[str]
) -> None:
    async with client(await feed_with(*beside, pushed=pushed)) as http:
        text = (await http.get("/packages/Tiny")).text
    assert f"<dt>Symbols</dt><dd>{summary}\n" in text
    assert re.findall(r"<li>lib/net8\.0/\w+\.dll: (\w+)<br>", text) == states


async def test_a_package_without_assemblies_has_no_symbols() -> None:
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny")), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/packages/Tiny")).text
    assert "<dt>Symbols</dt><dd>no\n" in text
    assert "By assembly" not in text


def test_one_build_in_two_folders_needs_one_pdb() -> None:
    """The PDB that is served for both lies beside one of them."""
    [first] = read_assemblies(Contents(io.BytesIO(nupkg(files=TINY.assembly())), NOW))
    second = first.model_copy(update={"path": "lib/net6.0/Tiny.dll"})
    package = nupkg(files=TINY.files())
    [pdb] = read_symbols(Contents(io.BytesIO(package), NOW)).pdbs
    assert symbols_page((first, second), [pdb]).summary == "yes"


async def test_a_page_says_how_many_assemblies_it_does_not_list() -> None:
    many = {f"lib/{n:02}/Tiny.dll": TINY.dll for n in range(53)}
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", files=many)), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/packages/Tiny")).text
    assert re.findall(r"<li>lib/(\d+)/Tiny\.dll: none<br>", text) == [f"{n:02}" for n in range(50)]
    assert "<li>and 3 more</li>" in text


async def test_a_page_names_the_symbol_server() -> None:
    async with client(await feed_with(TINY)) as http:
        for path in ("/packages/Tiny", "/setup"):
            assert "<code>https://feed.example/symbols</code>" in (await http.get(path)).text


def test_symbols_inside_an_assembly_are_symbols() -> None:
    inside = Assembly(path="lib/A.dll", pdb_id="0" * 40, pdb_name="a.pdb", is_embedded=True)
    page = symbols_page((inside,), ())
    assert (page.summary, page.assemblies[0].symbols) == ("yes", "inside it")
