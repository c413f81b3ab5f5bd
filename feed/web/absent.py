"""What a page says of a package or a version that is not there, and never was or is no more."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.showcase import Absent

_SHOWN: Final = 10
_LOOKED_AT: Final = 100


class Reason(StrEnum):
    NO_PACKAGE = "no package"
    PACKAGE_DELETED = "package deleted"
    NO_VERSION = "no version"
    VERSION_DELETED = "version deleted"


@dataclass(frozen=True, slots=True)
class AbsentPage:
    reason: Reason
    id: str
    version: str
    """Empty where no version was asked for."""

    versions: list[str]
    """Some that there are of the same id, the newest first."""

    near: list[str]


def absent_page(absent: Absent, package_id: PackageId, version: Version | None) -> AbsentPage:
    history = absent.history
    lines = history.page(1, _LOOKED_AT) if history else []
    return AbsentPage(
        reason=_reason(absent, version),
        id=str(package_id),
        version=str(version or ""),
        versions=[str(each.version) for each in lines if each.listed][:_SHOWN],
        near=absent.near,
    )


def _reason(absent: Absent, version: Version | None) -> Reason:
    if absent.history is None:
        return Reason.NO_PACKAGE
    if not absent.history.versions:
        return Reason.PACKAGE_DELETED
    if version in absent.history.deleted:
        return Reason.VERSION_DELETED
    return Reason.NO_VERSION
