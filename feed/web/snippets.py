"""The lines that add a version to something, each to be copied as it is."""

from collections.abc import Iterator

from feed.nuget.manifest import DEFAULT_PACKAGE_TYPE, Manifest

Snippet = tuple[str, str]
"""What it is for, and the line."""


def snippets(package_id: str, version: str, manifest: Manifest) -> list[Snippet]:
    """Return what to copy, the likeliest first."""
    types = {each.name.lower() for each in manifest.package_types}
    found: list[Snippet] = []
    if "dotnettool" in types:
        found += _tool(package_id, version)
    if "template" in types:
        found.append(("dotnet new", f"dotnet new install {package_id}@{version}"))
    if "msbuildsdk" in types:
        found.append(("Project SDK", f'<Sdk Name="{package_id}" Version="{version}" />'))
    if not found or DEFAULT_PACKAGE_TYPE.lower() in types:
        found += _reference(package_id, version, is_private=manifest.development_dependency)
    return found


def _tool(package_id: str, version: str) -> Iterator[Snippet]:
    # .NET, dotnet-tool-install: without `--global` it is a local tool, which a manifest names.
    yield "Global tool", f"dotnet tool install --global {package_id} --version {version}"
    yield "Local tool", f"dotnet tool install {package_id} --version {version}"


def _reference(package_id: str, version: str, *, is_private: bool) -> Iterator[Snippet]:
    # NuGet: "packages used purely as a development dependency" are kept from who depends on you.
    private = ' PrivateAssets="all"' if is_private else ""
    include = f'Include="{package_id}"'
    yield "dotnet add package", f"dotnet add package {package_id} --version {version}"
    yield "PackageReference", f'<PackageReference {include} Version="{version}"{private} />'
    yield (
        "Central Package Management, in Directory.Packages.props",
        f'<PackageVersion {include} Version="{version}" />',
    )
    yield "Central Package Management, in the project", f"<PackageReference {include}{private} />"
    development = ' developmentDependency="true"' if is_private else ""
    yield "packages.config", f'<package id="{package_id}" version="{version}"{development} />'
