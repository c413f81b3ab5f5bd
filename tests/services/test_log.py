"""The log's own rules: one event for each intent, pages, and data from the future."""

import asyncio
from dataclasses import replace

import pytest

from feed.errors import NewerSchema, Unavailable
from feed.nuget.catalog import PAGE, Verb, sum_up
from feed.nuget.search_card import Card
from feed.services import paths, records
from feed.services.callers import Actor
from feed.services.records import SCHEMA
from tests.builders import nupkg
from tests.feeds import memory_feed
from tests.services.pushes import ADMIN, events, identity, push, received

ME = Actor("me")


async def test_an_intent_becomes_one_event_however_often_it_is_announced() -> None:
    feed = memory_feed()
    told = await feed.truth.tell((await push(feed, "Tiny", "1.0.0")).state)
    intent = await feed.log.intend(Verb.UNLIST, *identity("Tiny", "1.0.0"), ME)
    await asyncio.gather(*(feed.log.announce(intent, told) for _ in range(10)))
    assert len(await events(feed)) == 2


async def test_the_event_that_fills_a_page_leaves_its_row() -> None:
    feed = memory_feed()
    told = await feed.truth.tell((await push(feed, "Tiny", "1.0.0")).state)
    for _ in range(2 * PAGE):
        intent = await feed.log.intend(Verb.UNLIST, *identity("Tiny", "1.0.0"), ME)
        await feed.log.announce(intent, told)
    log = await events(feed)
    rows = [row async for row in feed.storage.rows.query(paths.pages())]
    assert [records.page(row) for row in rows] == [
        sum_up(number, log[number * PAGE : (number + 1) * PAGE]) for number in range(2)
    ]


async def test_an_event_carries_what_search_has_to_know() -> None:
    feed = memory_feed()
    size = (await push(feed, "Tiny", "1.0.0")).state.size
    await feed.changes.unlist(*identity("Tiny", "1.0.0"), ADMIN)
    changes = await feed.log.changes(0, limit=10)
    assert [(event.verb, event.listed) for event, _ in changes] == [
        (Verb.PUSH, True),
        (Verb.UNLIST, False),
    ]
    cards = [Card.model_validate_json(card or "") for _, card in changes]
    card = Card(
        id="Tiny",
        version="1.0.0",
        authors="Contoso",
        description="A package for tests.",
        size=size,
    )
    assert cards == [card, card]


async def test_a_card_of_the_largest_manifest_can_be_announced() -> None:
    feed = memory_feed()
    long = '"' * 4000
    package = nupkg(
        "Tiny",
        title=long[:256],
        authors=long,
        description=long,
        summary=long,
        tags=" ".join(['"'] * 2000),
        project_url=f"https://contoso.example/{long[:3000]}",
        dependencies={f"{'x' * 90}{n}": None for n in range(300)},
    )
    await feed.publishing.push(received(package), ADMIN)
    ((_, card),) = await feed.log.changes(0, limit=10)
    assert Card.model_validate_json(card or "").description == long


async def test_a_process_knows_how_long_it_has_seen_the_log() -> None:
    feed = memory_feed()
    assert feed.log.length == 0
    await push(feed, "Tiny", "1.0.0")
    assert feed.log.length == 1
    other = memory_feed(feed.storage.blobs, feed.storage.rows)
    assert other.log.length == 0
    await other.log.find_head()
    assert other.log.length == 1


async def test_a_feed_that_a_newer_larder_wrote_is_left_alone() -> None:
    feed = memory_feed()
    await push(feed, "Tiny", "1.0.0")
    row = await feed.storage.rows.find(paths.HEAD)
    assert row
    newer = replace(records.Head.of(row), schema=SCHEMA + 1)
    await feed.storage.rows.replace(paths.HEAD, newer.values(), etag=row.etag)
    with pytest.raises(NewerSchema, match="install the newer Larder"):
        async with feed.running():
            pass
    with pytest.raises(NewerSchema):
        await push(feed, "Other", "1.0.0")
    with pytest.raises(Unavailable):
        await feed.health.check()
    assert await feed.truth.find_row(*identity("other", "1.0.0")) is None
