"""The pictures of a readme: which of a package's files they are, and how they come out of it."""

import io

import pytest

from feed.nuget.contents import MAX_FILE, Contents
from feed.nuget.pictures import MOST, Picture, list_pictures, resolve, unpack
from feed.nuget.zip_stream import Packing
from tests.builders import PNG, nupkg, nuspec
from tests.nuget.zips import NOW, Part, read, zip_of


def pictures(package: bytes) -> tuple[Picture, ...]:
    return list_pictures(Contents(io.BytesIO(package), NOW))


def body(package: bytes, picture: Picture) -> bytes | None:
    packing = picture.packing
    return unpack(picture, package[packing.offset : packing.offset + packing.length])


def test_pictures_are_found_by_their_suffix_and_come_out_as_they_went_in() -> None:
    files = {
        "images/Flow Chart.PNG": PNG * 100,
        "a.jpg": b"j",
        "b.webp": b"",
        "lib/net8.0/A.dll": b"MZ",
        "evil.svg": b"<svg/>",
        "png": b"x",
    }
    package = nupkg(files=files)
    found = pictures(package)
    assert [(each.path, each.media_type) for each in found] == [
        ("images/Flow Chart.PNG", "image/png"),
        ("a.jpg", "image/jpeg"),
        ("b.webp", "image/webp"),
    ]
    assert [body(package, each) for each in found] == [PNG * 100, b"j", b""]


def test_a_picture_may_be_packed_without_compression() -> None:
    package = zip_of(Part("Tiny.nuspec", nuspec().encode()), Part("a.gif", b"GIF", method=0))
    (picture,) = pictures(package)
    assert body(package, picture) == b"GIF"
    assert unpack(picture, b"GI") is None


def test_what_is_large_or_one_too_many_is_left_out() -> None:
    assert pictures(nupkg(files={"large.png": bytes(MAX_FILE + 1)})) == ()
    many = nupkg(files={f"{number}.png": b"x" for number in range(MOST + 1)})
    assert len(pictures(many)) == MOST


def test_a_package_has_pictures_for_its_readme_only() -> None:
    files = {"a.png": PNG}
    assert read(nupkg(files=files)).pictures == ()
    assert [each.path for each in read(nupkg(files=files, readme="# Hi")).pictures] == ["a.png"]


@pytest.mark.parametrize(
    "packed", [b"", b"no deflate", b"\x63\x00\x00\x00", bytes.fromhex("edc10101000000") + b"\x90"]
)
def test_a_damaged_picture_is_none(packed: bytes) -> None:
    packing = Packing(0, len(packed), is_deflated=True)
    assert unpack(Picture(path="a.png", size=1000, packing=packing), packed) is None


@pytest.mark.parametrize(
    ("address", "readme", "path"),
    [
        ("a.png", "readme.md", "a.png"),
        ("./images/a.png", "readme.md", "images/a.png"),
        ("images/a%20b.png?raw=true#x", "readme.md", "images/a b.png"),
        ("a.png", "docs/README.md", "docs/a.png"),
        ("a.png", "docs\\README.md", "docs/a.png"),
        ("../a.png", "docs/README.md", "a.png"),
        ("../../../a.png", "docs/README.md", "a.png"),
        ("/a.png", "docs/README.md", "a.png"),
        ("https://a.example/a.png", "readme.md", None),
        ("//a.example/a.png", "readme.md", None),
        ("data:image/png;base64,xx", "readme.md", None),
        ("javascript:alert(1)", "readme.md", None),
        ("http://[", "readme.md", None),
        ("#a", "readme.md", None),
        ("", "readme.md", None),
    ],
)
def test_an_address_means_a_file_beside_the_readme(
    address: str, readme: str, path: str | None
) -> None:
    assert resolve(address, readme) == path
