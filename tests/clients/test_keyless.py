"""A pipeline that stores no key: it pushes with one that it got for its token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from feed.app import Feed
from feed.services.callers import Scope
from feed.services.publishers import GitHub
from tests.api.holders import by_token
from tests.builders import nupkg
from tests.clients import programs
from tests.clients.machines import SOURCE, Machine
from tests.clients.nuget import NuGet
from tests.feeds import ADDRESS, memory_feed, served
from tests.issuers import github, running
from tests.keys import ME, ManualClock
from tests.ports import free_port

pytestmark = pytest.mark.client


@pytest.fixture
def port() -> int:
    """A port that is free: the feed has to know its own address from the start."""
    return free_port()


@pytest.fixture
async def feed(port: int) -> AsyncIterator[Feed]:
    async with running() as issuer:
        feed = memory_feed(
            clock=ManualClock(),
            fetch=issuer.fetch,
            read="private",
            public_url=f"http://127.0.0.1:{port}",
            github_audience=ADDRESS,
        )
        scopes = frozenset({Scope.PUSH_NEW})
        await feed.trust.add(GitHub("contoso/tools", "release.yml"), scopes, ("Contoso.*",), ME)
        yield feed


async def test_a_private_feed_takes_a_push_with_the_key_for_a_token(
    feed: Feed, port: int, mono: tuple[str, ...], tmp_path: Path
) -> None:
    async with served(feed, port):
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"{address}/api/v2/token", headers=by_token(github()))
        key = answer.json()["apiKey"]
        machine = Machine.make(tmp_path / "machine", address)
        machine.save("Contoso.Tiny.1.0.0.nupkg", nupkg("Contoso.Tiny"))
        nuget = NuGet((*mono, programs.get_client(programs.NUGET)), machine)
        pushed = await asyncio.to_thread(
            nuget.run,
            *("push", "Contoso.Tiny.1.0.0.nupkg", "-Source", SOURCE, "-ApiKey", key),
            **{f"NuGetPackageSourceCredentials_{SOURCE}": f"Username=anybody;Password={key}"},
        )
    assert pushed.exit_code == 0, pushed.output
    assert "Your package was pushed." in pushed.output
