"""Whether the feed's storage can be used, and was not written by a newer Larder."""

from dataclasses import dataclass

from feed.services import paths
from feed.services.log import Log
from feed.storage.blobs import Blobs


@dataclass(frozen=True, slots=True)
class Health:
    blobs: Blobs
    log: Log

    async def check(self) -> None:
        """Read one row and one blob; what is wrong is raised, with words for the operator."""
        await self.log.find_head()
        await self.blobs.find(paths.PROBE)
