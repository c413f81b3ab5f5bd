"""What can change about a version after its push: listed or not, deprecated, deleted.

Every change takes the road of the push (services/publishing.py): an intent, one
row replaced under its ETag, the event, the documents. Asked for what is so
already, a change does nothing but bring to its end what may be pending.
"""

import logging
from dataclasses import dataclass, replace
from typing import Literal

from feed.errors import InvalidRequest, VersionNotFound
from feed.nuget.catalog import Verb
from feed.nuget.deprecation import Alternate, DeprecationRequest
from feed.nuget.identity import PackageId
from feed.nuget.leaf import VersionState
from feed.nuget.version import Version
from feed.services import paths, records
from feed.services.callers import Caller
from feed.services.completion import Committed, Completion
from feed.services.log import Apply, Log
from feed.services.truth import Truth

logger = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class Changes:
    truth: Truth
    log: Log
    completion: Completion
    delete_means: Literal["unlist", "hard"] = "unlist"

    async def unlist(self, package_id: PackageId, version: Version, caller: Caller) -> None:
        await self._change(Verb.UNLIST, package_id, version, caller, _unlisted)

    async def relist(self, package_id: PackageId, version: Version, caller: Caller) -> None:
        await self._change(Verb.RELIST, package_id, version, caller, _relisted)

    async def deprecate(
        self, package_id: PackageId, request: DeprecationRequest, caller: Caller
    ) -> None:
        """Deprecate versions, or take that back; when one is not there, none is changed."""
        caller.check_change(package_id)
        for version in request.versions:
            _there(records.state(await self.truth.get_row(package_id, version)))
        if request.alternate and not await self._has(request.alternate):
            raise InvalidRequest(f"this feed has no {request.alternate} to use instead")

        def deprecated(state: VersionState) -> VersionState:
            listed = state.listed if request.listed is None else request.listed
            return replace(state, deprecation=request.deprecation, listed=listed)

        for version in request.versions:
            await self._change(Verb.DEPRECATE, package_id, version, caller, deprecated)

    async def delete(self, package_id: PackageId, version: Version, caller: Caller) -> None:
        """Unlist a version, or remove it for good, whichever this feed means by delete."""
        if self.delete_means == "unlist":
            await self.unlist(package_id, version, caller)
        else:
            await self._change(Verb.DELETE, package_id, version, caller, _deleted)

    async def _has(self, alternate: Alternate) -> bool:
        wanted = alternate.version and paths.version_row(alternate.id, alternate.version)
        async for row in self.truth.rows.query(paths.version_rows(alternate.id)):
            if wanted in (None, row.key) and not records.state(row).deleted:
                return True
        return False

    async def _change(
        self, verb: Verb, package_id: PackageId, version: Version, caller: Caller, apply: Apply
    ) -> None:
        actor = caller.check_change(package_id)
        row = await self.truth.get_row(package_id, version)
        found = records.state(row)
        if found.deleted or apply(found) == found:
            await self.completion.complete_pending(found)
            _there(found)
            return
        intent = await self.log.intend(verb, found.id, version, actor)
        head = await self.log.find_head()
        state = await self.log.change(row, intent, lambda state: apply(_there(state)))
        await self.completion.complete(Committed(state, intent, head=head))
        extra = {"package": state.id, "version": state.version, **actor.fields}
        logger.info(verb.value, extra=extra)


def _there(state: VersionState) -> VersionState:
    if state.deleted:
        raise VersionNotFound(state.id, state.version)
    return state


def _unlisted(state: VersionState) -> VersionState:
    return replace(state, listed=False)


def _relisted(state: VersionState) -> VersionState:
    return replace(state, listed=True)


def _deleted(state: VersionState) -> VersionState:
    abandoned = (state.attempt, *filter(None, [state.symbols]))
    gone = replace(state, files=(), deprecation=None, symbols=None, abandoned=abandoned)
    return replace(gone, listed=False, deleted=True)
