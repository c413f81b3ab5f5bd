"""What a request to deprecate versions says: nuget.org's parameters, with its rules.

https://learn.microsoft.com/nuget/nuget-org/deprecate-packages explains them to people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from feed.errors import InvalidRequest, shown
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Deprecation
from feed.nuget.version import Version

MAX_MESSAGE = 1000

_REASONS = {"isLegacy": "Legacy", "hasCriticalBugs": "CriticalBugs", "isOther": "Other"}
_FLAGS = {"": False, "false": False, "true": True}
_LISTED = {"": None, "unchanged": None, "unlist": False, "relist": True}


@dataclass(frozen=True, slots=True)
class Alternate:
    """The package to use instead, at least in this version."""

    id: PackageId
    version: Version | None

    def __str__(self) -> str:
        return f"{self.id} {self.version}" if self.version else str(self.id)


@dataclass(frozen=True, slots=True)
class DeprecationRequest:
    """What is to become of some versions of one package."""

    versions: tuple[Version, ...]
    """In the order in which they were named, each once."""

    deprecation: Deprecation | None
    """None takes it away."""

    alternate: Alternate | None = None
    listed: bool | None = None
    """None leaves that as it is."""

    @classmethod
    def parse(cls, package_id: PackageId, parameters: Iterable[tuple[str, str]]) -> Self:
        """Read form or query parameters, whose names are compared without case."""
        given = _Parameters(parameters)
        versions = tuple(dict.fromkeys(Version.parse(text) for text in given.texts("versions")))
        if not versions:
            raise InvalidRequest(
                "versions is missing: send it in the query or in a form, once for each version"
            )
        listed = given.choice("listedVerb", _LISTED)
        reasons = tuple(word for name, word in _REASONS.items() if given.choice(name, _FLAGS))
        if not reasons:
            return cls(versions, None, listed=listed)
        alternate = _alternate(given, package_id, versions)
        return cls(versions, _deprecation(given, reasons, alternate), alternate, listed)


class _Parameters:
    def __init__(self, given: Iterable[tuple[str, str]]) -> None:
        self._given = [(name.lower(), text.strip()) for name, text in given]

    def texts(self, name: str) -> list[str]:
        return [text for each, text in self._given if each == name.lower() and text]

    def text(self, name: str) -> str:
        """The last of this name counts; an empty text is none."""
        return (self.texts(name) or [""])[-1]

    def choice(self, name: str, choices: Mapping[str, bool | None]) -> bool | None:
        text = self.text(name)
        if text.lower() not in choices:
            allowed = ", ".join(each for each in choices if each)
            raise InvalidRequest(f"{name} is {shown(text)}, not one of {allowed}")
        return choices[text.lower()]


def _alternate(
    given: _Parameters, package_id: PackageId, versions: Sequence[Version]
) -> Alternate | None:
    text, version_text = given.text("alternatePackageId"), given.text("alternatePackageVersion")
    if not text and version_text:
        raise InvalidRequest("alternatePackageVersion needs alternatePackageId beside it")
    if not text:
        return None
    version = Version.parse(version_text) if version_text else None
    alternate = Alternate(PackageId.parse(text), version)
    if alternate.id == package_id and (version is None or version in versions):
        raise InvalidRequest(f"{alternate} cannot be its own alternative")
    return alternate


def _deprecation(
    given: _Parameters, reasons: tuple[str, ...], alternate: Alternate | None
) -> Deprecation:
    message = given.text("message")
    if len(message) > MAX_MESSAGE:
        raise InvalidRequest(
            f"message has {len(message)} characters, {MAX_MESSAGE} are allowed: {shown(message)}"
        )
    if "Other" in reasons and not message:
        raise InvalidRequest("message is missing: isOther needs one")
    return Deprecation(
        reasons,
        message or None,
        alternate.id.text if alternate else None,
        f"[{alternate.version}, )" if alternate and alternate.version else None,
    )
