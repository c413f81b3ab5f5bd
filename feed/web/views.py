"""The page of a package: what its template shows, made of what services answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation, find_file
from feed.nuget.manifest import Dependency, Manifest
from feed.nuget.search_card import split_authors
from feed.nuget.summaries import Summary
from feed.nuget.version import Version
from feed.services.showcase import Shown
from feed.web.about import About, about, find_framework
from feed.web.snippets import Snippet, snippets
from feed.web.texts import cut, special_types

if TYPE_CHECKING:
    from feed.services.search.index import Found

VERSIONS: Final = 50
"""On one page of a package."""

_REASONS: Final = {"CriticalBugs": "it has critical bugs", "Legacy": "it is no longer maintained"}


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a version is deprecated, and what to use instead."""

    reasons: str
    message: str | None
    alternate_id: str | None
    alternate_range: str | None


@dataclass(frozen=True, slots=True)
class DependencyLine:
    id: str
    range: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Group:
    framework: str
    dependencies: list[DependencyLine]


@dataclass(frozen=True, slots=True)
class User:
    """A package that depends on this one."""

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class Users:
    first: list[User]
    total: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    version: str
    published: str
    downloads: str
    listed: bool
    is_prerelease: bool
    is_deprecated: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """One page of them, the newest first."""

    lines: list[VersionLine]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class PackagePage:
    """All that the page of a version shows; what is absent is None or empty."""

    id: str
    version: str
    title: str | None
    authors: list[str]
    types: list[str]
    description: str
    release_notes: str | None
    listed: bool
    is_prerelease: bool
    newer: str | None
    """The version that is shown where none is named, if this one comes before it."""

    advice: Advice | None
    snippets: list[Snippet]
    readme: str | None
    has_readme: bool
    groups: list[Group]
    users: Users | None
    """None while nobody can tell."""

    versions: Versions
    about: About
    files: str
    """Where its files are."""

    icon: str | None
    nupkg: str


def package_page(shown: Shown, number: int, readme: str | None, root: str) -> PackagePage:
    state, leaf, manifest = shown.state, shown.leaf, shown.leaf.manifest
    package_id, version = PackageId.parse(state.id), Version.parse(state.version)
    files = files_address(root, package_id, version)
    return PackagePage(
        id=state.id,
        version=str(version),
        title=_title(manifest),
        authors=[cut(each, 100) for each in split_authors(manifest.authors)[:10]],
        types=special_types(each.name for each in manifest.package_types),
        description=cut(manifest.description),
        release_notes=manifest.release_notes and cut(manifest.release_notes),
        listed=state.listed,
        is_prerelease=version.is_prerelease,
        newer=_newer(shown, version),
        advice=_advice(state.deprecation),
        snippets=snippets(state.id, str(version), manifest),
        readme=readme,
        has_readme=shown.readme is not None,
        groups=_groups(shown),
        users=_users(shown.users) if shown.users else None,
        versions=_versions(shown, number, version),
        about=about(shown, f"{root}/packages/{state.id}/{version}"),
        files=files,
        icon=f"{files}/icon" if find_file(leaf.files, "icon") else None,
        nupkg=f"{files}/{package_id.lower}.{version.lower}.nupkg",
    )


def files_address(root: str, package_id: PackageId, version: Version) -> str:
    """Say where the files of a version are, on the feed's own host."""
    return f"{root}/v3/content/{package_id.lower}/{version.lower}"


def _title(manifest: Manifest) -> str | None:
    given = manifest.title
    return cut(given, 300) if given and given.lower() != manifest.id.lower() else None


def _newer(shown: Shown, current: Version) -> str | None:
    best = shown.history.find_best()
    return str(best) if best and best > current else None


def _advice(deprecation: Deprecation | None) -> Advice | None:
    if deprecation is None:
        return None
    known = (_REASONS[each] for each in deprecation.reasons if each in _REASONS)
    return Advice(
        " and ".join(known),
        deprecation.message and cut(deprecation.message),
        deprecation.alternate_id,
        deprecation.alternate_range,
    )


def _groups(shown: Shown) -> list[Group]:
    return [
        Group(
            (each.target_framework and find_framework(each.target_framework)) or "Any framework",
            [_dependency(one, shown.on_this_feed) for one in each.dependencies],
        )
        for each in shown.leaf.manifest.dependency_groups
    ]


def _dependency(dependency: Dependency, here: frozenset[str]) -> DependencyLine:
    is_here = dependency.id.lower() in here
    return DependencyLine(dependency.id, dependency.range or "any version", is_here)


def _users(found: "Found") -> Users:
    cards = [hit.card for hit in found.hits]
    first = [User(each.id, cut(each.summary or each.description, 120)) for each in cards]
    return Users(first, found.total)


def _versions(shown: Shown, number: int, current: Version) -> Versions:
    pages = max(1, -(-len(shown.history.versions) // VERSIONS))
    number = min(number, pages)
    summaries = shown.history.page(number, VERSIONS)
    return Versions([_line(each, shown, current) for each in summaries], number, pages)


def _line(summary: Summary, shown: Shown, current: Version) -> VersionLine:
    version = summary.version
    return VersionLine(
        version=str(version),
        published=summary.published,
        downloads=f"{shown.downloads.get(version.lower, 0):,}",
        listed=summary.listed,
        is_prerelease=version.is_prerelease,
        is_deprecated=summary.deprecated,
        is_shown=version == current,
    )
