"""`repair` and `rebuild`, as they are typed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from feed.app import Feed
from feed.cli.azurite import local_storage
from feed.cli.commands import larder
from feed.cli.errors import StorageUnusable
from feed.cli.feeds import Where, on_feed
from feed.errors import PackageNotFound
from feed.nuget.identity import PackageId
from feed.services import paths
from feed.services.records import SCHEMA, Head
from tests.cli.processes import needs_azurite
from tests.cli.test_serve import refused
from tests.services.pushes import identity, push

pytestmark = [
    pytest.mark.azurite,
    pytest.mark.process,
    pytest.mark.usefixtures(needs_azurite.__name__),
]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where a feed has its storage running, so that the commands find it and need not start it."""
    with local_storage(tmp_path):
        yield tmp_path


def printed(*arguments: object) -> str:
    runner = CliRunner(env={name: None for name in os.environ if name.startswith("FEED_")})
    done = runner.invoke(larder(), [str(each) for each in arguments])
    if done.exception:
        raise done.exception
    return done.stdout


async def push_two_and_lose_one(feed: Feed) -> None:
    await push(feed, "Tiny", "1.0.0")
    await push(feed, "Small", "1.0.0")
    await feed.storage.blobs.delete(paths.registration(PackageId.parse("tiny")))


def test_repair_says_what_it_did(directory: Path) -> None:
    on_feed(Where(directory, None), push_two_and_lose_one)
    done = "changes finished: 0, attempts dropped: 0, events documented again: 2\n"
    assert printed("repair", "--data", directory) == done
    assert printed("repair", "--data", directory) == "nothing to repair\n"


def test_rebuild_names_the_ids_whose_documents_were_wrong(directory: Path) -> None:
    on_feed(Where(directory, None), push_two_and_lose_one)
    assert printed("rebuild", "small", "--data", directory) == "ids: 1, corrected: 0\n"
    assert printed("rebuild", "--data", directory) == "corrected Tiny\nids: 2, corrected: 1\n"
    with pytest.raises(PackageNotFound):
        printed("rebuild", "nothing", "--data", directory)


async def push_one_and_lose_its_leaf(feed: Feed) -> None:
    state = (await push(feed, "Tiny", "1.0.0")).state
    await feed.storage.blobs.delete(paths.leaf(*identity("tiny", "1.0.0"), state.attempt))


def test_repair_fails_where_something_is_gone_that_was_pushed(directory: Path) -> None:
    on_feed(Where(directory, None), push_one_and_lose_its_leaf)
    done = CliRunner().invoke(larder(), ["repair", "--data", str(directory)])
    told = "changes finished: 0, attempts dropped: 0, events documented again: 1\n"
    assert (done.exit_code, done.stdout) == (1, told)
    assert done.stderr.splitlines()[-1].startswith("damaged tiny: leaves/tiny/1.0.0/")


async def become_newer(feed: Feed) -> None:
    await feed.storage.rows.put(paths.HEAD, Head(schema=SCHEMA + 1).values())


NEWER = "this feed's data has schema 2 and this Larder knows 1: install the newer Larder"


@pytest.mark.parametrize("command", ["repair", "rebuild"])
def test_no_command_touches_what_a_newer_larder_wrote(directory: Path, command: str) -> None:
    on_feed(Where(directory, None), become_newer)
    with pytest.raises(StorageUnusable, match=NEWER):
        printed(command, "--data", directory)


def test_serve_does_not_start_on_what_a_newer_larder_wrote(tmp_path: Path) -> None:
    on_feed(Where(tmp_path, None), become_newer)
    exit_code, words = refused("--data", tmp_path)
    assert (exit_code, NEWER in words) == (2, True)


def test_rebuild_fails_where_something_is_gone_that_was_pushed(directory: Path) -> None:
    on_feed(Where(directory, None), push_one_and_lose_its_leaf)
    done = CliRunner().invoke(larder(), ["rebuild", "--data", str(directory)])
    assert (done.exit_code, done.stdout) == (1, "ids: 1, corrected: 0\n")
    assert done.stderr.startswith("damaged Tiny: leaves/tiny/1.0.0/")
