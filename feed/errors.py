"""Every way a request can fail, and the HTTP status each failure answers with.

FeedError
├── Invalid                 400  the client sent something malformed
│   ├── InvalidVersion
│   ├── InvalidRange
│   ├── InvalidPackageId
│   ├── InvalidFramework
│   ├── InvalidTimestamp
│   ├── InvalidLicense           an expression that SPDX's grammar does not make
│   ├── InvalidManifest          every fault of a nuspec at once
│   ├── InvalidArchive           every fault of a nupkg at once
│   ├── InvalidPdb               one that is not portable, not whole, or of another build
│   ├── InvalidRequest           a parameter, a header or a body that makes no sense
│   ├── InvalidKey               a text that cannot be a key
│   └── InvalidTerms             every fault of what a new key is to be good for
├── Unauthorized            401  who is asking? (with the challenge that clients wait for)
│   └── TokenRefused             a token that buys no key; only the log says why
├── Forbidden               403  known, but not allowed to do this
│   └── KeyRefused               a key that is unknown, revoked or expired
├── NotFound                404
│   ├── PackageNotFound
│   ├── VersionNotFound
│   ├── NothingToDebug           symbols whose package is not here
│   ├── FileNotFound
│   ├── PdbNotFound
│   ├── FileGone                 it was there when the request began
│   ├── NothingHere              no resource has this address
│   ├── KeyNotFound
│   └── PolicyNotFound
├── PackageExists           409  a version is pushed once and never again
│   └── NumberTaken              nor is one that was deleted, unless the feed says otherwise
├── KeyEnded                409  a key that is revoked or expired cannot be rotated
├── TooLarge                413
├── RangeNotSatisfiable     416  the part that is asked for lies behind a file's end
├── TooManyGuesses          429  too many wrong keys came from there
└── Unavailable             503  try again in a moment
    ├── Busy                     the feed has as much to do as it can hold
    ├── Contended                other writers kept coming first
    ├── IssuerUnavailable        whoever signed a token cannot be asked for its keys
    ├── SearchNotReady           the search index is being built
    ├── StorageUnavailable       storage does not answer, or refuses to
    └── NewerSchema              the data was written by a newer Larder
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import ClassVar, Final

_NAME: Final = re.compile(r"[A-Za-z0-9_.+-]{1,100}")


class FeedError(Exception):
    """Base of every error whose message is fit for the client's eyes."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR


class Invalid(FeedError):
    status = HTTPStatus.BAD_REQUEST


class InvalidVersion(Invalid):
    def __init__(self, text: str, rule: str = "it is not a NuGet version") -> None:
        super().__init__(f"version {shown(text)}: {rule}")


class InvalidRange(Invalid):
    def __init__(self, text: str, rule: str = "it is not a NuGet version range") -> None:
        super().__init__(f"version range {shown(text)}: {rule}")


class InvalidPackageId(Invalid):
    def __init__(self, text: str, rule: str) -> None:
        super().__init__(f"package id {shown(text)}: {rule}")


class InvalidFramework(Invalid):
    def __init__(self, text: str) -> None:
        super().__init__(f"target framework {shown(text)} is not known to NuGet")


class InvalidTimestamp(Invalid):
    def __init__(self, text: str) -> None:
        super().__init__(f"{shown(text)} is not a time like 2024-02-29T12:00:00.1234567Z")


class InvalidLicense(Invalid):
    def __init__(self, text: str, rule: str) -> None:
        super().__init__(f"license expression {shown(text)}: {rule}")


