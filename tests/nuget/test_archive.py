import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from feed.errors import InvalidArchive, InvalidManifest
from feed.nuget.archive import Archive, read_archive
from feed.nuget.leaf import Entry
from feed.nuget.manifest import Manifest
from feed.nuget.pictures import Picture
from feed.nuget.symbols import Symbols
from feed.nuget.zip_stream import Packing
from tests.builders import AUTHOR_SIGNATURE, PNG, nupkg, nuspec
from tests.nuget.zips import NOW, Part, deflated, end_record, faults_of, package_of, read, zip_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def test_reads_a_whole_package() -> None:
    manifest = nuspec("Tiny", "1.0.0", readme="# Hi", icon=PNG, license_file="MIT")
    package = zip_of(
        Part("Tiny.nuspec", manifest.encode(), method=0),
        Part("readme.md", b"# Hi", method=0),
        Part("icon.png", PNG, method=0),
        Part("LICENSE.txt", b"MIT", method=0),
        Part("lib/net8.0/A%20B.dll", bytes(5000), packed=b"\x63\x00", size=5000),
        Part(".signature.p7s", AUTHOR_SIGNATURE, method=0),
    )
    assert read(package) == Archive(
        manifest=Manifest(
            id="Tiny",
            version="1.0.0",
            authors="Contoso",
            description="A package for tests.",
            license_file="LICENSE.txt",
            icon="icon.png",
            readme="readme.md",
        ),
        nuspec=manifest.encode(),
        files={"icon.png": PNG, "readme.md": b"# Hi", "license.txt": b"MIT"},
        entries=(
            Entry(full_name="Tiny.nuspec", length=len(manifest), compressed_length=len(manifest)),
            Entry(full_name="readme.md", length=4, compressed_length=4),
            Entry(full_name="icon.png", length=70, compressed_length=70),
            Entry(full_name="LICENSE.txt", length=3, compressed_length=3),
            Entry(full_name="lib/net8.0/A%20B.dll", length=5000, compressed_length=2),
            Entry(full_name=".signature.p7s", length=32, compressed_length=32),
        ),
        signature="author",
        warnings=(),
        symbols=Symbols(),
        pictures=(Picture(path="icon.png", size=70, packing=Packing(466, 70, is_deflated=False)),),
    )


def test_a_package_is_accepted_with_warnings() -> None:
    assert read(nupkg()).warnings == ("the package has no license", "the package has no readme")


def test_the_nuspec_may_have_any_name() -> None:
    assert read(zip_of(Part("other.NuSpec", nuspec().encode()))).manifest.id == "Tiny"


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ([], "it has no nuspec, a package has one"),
        (["a.txt"], "it has no nuspec, a package has one"),
        (["a.nuspec", "b.nuspec"], "it has 2 nuspecs, a package has one"),
        (["a.nuspec", "lib/b.NUSPEC"], "it has 2 nuspecs, a package has one"),
        (["lib/a.nuspec"], "its nuspec 'lib/a.nuspec' is not in its root"),
        (["lib\\a.nuspec"], "its nuspec 'lib/a.nuspec' is not in its root"),
    ],
)
def test_there_is_one_nuspec_and_it_is_in_the_root(names: list[str], fault: str) -> None:
    parts = [Part(name, nuspec().encode()) for name in names]
    assert faults_of(zip_of(*parts)) == (fault,)


def test_a_nuspec_of_another_size_than_declared_is_refused() -> None:
    part = Part("Tiny.nuspec", nuspec().encode(), size=100)
    assert faults_of(zip_of(part)) == (
        "entry 'Tiny.nuspec' does not unpack to the 100 bytes that it declares",
    )


def test_a_nuspec_over_1_mb_is_refused() -> None:
    part = Part("Tiny.nuspec", bytes(2**20 + 1))
    assert faults_of(zip_of(part)) == (
        "entry 'Tiny.nuspec' takes 1048577 bytes, 1048576 are allowed",
    )


class TestAllFaultsAtOnce:
    def test_of_the_entries_the_manifest_and_its_files(self) -> None:
        package = nupkg(
            authors=None,
            icon=b"text",
            readme="",
            package_types={"McpServer": None},
            files={"../a.dll": b"", ".signature.p7s": b""},
        )
        with pytest.raises(InvalidArchive) as refused:
            read(package)
        assert refused.value.faults == (
            "entry '../a.dll' has . or .. in its path",
            "icon: 'icon.png' is neither a JPEG nor a PNG image",
            "readme: 'readme.md' is empty",
            "the package has no file '.mcp/server.json'",
            ".signature.p7s is neither an author's nor a repository's signature",
            "authors is missing",
        )

    def test_also_when_the_nuspec_is_missing(self) -> None:
        assert faults_of(zip_of(Part("/a"))) == (
            "entry '/a' has an absolute path",
            "it has no nuspec, a package has one",
        )

    def test_also_when_the_nuspec_is_no_xml(self) -> None:
        (path, xml) = faults_of(package_of(Part("/a"), manifest="<"))
        assert path == "entry '/a' has an absolute path"
        assert xml.startswith("it is not well-formed XML: ")

    def test_entries_that_cannot_be_read_are_all_there_is_to_say(self) -> None:
        assert faults_of(package_of(Part("a", flags=1), Part("/b", method=12))) == (
            "entry 'a' is encrypted",
            "entry '/b' is compressed by method 12, only deflate is allowed",
        )

    @pytest.mark.parametrize("manifest", ["<package/>", nuspec(authors=None)])
    def test_an_invalid_manifest_in_a_sound_archive_is_called_that(self, manifest: str) -> None:
        with pytest.raises(InvalidManifest):
            read(package_of(manifest=manifest))


class Sparse(io.RawIOBase):
    """A package with a file of 100 MB that is never in memory; counts what is read of it."""

    def __init__(self) -> None:
        first = Part("Tiny.nuspec", nuspec().encode())
        large = Part("large.bin", method=0, size=100 * 2**20, compressed=100 * 2**20)
        at = len(first.local_bytes())
        directory = first.central_bytes(0) + large.central_bytes(at)
        self._head = first.local_bytes() + large.local_bytes()
        self._end = len(self._head) + 100 * 2**20
        self._tail = directory + end_record(2, len(directory), self._end)
        self._at = 0
        self.bytes_read = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        start = (0, self._at, self._end + len(self._tail))[whence]
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        wanted = memoryview(buffer)
        found = self._bytes(len(wanted))
        wanted[: len(found)] = found
        self._at += len(found)
        self.bytes_read += len(found)
        return len(found)

    def _bytes(self, count: int) -> bytes:
        if self._at < len(self._head):
            return self._head[self._at : self._at + count]
        if self._at < self._end:
            return bytes(min(count, self._end - self._at))
        return self._tail[self._at - self._end :][:count]


def test_a_package_is_never_in_memory() -> None:
    file = Sparse()
    tracemalloc.start()
    try:
        archive = read_archive(io.BufferedReader(file), NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert archive.entries[1].length == 100 * 2**20
    assert file.bytes_read < 128 * 2**10
    assert peak < 2**20


def test_a_bomb_is_unpacked_no_further_than_it_declares() -> None:
    packed = deflated(bytes(10 * 2**20))
    package = zip_of(Part("Tiny.nuspec", packed=packed, size=1000))
    tracemalloc.start()
    try:
        faults = faults_of(package)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert faults == ("entry 'Tiny.nuspec' does not unpack to the 1000 bytes that it declares",)
    assert peak < 2**20
