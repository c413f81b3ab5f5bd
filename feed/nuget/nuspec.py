"""The nuspec: what a package says about itself, checked as nuget.org does on a push.

https://learn.microsoft.com/nuget/reference/nuspec
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from feed.errors import InvalidManifest, shown
from feed.nuget.dependencies import read_dependency_groups
from feed.nuget.identity import PackageId, check_together
from feed.nuget.licenses import LicenseExpression
from feed.nuget.manifest import FrameworkAssembly, Manifest, PackageType, Repository
from feed.nuget.nuspec_xml import MAX_TEXT, Metadata, attribute, children, parse_metadata
from feed.nuget.version import Version, check_pushable

NEWEST_CLIENT = Version.parse("7.3.1.1")

LICENSE_FILE_URL = "https://aka.ms/deprecateLicenseUrl"
LICENSE_URL_START = "https://licenses.nuget.org/"
"""What packers write into `licenseUrl` for clients that do not know `license`."""

# They are the feed's to say, so a package that says them was made by no packer.
_RESERVED = (
    *("created", "dependencyGroups", "isPrerelease", "lastEdited", "listed", "packageEntries"),
    *("packageHash", "packageHashAlgorithm", "packageSize", "published", "supportedFrameworks"),
    "verbatimVersion",
)
_LOWER_CASE = ("readme", "tags")

_TAG = re.compile(r"[^\s,;|]+")
_TYPE_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){1,3}", re.ASCII)


def parse_manifest(body: bytes) -> Manifest:
    manifest, faults = examine_manifest(body)
    faults += list_package_faults(manifest)
    if faults:
        raise InvalidManifest(faults)
    return manifest


def examine_manifest(body: bytes) -> tuple[Manifest, list[str]]:
    """Return what a nuspec says, as far as it can be told, and all that is wrong with it.

    What holds for packages only is left to `list_package_faults`.
    """
    metadata = parse_metadata(body)
    metadata.faults += _list_name_faults(metadata)
    package_id, version = _read_identity(metadata)
    terms = _read_license(metadata)
    manifest = Manifest(
        id=package_id,
        version=version,
        title=metadata.text("title", 256),
        authors=metadata.text("authors") or "",
        description=_required(metadata, "description"),
        summary=metadata.text("summary"),
        release_notes=metadata.text("releaseNotes", 35000),
        copyright=metadata.text("copyright"),
        language=metadata.text("language", 20),
        tags=tuple(_TAG.findall(metadata.text("tags") or "")),
        project_url=metadata.url("projectUrl"),
        license_expression=terms.expression,
        license_file=terms.file,
        license_url=terms.url,
        icon=metadata.text("icon"),
        icon_url=metadata.url("iconUrl"),
        readme=metadata.text("readme"),
        require_license_acceptance=metadata.flag("requireLicenseAcceptance"),
        development_dependency=metadata.flag("developmentDependency"),
        serviceable=metadata.flag("serviceable"),
        min_client_version=_read_min_client_version(metadata),
        repository=_read_repository(metadata),
        package_types=_read_package_types(metadata),
        dependency_groups=read_dependency_groups(metadata),
        framework_assemblies=_read_framework_assemblies(metadata),
        references=_read_references(metadata),
    )
    return manifest, metadata.faults


def list_package_faults(manifest: Manifest) -> Iterator[str]:
    """Yield what is wrong with the manifest as one of a package, not of its symbols."""
    if not manifest.authors:
        yield "authors is missing"
    if any(each.name.lower() == "symbolspackage" for each in manifest.package_types):
        yield "its package type is 'SymbolsPackage': push it to the symbol endpoint"


def _list_name_faults(metadata: Metadata) -> Iterator[str]:
    for name, count in metadata.names.items():
        if count > 1:
            yield f"element {shown(name)} stands there {count} times"
        if name in _RESERVED:
            yield f"element {shown(name)} is not for a nuspec to have"
        if name not in _LOWER_CASE and name.lower() in _LOWER_CASE:
            yield f"element {shown(name)} must be spelled {shown(name.lower())}"


def _required(metadata: Metadata, name: str) -> str:
    text = metadata.text(name)
    if text is None:
        metadata.faults.append(f"{name} is missing")
    return text or ""


def _read_identity(metadata: Metadata) -> tuple[str, str]:
    id_text, version_text = _required(metadata, "id"), _required(metadata, "version")
    package_id = metadata.parsed(PackageId.parse, id_text) if id_text else None
    version = metadata.parsed(_parse_version, version_text) if version_text else None
    if package_id and version:
        metadata.parsed(partial(check_together, package_id), version)
    return id_text, version_text


def _parse_version(text: str) -> Version:
    version = Version.parse(text)
    check_pushable(version)
    return version


class _License(NamedTuple):
    """Exactly one of them, or none."""

    expression: str | None = None
    file: str | None = None
    url: str | None = None


def _read_license(metadata: Metadata) -> _License:
    element, url = metadata.find("license"), metadata.url("licenseUrl")
    if element is None:
        if url is not None and url.startswith((LICENSE_FILE_URL, LICENSE_URL_START)):
            metadata.faults.append(f"licenseUrl is {shown(url)}, but there is no license")
        return _License(url=url)
    text = metadata.text("license", 500) or ""
    _check_license(metadata, element)
    if attribute(element, "type") == "file":
        if not text:
            metadata.faults.append("license names no file")
        _check_license_url(metadata, url, LICENSE_FILE_URL)
        return _License(file=text)
    metadata.parsed(LicenseExpression.parse, text)
    _check_license_url(metadata, url, LICENSE_URL_START + text)
    return _License(expression=text)


def _check_license(metadata: Metadata, element: Element) -> None:
    kind, version = attribute(element, "type"), attribute(element, "version")
    if kind not in ("expression", "file"):
        metadata.faults.append(f"license has the type {shown(kind or '')}, not expression or file")
    if version not in (None, "1.0.0"):
        metadata.faults.append(f"license has the version {shown(version)}, not 1.0.0")
    if len(element):
        metadata.faults.append("license has elements inside, not only text")


def _check_license_url(metadata: Metadata, url: str | None, expected: str) -> None:
    if url is not None and unquote(url).split() != expected.split():
        metadata.faults.append(f"licenseUrl is {shown(url)}, but license means {shown(expected)}")


def _read_min_client_version(metadata: Metadata) -> str | None:
    text = attribute(metadata.element, "minClientVersion")
    version = metadata.parsed(Version.parse, text, "minClientVersion") if text else None
    if version and version > NEWEST_CLIENT:
        metadata.faults.append(
            f"minClientVersion is {version}, above {NEWEST_CLIENT}, the newest that is known"
        )
    return text


def _read_repository(metadata: Metadata) -> Repository | None:
    element = metadata.find("repository")
    if element is None or not element.attrib:
        return None
    repository = Repository(
        type=attribute(element, "type"),
        url=attribute(element, "url"),
        branch=attribute(element, "branch"),
        commit=attribute(element, "commit"),
    )
    metadata.limit("repository type", repository.type or "", 100)
    metadata.limit("repository url", repository.url or "", MAX_TEXT)
    return repository


def _read_package_types(metadata: Metadata) -> tuple[PackageType, ...]:
    types = tuple(
        PackageType(name=attribute(each, "name") or "", version=attribute(each, "version"))
        for each in metadata.children("packageTypes", "packageType")
    )
    for each in types:
        metadata.parsed(PackageId.parse, each.name, "packageType")
        if each.version and not _TYPE_VERSION.fullmatch(each.version):
            metadata.faults.append(
                f"packageType {shown(each.name)} has the version {shown(each.version)}, "
                "not 2 to 4 numbers"
            )
    return types


def _read_framework_assemblies(metadata: Metadata) -> tuple[FrameworkAssembly, ...]:
    return tuple(
        FrameworkAssembly(
            name=attribute(each, "assemblyName") or "",
            target_frameworks=_split(attribute(each, "targetFramework")),
        )
        for each in metadata.children("frameworkAssemblies", "frameworkAssembly")
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _read_references(metadata: Metadata) -> tuple[str, ...]:
    listed = metadata.children("references", "reference")
    for group in metadata.children("references", "group"):
        listed += children(group, "reference")
    return tuple(attribute(each, "file") or "" for each in listed)
