"""Packages to push, of any size, and what they look like when they have come in."""

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from typing import IO, Final

from feed.app import Feed
from feed.services.callers import Caller, Grant, Scope
from feed.services.receiving import MB, Received

ADMIN: Final = Caller((Grant("admin", frozenset(Scope)),))

FILES: Final[Mapping[str, bytes]] = {
    "icon.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "readme.md": b"# Measured",
    "LICENSE.txt": b"Do what you want.",
}
"""What a package can bring along that is stored beside it."""

_NUSPEC: Final = """<?xml version="1.0"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
<id>{id}</id><version>{version}</version><authors>Contoso</authors>
<description>A package that is measured.</description>{files}
</metadata></package>
"""
_NAMED_FILES: Final = (
    '<icon>icon.png</icon><readme>readme.md</readme><license type="file">LICENSE.txt</license>'
)


def write_package(
    file: IO[bytes],
    package_id: str,
    version: str = "1.0.0",
    *,
    files: Mapping[str, bytes] = {},
    filler: int = 0,
) -> None:
    """Write a package with so many MB that cannot be compressed, and perhaps with `FILES`."""
    named = _NAMED_FILES if files else ""
    with zipfile.ZipFile(file, "w") as archive:
        nuspec = _NUSPEC.format(id=package_id, version=version, files=named)
        archive.writestr(f"{package_id}.nuspec", nuspec)
        for name, body in files.items():
            archive.writestr(name, body)
        with archive.open("lib/filler.bin", "w") as entry:
            for _ in range(filler):
                entry.write(os.urandom(MB))


async def push(
    feed: Feed,
    package_id: str,
    version: str = "1.0.0",
    files: Mapping[str, bytes] = {},
) -> None:
    """Push a small package, without the way that it comes in by."""
    file = io.BytesIO()
    write_package(file, package_id, version, files=files)
    body = file.getvalue()
    digest = base64.b64encode(hashlib.sha512(body).digest()).decode()
    await feed.publishing.push(Received(file, len(body), digest), ADMIN)