class Faults(Invalid):
    """A thing with several faults, which are reported together."""

    thing: ClassVar[str]
    most: ClassVar[int] = 20
    """Faults that the message lists: a hostile package can have one for each of 65,000 entries."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        listed = "; ".join(self.faults[: self.most])
        rest = len(self.faults) - self.most
        super().__init__(f"{self.thing}: {listed}{f'; and {rest} more' if rest > 0 else ''}")


class InvalidManifest(Faults):
    thing = "the nuspec is invalid"


class InvalidArchive(Faults):
    thing = "the package is invalid"


class InvalidPdb(Invalid):
    """Its message goes on from the name of the PDB: it "is a Windows PDB"."""


class InvalidRequest(Invalid):
    pass


class InvalidKey(Invalid):
    def __init__(self) -> None:
        super().__init__("the key is incomplete, mistyped or of another feed")


class InvalidTerms(Faults):
    thing = "such a key cannot be made"


class Unauthorized(FeedError):
    status = HTTPStatus.UNAUTHORIZED


class TokenRefused(Unauthorized):
    """Says one thing to whoever sent it, whatever is wrong: `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("this token is not taken here: the feed's own log says why")


class Forbidden(FeedError):
    status = HTTPStatus.FORBIDDEN


class KeyRefused(Forbidden):
    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(f"the key {key} {reason}" if key else f"the key {reason}")


class NotFound(FeedError):
    status = HTTPStatus.NOT_FOUND


class PackageNotFound(NotFound):
    def __init__(self, package_id: object) -> None:
        super().__init__(f"this feed has no package {_named(package_id)}")


class VersionNotFound(NotFound):
    def __init__(self, package_id: object, version: object) -> None:
        super().__init__(f"this feed has no {_named(package_id)} {_named(version)}")


class NothingToDebug(VersionNotFound):
    def __init__(self, package_id: object, version: object) -> None:
        super().__init__(package_id, version)
        self.args = (f"{self}, so it takes no symbols of it: push the package first",)


class PdbNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("this feed has no such symbols")


class FileNotFound(NotFound):
    def __init__(self, package_id: object, version: object, file: str) -> None:
        super().__init__(f"{package_id} {version} has no {shown(file)}")


class FileGone(NotFound):
    def __init__(self) -> None:
        super().__init__("the file was here when the request began, and is gone")


class KeyNotFound(NotFound):
    def __init__(self, text: str) -> None:
        super().__init__(f"this feed has no key {shown(text)}")


class NothingHere(NotFound):
    def __init__(self, method: str, path: str, source: str) -> None:
        super().__init__(f"this feed has nothing at {method} {path}: its source is {source}")


class PolicyNotFound(NotFound):
    def __init__(self, policy_id: str) -> None:
        super().__init__(f"this feed has no policy {shown(policy_id)}")


class PackageExists(FeedError):
    status = HTTPStatus.CONFLICT

    def __init__(self, package_id: object, version: object) -> None:
        super().__init__(f"{package_id} {version} is already on this feed")


class NumberTaken(PackageExists):
    def __init__(self, package_id: object, version: object) -> None:
        super().__init__(package_id, version)
        self.args = (f"{package_id} {version} was deleted for good, and its number stays taken",)


class KeyEnded(FeedError):
    status = HTTPStatus.CONFLICT

    def __init__(self, key: str, fault: str) -> None:
        super().__init__(f"the key {shown(key)} {fault}: create a new one")


class TooLarge(FeedError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class RangeNotSatisfiable(FeedError):
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"the file has no such part: it has {size} bytes")


class TooManyGuesses(FeedError):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many wrong keys came: try again in {retry_after} seconds")


class Unavailable(FeedError):
    """Worth another try; `retry_after` seconds from now is soon enough."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after: ClassVar[int] = 5


class Busy(Unavailable):
    pass


class Contended(Unavailable):
    retry_after = 1

    def __init__(self, name: str) -> None:
        super().__init__(f"too many writers at {name}, try again")


class IssuerUnavailable(Unavailable):
    retry_after = 10

    def __init__(self, issuer: str) -> None:
        super().__init__(f"{issuer} cannot be asked for its keys right now")


class SearchNotReady(Unavailable):
    def __init__(self) -> None:
        super().__init__("the search index is being built, try again in a moment")


class StorageUnavailable(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"the feed's storage cannot be used right now: {reason}")


class NewerSchema(Unavailable):
    retry_after = 3600

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"this feed's data has schema {found} and this Larder knows {known}: "
            "install the newer Larder that wrote it"
        )


def _named(value: object) -> str:
    """Write a name as it is, and quote what is none."""
    text = str(value)
    return text if _NAME.fullmatch(text) else shown(text)


def shown(text: str, limit: int = 80) -> str:
    """Quote what somebody sent, cut to a length that fits a log line."""
    return repr(text if len(text) <= limit else f"{text[:limit]}…")
