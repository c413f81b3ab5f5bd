"""Whether the feed's storage can be used."""

from dataclasses import dataclass

from feed.services import paths
from feed.storage.blobs import Blobs
from feed.storage.rows import Rows


@dataclass(frozen=True, slots=True)
class Health:
    blobs: Blobs
    rows: Rows

    async def check(self) -> None:
        """Read one row and one blob; what is wrong is raised, with words for the operator."""
        await self.rows.find(paths.HEAD)
        await self.blobs.find("health")
