"""Versions of packages for tests of documents, as rows and leaves hold them."""

from dataclasses import replace
from typing import TypedDict, Unpack

from feed.nuget.leaf import Deprecation, Entry, Leaf, VersionState
from feed.nuget.manifest import Manifest
from feed.nuget.registration_document import Change
from feed.nuget.timestamps import parse_ticks
from feed.nuget.urls import Urls
from feed.nuget.version import Version

FEED = Urls("https://feed.example")
START = parse_ticks("2024-03-01T10:00:00Z")
SHA512 = "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="


class States(TypedDict, total=False):
    """What a test may say of a state."""

    attempt: str
    published: int
    semver2: bool
    listed: bool
    deleted: bool
    files: tuple[str, ...]
    deprecation: Deprecation


def state(
    version: str, after: int = 0, package_id: str = "Contoso.Utils", **given: Unpack[States]
) -> VersionState:
    """A version's row, as an operation left it so many ticks after the start."""
    return replace(
        VersionState(
            id=package_id,
            version=version,
            attempt=f"{after:032x}",
            revision=START + after,
            change=f"{after:032x}",
            published=START,
            size=20_480,
            sha512=SHA512,
            semver2=Version.parse(version).is_semver2,
        ),
        **given,
    )


def leaf(manifest: Manifest, *files: str) -> Leaf:
    entries = (
        Entry(full_name=f"{manifest.id}.nuspec", length=890, compressed_length=412),
        Entry(full_name=f"lib/net8.0/{manifest.id}.dll", length=32_768, compressed_length=14_101),
    )
    return Leaf(manifest=manifest, size=20_480, sha512=SHA512, entries=entries, files=files)


def plain(version: str, package_id: str = "Contoso.Utils") -> Leaf:
    """The leaf of a package that says no more than it must."""
    return leaf(
        Manifest(id=package_id, version=version, authors="Contoso", description="Small things")
    )


def pushed(version: str, after: int = 0, package_id: str = "Contoso.Utils") -> Change:
    return state(version, after, package_id), plain(version, package_id)
