"""The packages that the cases share, and what clients make of them on disk."""

import io
import random
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256, sha512
from pathlib import Path
from typing import Final

from tests.builders import nupkg, nuspec, zipped

Identity = tuple[str, str]
"""An id and a version."""

Files = Mapping[str, str]
"""The digest of every file of a folder, by its path."""

# What describes a package, and is not unpacked with its files.
_DESCRIPTION = ("_rels/", "package/", "[Content_Types].xml")


def library(package_id: str, version: str, dependencies: Mapping[str, str] | None = None) -> bytes:
    """Make a package with a library for two frameworks."""
    name = f"{package_id}.dll"
    body = f"{package_id} {version} ☕"
    files = {f"lib/net45/{name}": body, f"lib/netstandard2.0/{name}": body}
    return nupkg(
        package_id, version, dependencies=dict(dependencies or {}), files=files, readme="# Hi"
    )


SHELF: Final[Mapping[Identity, bytes]] = {
    ("Contoso.Top", "1.0.0"): library("Contoso.Top", "1.0.0", {"Contoso.Mid": "1.0.0"}),
    ("Contoso.Mid", "1.0.0"): library("Contoso.Mid", "1.0.0", {"Contoso.Leaf": "[1.0.0, 2.0.0)"}),
    ("Contoso.Leaf", "1.0.0"): library("Contoso.Leaf", "1.0.0"),
    ("Contoso.Leaf", "1.1.0"): library("Contoso.Leaf", "1.1.0"),
    ("Contoso.Leaf", "1.2.0"): library("Contoso.Leaf", "1.2.0+build.5"),
    ("Contoso.Leaf", "2.0.0-beta.1"): library("Contoso.Leaf", "2.0.0-beta.1"),
    ("Contoso.Leaf", "2.0.0-beta.2"): library("Contoso.Leaf", "2.0.0-beta.2"),
}
"""A chain of three, and an id with versions of every kind."""

TOP: Final = ("Contoso.Top", "1.0.0")
MID: Final = ("Contoso.Mid", "1.0.0")
LEAF: Final = ("Contoso.Leaf", "1.0.0")


def leaf(version: str) -> Identity:
    return ("Contoso.Leaf", version)


def large(package_id: str, megabytes: int) -> bytes:
    """Make a package of this size that does not get smaller by compression."""
    noise = random.Random(megabytes).randbytes(megabytes * 1024 * 1024)  # noqa: S311
    small = zipped({f"{package_id}.nuspec": nuspec(package_id, "1.0.0")})
    buffer = io.BytesIO(small)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("content/noise.bin", noise)
    return buffer.getvalue()


def installed(packages: Mapping[Identity, bytes]) -> Files:
    """Say which files `install` leaves: each package in a folder of its own, as it is spelled."""
    return {
        f"{package_id}.{version}/{name}": digest(body)
        for (package_id, version), package in packages.items()
        for name, body in {**_content(package), f"{package_id}.{version}.nupkg": package}.items()
    }


def restored(packages: Mapping[Identity, bytes]) -> Files:
    """Say which files `restore` leaves in the global packages folder, but for its own notes."""
    return {
        f"{package_id.lower()}/{version.lower()}/{name}": digest(body)
        for (package_id, version), package in packages.items()
        for name, body in _restored(package_id.lower(), version.lower(), package).items()
    }


def _restored(package_id: str, version: str, package: bytes) -> dict[str, bytes]:
    entries = _entries(package)
    nuspec = next(body for name, body in entries.items() if name.endswith(".nuspec"))
    return {
        **_content(package),
        f"{package_id}.nuspec": nuspec,
        f"{package_id}.{version}.nupkg": package,
        f"{package_id}.{version}.nupkg.sha512": b64encode(sha512(package).digest()),
    }


def _content(package: bytes) -> dict[str, bytes]:
    return {
        name: body
        for name, body in _entries(package).items()
        if not name.startswith(_DESCRIPTION) and not name.endswith(".nuspec")
    }


def _entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def shelved(*identities: Identity) -> dict[Identity, bytes]:
    return {each: SHELF[each] for each in identities}


def files(folder: Path) -> Files:
    """Read a whole folder, but for the notes that restore makes of its sources."""
    found = [each for each in folder.rglob("*") if each.is_file()]
    return {
        each.relative_to(folder).as_posix(): digest(each.read_bytes())
        for each in found
        if each.name != ".nupkg.metadata"
    }


def digest(body: bytes) -> str:
    """Stand in for bytes of which a difference shows, but is too long to print."""
    return f"{len(body)} bytes, {sha256(body).hexdigest()}"
