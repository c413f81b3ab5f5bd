import pytest

from feed.nuget.files import FileKind, find_kind, media_type
from feed.nuget.identity import PackageId
from feed.nuget.version import Version

TINY = PackageId.parse("Tiny.Nupkg")
RC = Version.parse("1.0.0-RC.1+sha.5")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tiny.nupkg.1.0.0-rc.1.nupkg", FileKind.NUPKG),
        ("Tiny.Nupkg.1.0.0-RC.1.NUPKG", FileKind.NUPKG),
        ("tiny.nupkg.1.0-rc.1.nupkg", FileKind.NUPKG),
        ("tiny.nupkg.01.0.0.0-rc.1+another.nupkg", FileKind.NUPKG),
        ("tiny.nupkg.nuspec", FileKind.NUSPEC),
        ("TINY.NUPKG.nuspec", FileKind.NUSPEC),
        ("icon", FileKind.ICON),
        ("README", FileKind.README),
        ("license", FileKind.LICENSE),
        ("tiny.nupkg.1.0.0.nupkg", None),
        ("tiny.nupkg.1.0.0-rc.1.nupkg.nupkg", None),
        ("tiny.1.0.0-rc.1.nupkg", None),
        ("tiny.nupkg", None),
        ("tiny.nupkg.nupkg", None),
        ("tiny.nupkg..nupkg", None),
        ("tiny.nupkg.1.0.0-rc.1.nuspec", None),
        ("tiny.nuspec", None),
        ("nupkg", None),
        ("nuspec", None),
        ("icon.png", None),
        ("package.nupkg", None),
        ("", None),
    ],
)
def test_a_name_means_a_file_of_this_version_or_none(name: str, kind: FileKind | None) -> None:
    assert find_kind(name, TINY, RC) is kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("package.nupkg", "application/octet-stream"),
        ("package.nuspec", "application/xml"),
        ("icon.png", "image/png"),
        ("icon.jpg", "image/jpeg"),
        ("readme.md", "text/markdown; charset=utf-8"),
        ("license.md", "text/markdown; charset=utf-8"),
        ("license.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_stored_name_says_what_a_file_is(name: str, expected: str) -> None:
    assert media_type(name) == expected
