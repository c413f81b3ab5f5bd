"""What registration and the catalog both say of a version, in the same words.

https://learn.microsoft.com/nuget/api/registration-base-url-resource#catalog-entry
"""

from collections.abc import Iterable
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
    icon = find_file(leaf.files, "icon") and address(urls.file(package_id, version, "icon"))
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
            "iconUrl": icon or manifest.icon_url,
            "licenseUrl": _license_url(leaf, package_id, version, urls),
            "licenseExpression": manifest.license_expression,
            "requireLicenseAcceptance": manifest.require_license_acceptance,
            "minClientVersion": manifest.min_client_version,
        }
    )


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


def _license_url(leaf: Leaf, package_id: PackageId, version: Version, urls: Urls) -> object:
    """Say where to read the licence: a file's is ours, whatever address packing wrote for it."""
    expression = leaf.manifest.license_expression
    if expression:
        return f"https://licenses.nuget.org/{quote(expression)}"
    if find_file(leaf.files, "license"):
        return address(urls.file(package_id, version, "license"))
    return leaf.manifest.license_url


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
