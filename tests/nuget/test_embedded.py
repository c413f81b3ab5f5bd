"""Icon, readme, licence file and server description, as parts of a package."""

import pytest

from tests.builders import JPEG, PNG, nupkg
from tests.nuget.zips import faults_of, read

MEGABYTE = 2**20


def with_file(element: str, name: str, body: bytes, entry: str | None = None) -> bytes:
    """Return a package whose nuspec names a file in `icon`, `readme` or `license`."""
    opened = "license type='file'" if element == "license" else element
    return nupkg(metadata=f"<{opened}>{name}</{element}>", files={entry or name: body})


@pytest.mark.parametrize(
    ("element", "name", "body", "stored_as"),
    [
        ("icon", "icon.png", PNG, "icon.png"),
        ("icon", "images/Logo.JPG", JPEG, "icon.jpg"),
        ("icon", "logo.jpeg", JPEG, "icon.jpg"),
        ("icon", "a-jpeg-in-truth.png", JPEG, "icon.jpg"),
        ("icon", "icon.png", PNG + bytes(MEGABYTE - len(PNG)), "icon.png"),
        ("readme", "README.md", b"# Tiny", "readme.md"),
        ("readme", "docs/about.MD", "Zoë".encode("utf-8-sig"), "readme.md"),
        ("license", "LICENSE", b"MIT\r\n\tLicense\x0c", "license.txt"),
        ("license", "License.txt", b"", "license.txt"),
        ("license", "docs.d/LICENSE", b"MIT", "license.txt"),
        ("license", "LICENSE.md", b"# MIT", "license.md"),
    ],
)
def test_a_file_is_stored_under_a_name_that_says_what_it_is(
    element: str, name: str, body: bytes, stored_as: str
) -> None:
    assert read(with_file(element, name, body)).files == {stored_as: body}


@pytest.mark.parametrize(
    ("named", "entry"),
    [
        ("docs/read me.md", "docs/read%20me.md"),
        ("docs\\readme.md", "docs/readme.md"),
        ("docs/readme.md", "docs\\readme.md"),
        ("d&#xe9;j&#xe0;.md", "d%C3%A9j%C3%A0.md"),
    ],
)
def test_a_file_is_found_however_its_path_is_spelled(named: str, entry: str) -> None:
    package = with_file("readme", named, b"# Hi", entry)
    assert read(package).files == {"readme.md": b"# Hi"}


@pytest.mark.parametrize("element", ["icon", "readme", "license"])
def test_a_file_that_is_not_there_is_refused(element: str) -> None:
    assert faults_of(with_file(element, "A.md", b"x", entry="a.md")) == (
        f"{element}: the package has no file 'A.md'",
    )


@pytest.mark.parametrize("element", ["icon", "readme", "license"])
def test_a_file_over_1_mb_is_refused(element: str) -> None:
    assert faults_of(with_file(element, "a.md", bytes(MEGABYTE + 1))) == (
        f"{element}: entry 'a.md' takes 1048577 bytes, 1048576 are allowed",
    )


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("icon.svg", b"<svg/>", "'icon.svg' does not end in .jpg, .jpeg or .png"),
        ("icon", PNG, "'icon' does not end in .jpg, .jpeg or .png"),
        ("icon.png", b"text", "'icon.png' is neither a JPEG nor a PNG image"),
        ("icon.png", b"GIF89a", "'icon.png' is neither a JPEG nor a PNG image"),
        ("icon.jpg", b"", "'icon.jpg' is neither a JPEG nor a PNG image"),
    ],
)
def test_an_icon_is_a_jpeg_or_a_png_by_its_name_and_its_bytes(
    name: str, body: bytes, fault: str
) -> None:
    assert faults_of(with_file("icon", name, body)) == (f"icon: {fault}",)


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("readme.txt", b"Hi", "'readme.txt' does not end in .md"),
        ("readme", b"Hi", "'readme' does not end in .md"),
        ("readme.md", b"", "'readme.md' is empty"),
        ("readme.md", b"Zo\xeb", "'readme.md' is not UTF-8 text"),
        ("readme.md", PNG[:4] + b"\0", "'readme.md' is not UTF-8 text"),
        ("readme.md", b"PK\x03\x04", "'readme.md' is not text: it has control characters"),
    ],
)
def test_a_readme_is_markdown_that_says_something(name: str, body: bytes, fault: str) -> None:
    assert faults_of(with_file("readme", name, body)) == (f"readme: {fault}",)


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("LICENSE.pdf", b"MIT", "'LICENSE.pdf' has an extension other than .txt and .md"),
        ("LICENSE.txt", b"\xff\xfeM\0", "'LICENSE.txt' is not UTF-8 text"),
        ("LICENSE", b"M\0I\0T\0", "'LICENSE' is not text: it has control characters"),
    ],
)
def test_a_license_file_is_plain_text(name: str, body: bytes, fault: str) -> None:
    assert faults_of(with_file("license", name, body)) == (f"license: {fault}",)


def test_an_mcp_server_says_how_to_run_it() -> None:
    files = {".mcp/server.json": '{"name": "io.github.contoso/tiny"}'}
    read(nupkg(package_types={"mcpserver": None}, files=files))


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({}, "the package has no file '.mcp/server.json'"),
        ({".mcp/server.json": "[]"}, "'.mcp/server.json' is not a JSON object"),
        ({".mcp/server.json": "{"}, "'.mcp/server.json' is not JSON"),
    ],
)
def test_an_mcp_server_that_does_not_is_refused(files: dict[str, str], fault: str) -> None:
    assert faults_of(nupkg(package_types={"McpServer": None}, files=files)) == (fault,)
