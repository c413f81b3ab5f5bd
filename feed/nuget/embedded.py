"""The files of a package that a feed serves by themselves: icon, readme and licence.

https://learn.microsoft.com/nuget/reference/nuspec
"""

import re
from collections.abc import Callable

import orjson

from feed.errors import InvalidArchive, shown
from feed.nuget.manifest import Manifest

SERVER_DESCRIPTION = ".mcp/server.json"

Read = Callable[[str], bytes]
"""Reads a file of the package by its path, or raises `InvalidArchive`."""

_IMAGES = {b"\xff\xd8\xff": "icon.jpg", b"\x89PNG\r\n\x1a\n": "icon.png"}

# Tab, line feed, form feed and carriage return are the control characters of texts.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read_embedded(manifest: Manifest, read: Read) -> dict[str, bytes]:
    """Return the files that the manifest names, by what they are stored as: `icon.png`."""
    named = (
        ("icon", manifest.icon, _icon_name),
        ("readme", manifest.readme, _readme_name),
        ("license", manifest.license_file, _license_name),
    )
    files: dict[str, bytes] = {}
    faults: list[str] = []
    for element, path, stored_name in named:
        if path is None:
            continue
        try:
            body = read(path)
            files[stored_name(path.replace("\\", "/"), body)] = body
        except InvalidArchive as error:
            faults += [f"{element}: {fault}" for fault in error.faults]
    if faults:
        raise InvalidArchive(faults)
    return files


def check_server_description(manifest: Manifest, read: Read) -> None:
    """Refuse an MCP server that does not say how to run it."""
    if not any(kind.name.lower() == "mcpserver" for kind in manifest.package_types):
        return
    try:
        described = orjson.loads(read(SERVER_DESCRIPTION))
    except orjson.JSONDecodeError:
        raise _refused(SERVER_DESCRIPTION, "is not JSON") from None
    if not isinstance(described, dict):
        raise _refused(SERVER_DESCRIPTION, "is not a JSON object")


def _icon_name(path: str, body: bytes) -> str:
    # nuget.org takes a JPEG that is called .png; what it is stored as says what it is.
    if _suffix(path) not in (".jpg", ".jpeg", ".png"):
        raise _refused(path, "does not end in .jpg, .jpeg or .png")
    for beginning, name in _IMAGES.items():
        if body.startswith(beginning):
            return name
    raise _refused(path, "is neither a JPEG nor a PNG image")


def _readme_name(path: str, body: bytes) -> str:
    if _suffix(path) != ".md":
        raise _refused(path, "does not end in .md")
    if not body:
        raise _refused(path, "is empty")
    _check_text(path, body)
    return "readme.md"


def _license_name(path: str, body: bytes) -> str:
    suffix = _suffix(path)
    if suffix not in ("", ".txt", ".md"):
        raise _refused(path, "has an extension other than .txt and .md")
    _check_text(path, body)
    return "license.md" if suffix == ".md" else "license.txt"


def _check_text(path: str, body: bytes) -> None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise _refused(path, "is not UTF-8 text") from None
    if _NOT_TEXT.search(text):
        raise _refused(path, "is not text: it has control characters")


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    _stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot else ""


def _refused(path: str, fault: str) -> InvalidArchive:
    return InvalidArchive([f"{shown(path)} {fault}"])
