"""What templates show, made of what services answer: texts, numbers and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from feed.errors import InvalidFramework
from feed.nuget.frameworks import Framework
from feed.nuget.leaf import Deprecation, Leaf, find_file
from feed.nuget.manifest import Dependency, Manifest
from feed.nuget.summaries import Summary
from feed.nuget.timestamps import format_ticks
from feed.nuget.version import Version
from feed.services.downloads import Totals
from feed.services.showcase import Shown
from feed.web.links import Link, license_link, link

VERSIONS: Final = 50
"""On one page of a package."""

_LONGEST: Final = 4000
_KB: Final = 1024
_LIBRARY: Final = re.compile(r"(?:lib|ref)/([^/]+)/", re.IGNORECASE)
_REASONS: Final = {"CriticalBugs": "it has critical bugs", "Legacy": "it is no longer maintained"}


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
class DependencyLine:
    id: str
    range: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Group:
    framework: str
    dependencies: list[DependencyLine]


@dataclass(frozen=True, slots=True)
class PackagePage:
    """All that the page of a version shows; what is absent is None or empty."""

    id: str
    version: str
    title: str | None
    authors: str
    description: str
    release_notes: str | None
    copyright: str | None
    listed: bool
    deprecation: Deprecation | None
    reasons: str
    published: str
    downloads: str
    snippets: list[tuple[str, str]]
    groups: list[Group]
    frameworks: list[str]
    types: list[str]
    tags: list[str]
    versions: list[VersionLine]
    number: int
    pages: int
    license: Link | None
    project: Link | None
    repository: Link | None
    commit: str | None
    size: str
    sha512: str
    files: str
    """Where its files are."""

    icon: str | None
    nupkg: str
    readme: str | None
    has_readme: bool
    has_symbols: bool


def package_page(shown: Shown, number: int, readme: str | None, root: str) -> PackagePage:
    state, leaf, manifest = shown.state, shown.leaf, shown.leaf.manifest
    version = Version.parse(state.version)
    files = f"{root}/v3/content/{state.id.lower()}/{version.lower}"
    pages = max(1, -(-len(shown.history.versions) // VERSIONS))
    number = min(number, pages)
    return PackagePage(
        id=state.id,
        version=str(version),
        title=_title(manifest),
        authors=cut(manifest.authors, 500),
        description=cut(manifest.description),
        release_notes=manifest.release_notes and cut(manifest.release_notes),
        copyright=manifest.copyright and cut(manifest.copyright, 500),
        listed=state.listed,
        deprecation=state.deprecation,
        reasons=_reasons(state.deprecation),
        published=format_ticks(state.published)[:10],
        downloads=f"{sum(shown.downloads.values()):,}",
        snippets=list(snippets(state.id, str(version), manifest)),
        groups=_groups(shown),
        frameworks=frameworks(leaf),
        types=[cut(each.name, 100) for each in manifest.package_types],
        tags=[cut(each, 40) for each in manifest.tags[:30]],
        versions=_versions(shown.history.page(number, VERSIONS), shown.downloads, version),
        number=number,
        pages=pages,
        license=_license(leaf, files),
        project=link(manifest.project_url),
        repository=link(manifest.repository.url if manifest.repository else None),
        commit=manifest.repository.commit if manifest.repository else None,
        size=size(state.size),
        sha512=state.sha512,
        files=files,
        icon=f"{files}/icon" if find_file(leaf.files, "icon") else None,
        nupkg=f"{files}/{state.id.lower()}.{version.lower}.nupkg",
        readme=readme,
        has_readme=shown.readme is not None,
        has_symbols=bool(state.symbols or leaf.pdbs),
    )


def snippets(package_id: str, version: str, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """What to copy, the likeliest first."""
    types = {each.name.lower() for each in manifest.package_types}
    if "dotnettool" in types:
        yield "dotnet tool", f"dotnet tool install {package_id} --version {version}"
        return
    if "template" in types:
        yield "dotnet new", f"dotnet new install {package_id}@{version}"
        return
    named = f'"{package_id}"'
    yield "dotnet add package", f"dotnet add package {package_id} --version {version}"
    yield "PackageReference", f'<PackageReference Include={named} Version="{version}" />'
    yield (
        "Central: Directory.Packages.props",
        f'<PackageVersion Include={named} Version="{version}" />',
    )
    yield "Central: project file", f"<PackageReference Include={named} />"
    yield "packages.config", f'<package id={named} version="{version}" />'


def frameworks(leaf: Leaf) -> list[str]:
    """Name the frameworks that have files or dependencies of their own."""
    groups = [each.target_framework for each in leaf.manifest.dependency_groups]
    files = (_LIBRARY.match(each.full_name) for each in leaf.entries)
    found = dict.fromkeys(
        _framework(each) for each in [*groups, *(f and f[1] for f in files)] if each
    )
    return [cut(each, 60) for each in found][:30]


def cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def size(count: int) -> str:
    if count < _KB:
        return f"{count} bytes"
    return f"{count / _KB:,.1f} KB" if count < _KB**2 else f"{count / _KB**2:,.1f} MB"


def _framework(text: str) -> str:
    try:
        return Framework.parse(text).short
    except InvalidFramework:
        return text


def _title(manifest: Manifest) -> str | None:
    given = manifest.title
    return cut(given, 300) if given and given.lower() != manifest.id.lower() else None


def _reasons(deprecation: Deprecation | None) -> str:
    given = deprecation.reasons if deprecation else ()
    return " and ".join(_REASONS[each] for each in given if each in _REASONS)


def _groups(shown: Shown) -> list[Group]:
    return [
        Group(
            _framework(each.target_framework) if each.target_framework else "Any framework",
            [_dependency(one, shown.on_this_feed) for one in each.dependencies],
        )
        for each in shown.leaf.manifest.dependency_groups
    ]


def _dependency(dependency: Dependency, here: frozenset[str]) -> DependencyLine:
    is_here = dependency.id.lower() in here
    return DependencyLine(dependency.id, dependency.range or "any version", is_here)


def _versions(summaries: list[Summary], downloads: Totals, current: Version) -> list[VersionLine]:
    return [
        VersionLine(
            version=str(each.version),
            published=each.published,
            downloads=f"{downloads.get(each.version.lower, 0):,}",
            listed=each.listed,
            is_prerelease=each.version.is_prerelease,
            is_deprecated=each.deprecated,
            is_shown=each.version == current,
        )
        for each in summaries
    ]


def _license(leaf: Leaf, files: str) -> Link | None:
    manifest = leaf.manifest
    if manifest.license_expression:
        return license_link(manifest.license_expression)
    if find_file(leaf.files, "license"):
        return Link("in the package", f"{files}/license")
    return link(manifest.license_url)
