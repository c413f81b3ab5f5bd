"""What is stored for the registration of an id: every version rendered beforehand.

The document is lines. The first is a header, JSON that says of every version
what an answer has to choose and count by. Then comes one line for each version,
its leaf item, rendered when the version changed and never since; a deleted
version's line is empty. So an answer is lines joined together, not a large
document parsed and written again.

A line serves every hive and any public address. Control characters stand for
what differs: JSON escapes them in whatever a package says, so where one stands
bare, we put it. HIVE and FEED stand for the beginning of an address, and what
lies between two SINCE_SEMVER2 is left out of the hives that are older than it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

import orjson

from feed.nuget.details import (
    address,
    commit,
    describe,
    describe_dependencies,
    describe_deprecation,
    present,
    published,
    require_leaf,
)
from feed.nuget.documents import SCHEMA, check_schema, merge_newest
from feed.nuget.identity import PackageId
from feed.nuget.leaf import Leaf, VersionState, find_file
from feed.nuget.urls import Hive, RegistrationUrls, Urls
from feed.nuget.version import Version

HIVE = b"\x01"
FEED = b"\x02"
SINCE_SEMVER2 = b"\x03"

IN_HIVE = RegistrationUrls(HIVE.decode())
IN_FEED = Urls(FEED.decode())

Change = tuple[VersionState, Leaf | None]
"""What became of a version, and its leaf, which a deleted one does not need."""


class Line(TypedDict):
    """What the header says of a version."""

    version: str
    revision: int
    change: str
    semver2: bool
    deleted: bool


Stored = tuple[Line, bytes]


@dataclass(frozen=True, slots=True)
class Registration:
    """A stored document, opened: its versions in ascending order, deleted ones too."""

    id: str
    versions: list[Stored]

    @property
    def package_id(self) -> PackageId:
        return PackageId.parse(self.id)


def merge(document: bytes | None, changes: Iterable[Change]) -> bytes:
    """Return the document with these changes in it, unless it knows newer ones."""
    known = Registration("", []) if document is None else read(document)
    changed = [(state.id.lower(), _store(state, leaf)) for state, leaf in changes]
    versions = merge_newest(
        {key(line): (line, fragment) for line, fragment in known.versions},
        ((key(line), (line, fragment)) for _, (line, fragment) in changed),
        revision,
    ).values()
    package_id = changed[0][0] if changed else known.id
    header = {"schema": SCHEMA, "id": package_id, "versions": [line for line, _ in versions]}
    return b"\n".join([orjson.dumps(header), *(fragment for _, fragment in versions)])


def read(document: bytes) -> Registration:
    header, *fragments = document.split(b"\n")
    stored = orjson.loads(header)
    check_schema(stored["schema"])
    return Registration(stored["id"], list(zip(stored["versions"], fragments, strict=True)))


def resolve(body: bytes, hive: Hive, urls: Urls) -> bytes:
    """Make of lines from a document what one hive says at the feed's public address."""
    parts = body.split(SINCE_SEMVER2)
    body = b"".join(parts if hive.shows_semver2 else parts[::2])
    body = body.replace(HIVE, urls.registration(hive).base.encode())
    return body.replace(FEED, urls.base.encode())


def key(line: Line) -> str:
    return line["version"].lower()


def revision(stored: Stored) -> int:
    return stored[0]["revision"]


def _store(state: VersionState, leaf: Leaf | None) -> Stored:
    line = Line(
        version=str(Version.parse(state.version)),
        revision=state.revision,
        change=state.change,
        semver2=state.semver2,
        deleted=state.deleted,
    )
    if state.deleted:
        return line, b""
    return line, _render(state, require_leaf(leaf, f"{state.id} {state.version}"))


def _render(state: VersionState, leaf: Leaf) -> bytes:
    """Render the leaf item of a page, for every hive and any public address."""
    package_id, version = PackageId.parse(state.id), Version.parse(state.version)
    return orjson.dumps(
        {
            "@id": address(IN_HIVE.leaf(package_id, version)),
            "@type": "Package",
            **commit(state.change, state.revision),
            "packageContent": address(IN_FEED.nupkg(package_id, version)),
            "registration": address(IN_HIVE.index(package_id)),
            "catalogEntry": orjson.Fragment(_render_entry(state, leaf, package_id, version)),
        }
    )


def _render_entry(
    state: VersionState, leaf: Leaf, package_id: PackageId, version: Version
) -> bytes:
    about = IN_FEED.newest_catalog_leaf(package_id, version)
    groups = describe_dependencies(leaf.manifest.dependency_groups, about, IN_HIVE)
    readme = find_file(leaf.files, "readme") and address(IN_FEED.package(package_id, version))
    entry = {
        "@id": address(about),
        "@type": "PackageDetails",
        **describe(leaf, package_id, version, IN_FEED),
        "listed": state.listed,
        "published": published(state.published, listed=state.listed),
        "packageContent": address(IN_FEED.nupkg(package_id, version)),
        # nuget.org writes one empty tag where there are none.
        "tags": leaf.manifest.tags or [""],
        "dependencyGroups": groups or None,
        "readmeUrl": readme,
    }
    return _with_deprecation(orjson.dumps(present(entry)), state, about)


def _with_deprecation(entry: bytes, state: VersionState, about: str) -> bytes:
    if state.deprecation is None:
        return entry
    deprecation = orjson.dumps(describe_deprecation(state.deprecation, about))
    marked = SINCE_SEMVER2 + b',"deprecation":' + deprecation + SINCE_SEMVER2
    return entry.removesuffix(b"}") + marked + b"}"
