"""What tests of services do with a feed: push into it, and look at what it stored."""

import base64
import hashlib
import io

import orjson

from feed.app import Feed
from feed.nuget import content
from feed.nuget.catalog import Event
from feed.nuget.identity import PackageId
from feed.nuget.version import Version
from feed.services.callers import Caller, Grant, Scope
from feed.services.publishing import Pushed
from feed.services.receiving import Received
from tests.builders import nupkg

ADMIN = Caller((Grant("admin", frozenset(Scope)),))


def holder(*scopes: Scope, name: str = "ci", patterns: tuple[str, ...] = ()) -> Caller:
    """Somebody with one key."""
    return Caller((Grant(name, frozenset(scopes), patterns, key="0123456789"),))


def received(package: bytes) -> Received:
    digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
    return Received(io.BytesIO(package), len(package), digest)


async def push(feed: Feed, package_id: str, version: str, caller: Caller = ADMIN) -> Pushed:
    return await feed.publishing.push(received(nupkg(package_id, version)), caller)


async def versions(feed: Feed, package_id: str) -> list[str]:
    """The versions that the version list names, in its order."""
    document = await feed.documents.find_versions(PackageId.parse(package_id))
    answer = content.versions(document.blob.body) if document.blob else None
    return list(orjson.loads(answer)["versions"]) if answer else []


async def events(feed: Feed) -> list[Event]:
    return await feed.log.events(0, limit=10_000)


def identity(package_id: str, version: str) -> tuple[PackageId, Version]:
    return PackageId.parse(package_id), Version.parse(version)
