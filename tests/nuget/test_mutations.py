"""Good packages and manifests, made bad in thousands of ways.

They are read or refused, with one printable line, and with errors of our own only.
"""

import io
import random
import re
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

import hypothesis
import pytest
from hypothesis import strategies as st

from feed.errors import Invalid
from feed.nuget.archive import read_archive
from feed.nuget.nuspec import parse_manifest
from tests.builders import AUTHOR_SIGNATURE, PNG, nupkg, nuspec
from tests.nuget.zips import NOW, Part, read, zip_of

MANIFEST = nuspec(
    "Contoso.Tiny",
    "1.0.0-rc.1+build",
    license="MIT OR (Apache-2.0 AND Zlib)",
    license_url="https://licenses.nuget.org/MIT%20OR%20(Apache-2.0%20AND%20Zlib)",
    icon=PNG,
    readme="# Hi",
    tags="a, b",
    project_url="https://contoso.example/",
    require_license_acceptance=True,
    min_client_version="2.12",
    repository={"type": "git", "url": "https://git.example/tiny"},
    package_types={"McpServer": "1.0"},
    dependencies={"net8.0": {"Json": "[1.0,2.0)"}, ".NETStandard2.0": {}},
    framework_assemblies={"System.Net": "net45"},
    references=("A.dll",),
).encode()

FILES: dict[str, bytes | str] = {
    "icon.png": PNG,
    "readme.md": "# Hi",
    ".mcp/server.json": "{}",
    "lib/net8.0/A%20B.dll": bytes(3000),
    ".signature.p7s": AUTHOR_SIGNATURE,
}

PACKAGES = (
    nupkg(manifest=MANIFEST, files=FILES),
    zip_of(
        Part("Tiny.nuspec", nuspec(readme="# Hi").encode(), flags=0x0808),
        Part("readme.md", b"# Hi", method=0, extra=b"\x55\x55\x02\x00ab"),
        Part("lib/", method=0),
        comment=b"by hand",
    ),
)

Given = TypeVar("Given")
Mutation = Callable[[random.Random, bytearray], None]


def flip_bytes(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice([1, 1, 2, 8])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def cut_out(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.choice([1, 4, 30, len(data)])]


def put_in(rng: random.Random, data: bytearray) -> None:
    start = rng.randrange(len(data))
    data[start:start] = rng.choice([b"\0", b"PK\x05\x06", b"PK\x06\x07", rng.randbytes(40)])


def repeat(rng: random.Random, data: bytearray) -> None:
    start, at = rng.randrange(len(data)), rng.randrange(len(data))
    data[at:at] = data[start : start + rng.choice([1, 16, 100])]


def edit_header(rng: random.Random, data: bytearray) -> None:
    """Put a number that matters into a field of some header."""
    headers = [found.start() for found in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", data)]
    at = rng.choice(headers or [0]) + rng.randrange(4, 46, 2)
    value = rng.choice([0, 1, 8, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data)])
    with suppress(struct.error):  # too large for its form, or behind the end
        struct.pack_into(rng.choice(["<H", "<L"]), data, at, value)


def mutants(good: bytes, count: int, *mutations: Mutation) -> Iterator[bytes]:
    """Make the same mutants in every run."""
    rng = random.Random(len(good))  # noqa: S311  (for tests that repeat, not for secrets)
    for _ in range(count):
        data = bytearray(good)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            if data:
                rng.choice(mutations)(rng, data)
        yield bytes(data)


class Counted(io.BytesIO):
    """Counts the bytes that are read of it."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def message_of(attempt: Callable[[Given], object], given: Given) -> str:
    """Return what the client is told, nothing when the attempt succeeds."""
    try:
        attempt(given)
    except Invalid as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("good", PACKAGES)
def test_a_broken_package_is_read_or_refused_in_little_time_and_memory(good: bytes) -> None:
    """Of the end record's tail, the directory, the headers and the bodies each byte once."""
    mutations = flip_bytes, cut_out, put_in, repeat, edit_header, edit_header
    for bad in mutants(good, 2000, *mutations):
        file = Counted(bad)
        assert message_of(partial(read_archive, now=NOW), file).isprintable()
        assert file.bytes_read <= 4 * len(bad)


def change_value(rng: random.Random, data: bytearray) -> None:
    """Put something odd where a text or an attribute was."""
    values = list(re.finditer(rb'(?<=>)[^<]*(?=<)|(?<=")[^"]*(?=")', data))
    if values:
        start, end = rng.choice(values).span()
        data[start:end] = rng.choice(ODD_VALUES)


ODD_VALUES = (
    *(b"", b" ", b"1.*", b"[,", b"(1.0]", b"-1", b"1.0.0-01", b"99999999999", b"a" * 5000),
    *(b"true", b"http://[", b"https://", b"net8.0-", b"portable-", b"MIT OR", b"()", b"%zz"),
    *(b"&#9;", b"&#0;", b"&#x10FFFF;", b"&lt;", b"&x;", b"\xc3\xa9", b"\xed\xa0\x80", b"\xff"),
    *(b"<b/>", b"<!---->", b"<![CDATA[x]]>", b"<?x?>", b"<package>", b"</metadata>", b"urn:x"),
)


@pytest.mark.parametrize("mutations", [(flip_bytes, cut_out, put_in, repeat), (change_value,)])
def test_a_broken_manifest_is_read_or_refused(mutations: tuple[Mutation, ...]) -> None:
    for bad in mutants(MANIFEST, 2000, *mutations):
        assert message_of(parse_manifest, bad).isprintable()


_NUMBERS = st.integers(0, 0xFFFF)
_SIZES = st.none() | st.integers(0, 0xFFFFFFFF)
_PARTS = st.builds(
    Part,
    name=st.sampled_from(["Tiny.nuspec", "a.txt"]) | st.binary(max_size=5),
    body=st.just(MANIFEST) | st.binary(max_size=20),
    method=st.sampled_from([0, 8]) | _NUMBERS,
    flags=st.just(0) | _NUMBERS,
    modified=st.integers(0, 0xFFFFFFFF),
    size=_SIZES,
    compressed=_SIZES,
    extra=st.binary(max_size=10),
    packed=st.none() | st.binary(max_size=20),
)


@hypothesis.given(st.lists(_PARTS, max_size=3), st.binary(max_size=30))
def test_a_zip_of_lies_is_read_or_refused(parts: list[Part], comment: bytes) -> None:
    assert message_of(read, zip_of(*parts, comment=comment)).isprintable()


@hypothesis.given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read(data)
    with pytest.raises(Invalid):
        parse_manifest(data)
