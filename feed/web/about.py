"""What stands beside a package: facts of its manifest, and of the file itself."""

import re
from dataclasses import dataclass
from typing import Final

from feed.errors import InvalidFramework
from feed.nuget.frameworks import Framework
from feed.nuget.leaf import Leaf, find_file
from feed.nuget.timestamps import format_ticks
from feed.services.showcase import Shown
from feed.web.links import Link, commit_link, license_link, link
from feed.web.symbols import SymbolsPage, symbols_page
from feed.web.texts import cut, size

_FOLDER: Final = re.compile(r"(?:lib|ref|tools)/([^/]+)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """Facts, each None or empty where there is none."""

    published: str
    downloads: str
    frameworks: list[str]
    license: Link | None
    project: Link | None
    repository: Link | None
    commit: Link | None
    tags: list[str]
    copyright: str | None
    symbols: SymbolsPage
    size: str
    sha512: str


def about(shown: Shown, page: str) -> About:
    """Gather the facts of a version whose page is at an address."""
    state, leaf, manifest = shown.state, shown.leaf, shown.leaf.manifest
    return About(
        published=format_ticks(state.published)[:10],
        downloads=f"{sum(shown.downloads.values()):,}",
        frameworks=frameworks(leaf),
        license=_license(leaf, page),
        project=link(manifest.project_url),
        repository=link(manifest.repository.url if manifest.repository else None),
        commit=commit_link(manifest.repository),
        tags=[cut(each, 40) for each in manifest.tags[:30]],
        copyright=manifest.copyright and cut(manifest.copyright, 500),
        symbols=symbols_page(leaf.assemblies, shown.pdbs),
        size=size(state.size),
        sha512=state.sha512,
    )


def frameworks(leaf: Leaf) -> list[str]:
    """Name the frameworks that have files or dependencies of their own."""
    groups = [each.target_framework for each in leaf.manifest.dependency_groups]
    folders = (_FOLDER.match(each.full_name) for each in leaf.entries)
    named = [*groups, *(match and match[1] for match in folders)]
    found = dict.fromkeys(find_framework(each) for each in named if each)
    return [cut(each, 60) for each in found if each][:30]


def find_framework(text: str) -> str | None:
    """Spell a framework as folders do, if it is one."""
    try:
        return Framework.parse(text).short
    except InvalidFramework:
        return None


def _license(leaf: Leaf, page: str) -> Link | None:
    manifest = leaf.manifest
    if manifest.license_expression:
        return license_link(manifest.license_expression)
    if find_file(leaf.files, "license"):
        return Link("as the package has it", f"{page}/license")
    return link(manifest.license_url)
