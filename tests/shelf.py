"""Versions in storage as a push leaves them, put there without one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from feed.nuget import content, registration_document
from feed.nuget.identity import PackageId
from feed.nuget.registration_document import Change
from feed.nuget.version import Version
from feed.services import paths
from feed.storage.blobs import Blobs, update
from feed.storage.memory import MemoryBlobs
from tests.builders import PNG, nupkg, nuspec
from tests.nuget.versions import plain, state

FILES: Mapping[str, bytes] = {
    paths.NUPKG: nupkg("Tiny", "1.0.0"),
    paths.NUSPEC: nuspec("Tiny", "1.0.0").encode(),
    "icon.png": PNG,
    "readme.md": "# Tiny ☕".encode(),
    "license.txt": b"Do what you want.",
}
"""What is stored of a package that has everything."""


class AddressedBlobs(MemoryBlobs):
    """Memory that clients can reach by themselves, as they can reach storage in Azure."""

    async def signed_url(
        self, path: str, *, lifetime: timedelta, filename: str, content_type: str
    ) -> str | None:
        minutes = lifetime.total_seconds() / 60
        return f"https://storage.example/{path}?for={minutes:g}&as={filename}&type={content_type}"


async def document(blobs: Blobs, changes: Iterable[Change]) -> None:
    """Write both documents of an id."""
    told = list(changes)
    package_id = PackageId.parse(told[0][0].id)
    states = [each for each, _ in told]
    await update(
        blobs,
        paths.registration(package_id),
        lambda old: registration_document.merge(old, told),
    )
    await update(blobs, paths.versions(package_id), lambda old: content.merge(old, states))


async def store(
    blobs: Blobs,
    version: str = "1.0.0",
    package_id: str = "Tiny",
    files: Mapping[str, bytes] = FILES,
) -> None:
    """Put a version on the feed, with these files."""
    names = tuple(name for name in files if name not in (paths.NUPKG, paths.NUSPEC))
    pushed = replace(state(version, 0, package_id, files=names), size=len(files[paths.NUPKG]))
    identity = PackageId.parse(package_id), Version.parse(version)
    for name, body in files.items():
        await blobs.create(paths.file(*identity, pushed.attempt, name), body)
    await document(blobs, [(pushed, plain(version, package_id))])
