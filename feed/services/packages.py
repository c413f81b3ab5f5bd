"""What the feed has of a package: its versions, and the files of each."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from feed.errors import FileGone, FileNotFound, PackageNotFound, VersionNotFound
from feed.nuget import content
from feed.nuget.files import FileKind, media_type
from feed.nuget.identity import PackageId
from feed.nuget.leaf import find_file
from feed.nuget.version import Version
from feed.services import paths
from feed.services.answers import Answer
from feed.services.cache import Cache
from feed.storage.blobs import Blobs

# Storage looks at it when a download begins, not while one goes on.
_ADDRESS_LIFETIME: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where a file lies and what it is; nothing under its path ever changes."""

    path: str
    media_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class LargeFile(StoredFile):
    """A file that is never held in memory."""

    size: int
    filename: str
    """What to save it as."""


@dataclass(frozen=True, slots=True)
class Packages:
    blobs: Blobs
    cache: Cache
    redirects: bool
    """Whether clients may fetch packages from storage itself."""

    async def get_versions(self, package_id: PackageId) -> bytes:
        """Answer which versions can be downloaded."""
        path = paths.versions(package_id)
        answer = await self.cache.find_answer(path, content.versions, _list_versions)
        if answer is None:
            raise PackageNotFound(package_id)
        return answer.body

    async def get_nupkg(self, package_id: PackageId, version: Version) -> LargeFile:
        entry = await self._get_version(package_id, version)
        return LargeFile(
            path=paths.file(package_id, version, entry.attempt, paths.NUPKG),
            media_type=media_type(paths.NUPKG),
            etag=_etag(entry),
            size=entry.size,
            filename=f"{package_id.lower}.{version.lower}.nupkg",
        )

    async def get_file(self, package_id: PackageId, version: Version, kind: FileKind) -> StoredFile:
        """Find one of the small files, which not every version has."""
        entry = await self._get_version(package_id, version)
        name = paths.NUSPEC if kind is FileKind.NUSPEC else find_file(entry.files, kind)
        if name is None:
            raise FileNotFound(package_id, version, kind.value)
        return StoredFile(
            path=paths.file(package_id, version, entry.attempt, name),
            media_type=media_type(name),
            etag=_etag(entry),
        )

    async def find_address(self, file: LargeFile) -> str | None:
        """Return where a client can fetch it from storage for some minutes, if it may."""
        if not self.redirects:
            return None
        return await self.blobs.signed_url(
            file.path,
            lifetime=_ADDRESS_LIFETIME,
            filename=file.filename,
            content_type=file.media_type,
        )

    async def start(self, file: LargeFile, offset: int, length: int) -> AsyncIterator[bytes]:
        """Begin to read a part of a file, piece by piece."""
        stream = await self.blobs.open(file.path, offset=offset, length=length)
        if stream is None:
            raise FileGone
        return stream.chunks

    async def read(self, file: StoredFile) -> bytes:
        blob = await self.blobs.find(file.path)
        if blob is None:
            raise FileGone
        return blob.body

    async def _get_version(self, package_id: PackageId, version: Version) -> content.VersionEntry:
        document = await self.cache.find(paths.versions(package_id))
        if document is None:
            raise PackageNotFound(package_id)
        entry = content.find_version(document.body, version)
        if entry is None or entry.deleted:
            raise VersionNotFound(package_id, version)
        return entry


def _list_versions(document: bytes) -> Answer | None:
    text = content.versions(document)
    return Answer.plain(text) if text else None


def _etag(entry: content.VersionEntry) -> str:
    return f'"{entry.attempt}"'
