"""What each hive of registration answers, made of the stored document of an id."""

from collections.abc import Callable
from dataclasses import dataclass

from feed.errors import NotFound, PackageNotFound, VersionNotFound
from feed.nuget import registration
from feed.nuget.identity import PackageId
from feed.nuget.urls import Hive, Urls
from feed.nuget.version import Version
from feed.services import paths
from feed.services.answers import Answer
from feed.services.cache import Cache


@dataclass(frozen=True, slots=True)
class Registrations:
    cache: Cache
    urls: Urls

    async def get_index(self, hive: Hive, package_id: PackageId) -> Answer:
        answer = await self._find(registration.index, hive, package_id)
        if answer is None:
            raise PackageNotFound(package_id)
        return answer

    async def get_page(
        self, hive: Hive, package_id: PackageId, lower: Version, upper: Version
    ) -> Answer:
        answer = await self._find(registration.page, hive, package_id, lower, upper)
        if answer is None:
            raise NotFound(f"this feed has no {package_id} from {lower} to {upper}")
        return answer

    async def get_leaf(self, hive: Hive, package_id: PackageId, version: Version) -> Answer:
        answer = await self._find(registration.leaf, hive, package_id, version)
        if answer is None:
            raise VersionNotFound(package_id, version)
        return answer

    async def _find(
        self,
        write: Callable[..., bytes | None],
        hive: Hive,
        package_id: PackageId,
        *versions: Version,
    ) -> Answer | None:
        def render(document: bytes) -> Answer | None:
            text = write(document, hive, self.urls, *versions)
            if text is None:
                return None
            return Answer.gzipped(text) if hive.is_gzipped else Answer.plain(text)

        name = (write, hive, versions)
        return await self.cache.find_answer(paths.registration(package_id), name, render)
