"""Pushes that are refused: the status, one line that says why, and nothing stored."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from feed.app import Feed
from feed.nuget.version import Version
from tests import uploads
from tests.api.conftest import MakeFeed
from tests.api.pushing import KEY, PACKAGES, is_empty, push, stored
from tests.builders import nupkg, nuspec, zipped
from tests.feeds import client
from tests.nuget.zips import Part, zip_of
from tests.uploads import Upload

TINY = nupkg("Tiny", "1.0.0")


@pytest.mark.parametrize(
    ("credentials", "warning"),
    [
        ({}, "a key of this feed is needed, as X-NuGet-ApiKey or as the password"),
        ({"X-NuGet-ApiKey": "az"}, "the API key is no key of this feed"),
    ],
    ids=["none", "not ours"],
)
async def test_without_a_key_a_push_is_challenged(
    feed: Feed, credentials: dict[str, str], warning: str
) -> None:
    async with client(feed) as http:
        answer = await push(http, uploads.modern(TINY), headers=credentials)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert answer.headers["x-nuget-warning"] == warning
    assert await is_empty(feed)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("1.0.0", "1.0.0"),
        ("1.0.0", "1.0"),
        ("1.0.0", "1.0.0.0"),
        ("1.0.0+a", "1.0.0+b"),
        ("1.0.0-rc", "1.0.0-RC"),
    ],
)
async def test_a_version_that_is_there_in_any_spelling_is_a_conflict(
    feed: Feed, first: str, again: str
) -> None:
    async with client(feed) as http:
        await push(http, uploads.modern(nupkg("Tiny", first)))
        answer = await push(http, uploads.modern(nupkg("TINY", again)))
    assert answer.status_code == 409
    assert (
        answer.headers["x-nuget-warning"] == f"TINY {Version.parse(again)} is already on this feed"
    )
    assert await stored(feed, "tiny", first) == nupkg("Tiny", first)


async def test_an_unlisted_version_is_still_there(feed: Feed) -> None:
    async with client(feed) as http:
        await push(http, uploads.modern(TINY))
        await http.delete(f"{PACKAGES}/Tiny/1.0.0", headers=KEY)
        answer = await push(http, uploads.modern(TINY))
    assert answer.status_code == 409


ANY_FORM: dict[str, Callable[[bytes], Upload]] = {
    "current": uploads.modern,
    "2.x": uploads.old,
    "raw": uploads.raw,
}


@pytest.mark.parametrize("form", ANY_FORM.values(), ids=ANY_FORM)
@pytest.mark.parametrize("with_length", [True, False])
async def test_a_package_above_the_limit_is_refused_with_the_limit(
    make_feed: MakeFeed, form: Callable[[bytes], Upload], with_length: bool
) -> None:
    upload = form(b"x" * (1024 * 1024 + 1))
    feed = make_feed(max_package_mb="1")
    async with client(feed) as http:
        answer = await push(http, upload, with_length=with_length)
    assert answer.status_code == 413
    assert answer.headers["x-nuget-warning"].endswith("this feed takes up to 1 MB")
    assert await is_empty(feed)


ENTITY = '<!DOCTYPE p [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><package>&x;</package>'
SVG = "<icon>a.svg</icon>"
TWICE = (
    '<dependencies><group><dependency id="Other" version="1"/>'
    '<dependency id="other" version="2"/></group></dependencies>'
)
NUSPEC = Part("Tiny.nuspec", nuspec().encode())
FUTURE = Part("new.txt", modified=((2100 - 1980) << 9 | 1 << 5 | 1) << 16)

BROKEN = {
    "an empty body": (uploads.raw(b""), "the upload is empty"),
    "a form without parts": (uploads.parts(), "no parts"),
    "an empty package": (uploads.modern(b""), ""),
    "no zip": (uploads.modern(b"<html>not a zip</html>"), ""),
    "no nuspec": (uploads.modern(zipped({"a.txt": "a"})), "nuspec"),
    "two nuspecs": (uploads.modern(nupkg(files={"Other.nuspec": nuspec("Other")})), "nuspec"),
    "a nuspec in a folder": (uploads.modern(zipped({"in/Tiny.nuspec": nuspec()})), "nuspec"),
    "a malformed nuspec": (uploads.modern(nupkg(manifest="<package>")), "nuspec"),
    "a doctype": (uploads.modern(nupkg(manifest="<!DOCTYPE p><package/>")), "nuspec"),
    "an entity": (uploads.modern(nupkg(manifest=ENTITY)), "nuspec"),
    "an invalid id": (uploads.modern(nupkg("a..b")), "'a..b'"),
    "an id that begins with a dash": (uploads.modern(nupkg("-a")), "'-a'"),
    "a blank id": (uploads.modern(nupkg(manifest=nuspec(" "))), "id"),
    "a placeholder for an id": (uploads.modern(nupkg("$id$")), "'$id$'"),
    "an id that is too long": (uploads.modern(nupkg("a" * 101)), "101 characters"),
    "an invalid version": (uploads.modern(nupkg("Tiny", "1.0.0-01")), "'1.0.0-01'"),
    "a version of five": (uploads.modern(nupkg("Tiny", "1.0.0.0.0")), "'1.0.0.0.0'"),
    "a version of letters": (uploads.modern(nupkg("Tiny", "a.b")), "'a.b'"),
    "a version without its label": (uploads.modern(nupkg("Tiny", "1.0.0-")), "'1.0.0-'"),
    "an entry that escapes": (uploads.modern(nupkg(files={"../evil.txt": "x"})), "../evil.txt"),
    "an entry at the root": (uploads.modern(nupkg(files={"/abs": "x"})), "'/abs'"),
    "an entry on a drive": (uploads.modern(nupkg(files={"C:\\x": "x"})), "C:"),
    "two entries of one name": (uploads.modern(nupkg(files={"a/B": "", "A/b": ""})), "'a/b'"),
    "two entries but for a slash": (uploads.modern(nupkg(files={"a/b": "", "a\\b": ""})), "a/b"),
    "an entry of the future": (uploads.modern(zip_of(NUSPEC, FUTURE)), "'new.txt'"),
    "an entry that is larger than it says": (
        uploads.modern(zip_of(replace(NUSPEC, size=3))),
        "Tiny.nuspec",
    ),
    "a dependency twice": (uploads.modern(nupkg(metadata=TWICE)), "'other'"),
    "a range that floats": (uploads.modern(nupkg(dependencies={"Other": "1.*"})), "'1.*'"),
    "a range the wrong way round": (uploads.modern(nupkg(dependencies={"X": "[2,1]"})), "'[2,1]'"),
    "no licence file": (
        uploads.modern(nupkg(metadata='<license type="file">no.txt</license>')),
        "no.txt",
    ),
    "an icon of another kind": (uploads.modern(nupkg(metadata=SVG, files={"a.svg": ""})), "a.svg"),
    "an icon that is none": (uploads.modern(nupkg(icon=b"text")), "icon.png"),
    "an empty readme": (uploads.modern(nupkg(readme="")), "readme.md"),
    "a symbol package": (
        uploads.modern(nupkg(package_types={"SymbolsPackage": None})),
        "SymbolsPackage",
    ),
}


@pytest.mark.parametrize(("upload", "words"), BROKEN.values(), ids=BROKEN)
async def test_what_is_not_a_package_is_refused_in_one_line_and_leaves_nothing(
    feed: Feed, upload: Upload, words: str
) -> None:
    async with client(feed) as http:
        answer = await push(http, upload)
        assert answer.status_code == 400
        assert words in answer.headers["x-nuget-warning"]
        assert await is_empty(feed)
        assert (await push(http, uploads.modern(TINY))).status_code == 201


async def test_a_body_shorter_than_it_says_is_named_as_such(feed: Feed) -> None:
    async with client(feed) as http:
        answer = await push(http, uploads.raw(TINY), headers={**KEY, "Content-Length": "999999"})
    assert answer.status_code == 400
    assert f"{len(TINY)} of 999999 bytes came" in answer.headers["x-nuget-warning"]


@pytest.mark.parametrize("length", ["-1", "many", "9" * 5000])
async def test_a_length_that_is_no_number_is_refused(feed: Feed, length: str) -> None:
    async with client(feed) as http:
        answer = await push(http, uploads.raw(TINY), headers={**KEY, "Content-Length": length})
    assert answer.status_code == 400
    assert "content length" in answer.headers["x-nuget-warning"]


async def test_what_does_not_fit_beside_others_is_told_to_come_again(make_feed: MakeFeed) -> None:
    feed = make_feed(max_package_mb="1", max_receiving_mb="1")
    upload = uploads.raw(b"x" * 700_000)
    under_way, done = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield upload.body
        under_way.set()
        await done.wait()

    async with client(feed) as http:
        first = asyncio.create_task(http.put(PACKAGES, content=slowly(), headers=KEY))
        await under_way.wait()
        answer = await push(http, upload)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        done.set()
        assert (await first).status_code == 400
        assert (await push(http, uploads.modern(TINY))).status_code == 201
