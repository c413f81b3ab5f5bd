"""What registration and the catalog both say of a version, in the same words.

https://learn.microsoft.com/nuget/api/registration-base-url-resource#catalog-entry
"""

from collections.abc import Iterable, Sequence
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

from orjson import Fragment

from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation, Leaf, find_file
from feed.nuget.manifest import Dependency, DependencyGroup
from feed.nuget.timestamps import UNLISTED, format_published, format_ticks
from feed.nuget.urls import RegistrationUrls, Urls
from feed.nuget.version import Version

Fields = dict[str, object]


class Linked(Protocol):
    """Whatever repeats what the manifest says of icon and licence."""

    @property
    def icon_url(self) -> str | None: ...

    @property
    def license_expression(self) -> str | None: ...

    @property
    def license_url(self) -> str | None: ...


def address(url: str) -> Fragment:
    """Write an address of the feed as it is, with whatever stands in it for a part of it.

    Nothing else may be written this way: an address of ours needs no escapes.
    """
    return Fragment(f'"{url}"')


def present(fields: Fields) -> Fields:
    """Leave out what is not there: newer clients are strict about `null`."""
    return {name: value for name, value in fields.items() if value is not None}


def commit(change: str, ticks: int) -> Fields:
    """Say which operation made something, and when."""
    return {"commitId": str(UUID(change)), "commitTimeStamp": format_ticks(ticks)}


def published(ticks: int, *, listed: bool) -> str:
    return format_published(ticks if listed else UNLISTED)


def require_leaf(leaf: Leaf | None, about: str) -> Leaf:
    """Insist on the leaf of a version that is not deleted: whoever has none made a mistake."""
    if leaf is None:
        raise ValueError(f"{about} is not deleted, and yet it came without its leaf")
    return leaf


def describe(leaf: Leaf, package_id: PackageId, version: Version, urls: Urls) -> Fields:
    """Say what the manifest says, but for dependencies and tags."""
    manifest = leaf.manifest
    return present(
        {
            "id": package_id.text,
            "version": version.full,
            "title": manifest.title,
            "authors": manifest.authors,
            "description": manifest.description,
            "summary": manifest.summary,
            "language": manifest.language,
            "projectUrl": manifest.project_url,
            **describe_links(manifest, leaf.files, package_id, version, urls),
            "licenseExpression": manifest.license_expression,
            "requireLicenseAcceptance": manifest.require_license_acceptance,
            "minClientVersion": manifest.min_client_version,
        }
    )


def describe_links(
    said: Linked, files: Sequence[str], package_id: PackageId, version: Version, urls: Urls
) -> Fields:
    """Say where to see the icon and to read the licence.

    What lies in the package is ours to show, whatever address packing wrote for it.
    """
    licence: object = said.license_url
    icon = find_file(files, "icon") and address(urls.file(package_id, version, "icon"))
    if said.license_expression:
        licence = f"https://licenses.nuget.org/{quote(said.license_expression)}"
    elif find_file(files, "license"):
        licence = address(urls.license(package_id, version))
    return {"iconUrl": icon or said.icon_url, "licenseUrl": licence}


def describe_dependencies(
    groups: Iterable[DependencyGroup], about: str, registration: RegistrationUrls | None = None
) -> list[Fields]:
    """Describe the groups of the catalog leaf `about`, with links into a hive if one is given."""
    return [_describe_group(group, f"{about}#dependencygroup", registration) for group in groups]


def describe_deprecation(deprecation: Deprecation, about: str) -> Fields:
    """Describe why not to use the version of the catalog leaf `about`, and what to use."""
    alternate = deprecation.alternate_id and {
        "@id": address(f"{about}#deprecation/alternatePackage"),
        "@type": "alternatePackage",
        "id": deprecation.alternate_id,
        "range": deprecation.alternate_range or "*",
    }
    return present(
        {
            "@id": address(f"{about}#deprecation"),
            "@type": "deprecation",
            "reasons": deprecation.reasons,
            "message": deprecation.message,
            "alternatePackage": alternate,
        }
    )


def _describe_group(
    group: DependencyGroup, about: str, registration: RegistrationUrls | None
) -> Fields:
    if group.target_framework:
        about += f"/{quote(group.target_framework.lower())}"
    dependencies = [_describe_dependency(each, about, registration) for each in group.dependencies]
    return present(
        {
            "@id": address(about),
            "@type": "PackageDependencyGroup",
            "targetFramework": group.target_framework,
            "dependencies": dependencies or None,
        }
    )


def _describe_dependency(
    dependency: Dependency, about: str, registration: RegistrationUrls | None
) -> Fields:
    package_id = PackageId.parse(dependency.id)
    link = registration and address(registration.index(package_id))
    return present(
        {
            "@id": address(f"{about}/{package_id.lower}"),
            "@type": "PackageDependency",
            "id": package_id.text,
            "range": dependency.range,
            "registration": link,
        }
    )
