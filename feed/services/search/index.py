"""The index: what the log told of packages, in a folder, and what queries find there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import tantivy

from feed.nuget.identity import PackageId
from feed.nuget.search import Hit
from feed.nuget.search_package import Change, Known, Package
from feed.nuget.search_query import parse_query
from feed.nuget.search_request import Request
from feed.services.search import fields, plan
from feed.services.search.plan import Plan
from feed.services.search.ranking import rank

_WRITER_BYTES: Final = 20_000_000
_WORTH_RECOUNTING: Final = 1.1

_MOST_DOCUMENTS: Final = 4
"""Of one id: as many as there are views."""


@dataclass(frozen=True, slots=True)
class Found:
    total: int
    """Of all pages."""

    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a feed has, unlisted versions too."""

    packages: int
    versions: int
    size: int
    """Of all nupkgs, in bytes."""


class Index:
    """One thread may change it while any number of others search."""

    def __init__(self, folder: Path, sequence: int = 0) -> None:
        """Open what lies in the folder, or begin an empty index there."""
        self.folder = folder
        self.sequence = sequence
        """It holds every event before this one."""

        self._engine = tantivy.Index(fields.SCHEMA, path=str(folder))
        self._engine.config_reader(reload_policy="manual")
        self._searcher = self._engine.searcher()
        self._writer: tantivy.IndexWriter | None = None

    def changed(self, changes: Iterable[Change]) -> dict[str, Package]:
        """Say what events make of the packages that they are about, by lower id."""
        by_id = groupby(sorted(changes, key=_lower_id), key=_lower_id)
        return {lower_id: self._package(lower_id).changed(each) for lower_id, each in by_id}

    def put(self, packages: Mapping[str, Package], sequence: int) -> None:
        """Take in what these packages are after every event before `sequence`."""
        if packages:
            self._writer = self._writer or self._engine.writer(_WRITER_BYTES, num_threads=1)
            for lower_id, package in packages.items():
                self._writer.delete_documents_by_term(fields.ID, lower_id)
                for document in fields.documents(lower_id, package):
                    self._writer.add_document(document)
            self._writer.commit()
            self._engine.reload()
            self._searcher = self._engine.searcher()
        self.sequence = sequence

    def recount(self, downloads: Mapping[str, Mapping[str, int]]) -> None:
        """Take in how often the versions of some ids were downloaded, where it matters."""
        changed = {}
        for lower_id, counts in downloads.items():
            package = self._package(lower_id)
            counted = package.counted(counts)
            # To index a package again costs more than a few downloads are worth.
            if counted.downloads > package.downloads * _WORTH_RECOUNTING:
                changed[lower_id] = counted
        self.put(changed, self.sequence)

    def settle(self) -> None:
        """Let the writer finish: until the next change, the folder stays as it is."""
        if self._writer:
            self._writer.wait_merging_threads()
            self._writer = None

    def search(self, request: Request) -> Found:
        query = parse_query(request.text)
        return self._find(plan.search(query, request.view, request.package_type), request)

    def dependents(self, package_id: PackageId, request: Request) -> Found:
        """Find the packages whose shown version depends on an id."""
        return self._find(plan.dependents(package_id.lower, request.view), request)

    def complete(self, request: Request) -> Found:
        """Find the ids that somebody may mean who has typed so far."""
        return self._find(plan.complete(request.text, request.view, request.package_type), request)

    def near(self, package_id: PackageId, request: Request) -> Found:
        """Find the ids that somebody may mean who named one that is not there."""
        return self._find(plan.near(str(package_id), request.view), request)

    def sums(self) -> Sums:
        """Count and measure everything, at the cost of one column each."""
        asked = {
            "packages": {"value_count": {"field": fields.COUNT}},
            "versions": {"sum": {"field": fields.COUNT}},
            "size": {"sum": {"field": fields.SIZE}},
        }
        found = self._searcher.aggregate(tantivy.Query.all_query(), asked)
        return Sums(**{name: int(each["value"]) for name, each in found.items()})

    def versions(self, package_id: PackageId) -> tuple[Known, ...]:
        return self._package(package_id.lower).versions

    def _package(self, lower_id: str) -> Package:
        query = plan.term(fields.ID, lower_id)
        found = self._searcher.search(query, limit=_MOST_DOCUMENTS, count=False)
        return fields.package(self._searcher.doc(address) for _, address in found.hits)

    def _find(self, what: Plan, request: Request) -> Found:
        searcher = self._searcher  # a change puts another one in its place
        ranking = rank(searcher, what, request.skip, request.end)
        return Found(ranking.total, [fields.hit(searcher.doc(each)) for each in ranking.page])


def _lower_id(change: Change) -> str:
    return change[0].id.lower()
