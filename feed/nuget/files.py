"""The files of a version that are served by themselves, and what each is called.

https://learn.microsoft.com/nuget/api/package-base-address-resource
"""

from enum import StrEnum

from feed.errors import InvalidVersion
from feed.nuget.identity import PackageId
from feed.nuget.version import Version


class FileKind(StrEnum):
    """What a file is to its package."""

    NUPKG = "nupkg"
    NUSPEC = "nuspec"
    ICON = "icon"
    README = "readme"
    LICENSE = "license"


_EMBEDDED = {str(kind): kind for kind in (FileKind.ICON, FileKind.README, FileKind.LICENSE)}

_MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "md": "text/markdown; charset=utf-8",
    "nuspec": "application/xml",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}


def find_kind(name: str, package_id: PackageId, version: Version) -> FileKind | None:
    """Say which file of a version an address means, however it spells id and version."""
    given = name.lower()
    if given == f"{package_id.lower}.nuspec":
        return FileKind.NUSPEC
    prefix, suffix = f"{package_id.lower}.", ".nupkg"
    if given.startswith(prefix) and given.endswith(suffix):
        spelled = given[len(prefix) : -len(suffix)]
        return FileKind.NUPKG if _is_version(spelled, version) else None
    return _EMBEDDED.get(given)


def media_type(name: str) -> str:
    """Say what a stored file is, from its name."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _is_version(text: str, version: Version) -> bool:
    try:
        return Version.parse(text) == version
    except InvalidVersion:
        return False
