"""Policies on storage that loses answers, and under the hands of others."""

from collections.abc import AsyncIterator, Mapping

import pytest

from feed.app import Feed
from feed.errors import Contended, InvalidRequest, InvalidTerms, PolicyNotFound, TokenRefused
from feed.services.callers import Scope
from feed.services.jwt import Token
from feed.services.publishers import GitHub
from feed.services.trust import Policy
from feed.storage.memory import MemoryRows
from feed.storage.rows import Key, Row, RowChanged, RowExists, Value
from tests.feeds import memory_feed
from tests.issuers import github, running
from tests.keys import ME, ManualClock

WORKFLOW = GitHub("contoso/tools", "release.yml")
PUSHES = frozenset({Scope.PUSH})


class ForgetfulRows(MemoryRows):
    """Memory whose answers to creates are lost, so that each is sent twice."""

    async def create(self, key: Key, values: Mapping[str, Value]) -> str:
        await super().create(key, values)
        raise RowExists(key)


class BusyRows(MemoryRows):
    """Memory in which others come first, as often as a test says."""

    rivals = 0

    async def replace(self, key: Key, values: Mapping[str, Value], *, etag: str) -> str:
        if self.rivals:
            self.rivals -= 1
            raise RowChanged(key)
        return await super().replace(key, values, etag=etag)


class VanishingRows(MemoryRows):
    """Memory from which a policy is removed between the look at all of them and the use of one."""

    async def find(self, key: Key) -> Row | None:
        return None if key.partition == "trust" else await super().find(key)


async def add(feed: Feed) -> Policy:
    return await feed.trust.add(WORKFLOW, PUSHES, ("*",), ME)


@pytest.fixture
def rows() -> BusyRows:
    return BusyRows()


@pytest.fixture
async def feed(rows: BusyRows) -> AsyncIterator[Feed]:
    async with running() as issuer:
        yield memory_feed(rows=rows, clock=ManualClock(), fetch=issuer.fetch)


async def test_lost_answers_do_no_harm() -> None:
    async with running() as issuer:
        feed = memory_feed(rows=ForgetfulRows(), clock=ManualClock(), fetch=issuer.fetch)
        policy = await add(feed)
        new = await feed.exchange.get_key(github(), "")
        assert await feed.trust.all() == [
            Policy(policy.id, WORKFLOW, PUSHES, ("*",), policy.created, pinned="42/7001")
        ]
        assert await feed.keys.all() == [new.key]


async def test_a_policy_is_for_packages_that_are_said(feed: Feed) -> None:
    with pytest.raises(InvalidRequest, match="say which packages it is for"):
        await feed.trust.add(WORKFLOW, PUSHES, (), ME)
    with pytest.raises(InvalidTerms):
        await feed.trust.add(WORKFLOW, PUSHES, ("[a-z]",), ME)
    assert await feed.trust.all() == []


@pytest.mark.parametrize("length", range(50, 70))
async def test_a_long_name_is_cut_for_the_name_of_its_keys(length: int, feed: Feed) -> None:
    repository = "contoso/".ljust(length, "x")
    policy = await feed.trust.add(GitHub(repository, "release.yml"), PUSHES, ("*",), ME)
    assert policy.terms.name == f"{repository} release.yml"[:64].rstrip()


async def test_what_is_done_to_policies_is_in_the_audit(feed: Feed) -> None:
    policy = await add(feed)
    assert await feed.trust.remove(policy.id, ME) == policy
    with pytest.raises(PolicyNotFound):
        await feed.trust.remove(policy.id, ME)
    said = [(deed.verb, deed.subject, deed.actor) async for deed in feed.audit.deeds()]
    assert sorted(said) == sorted([("add-policy", policy.id, ME), ("remove-policy", policy.id, ME)])


async def test_a_first_use_that_others_interrupt_is_tried_again(feed: Feed, rows: BusyRows) -> None:
    await add(feed)
    rows.rivals = 2
    await feed.exchange.get_key(github(), "")
    assert (await feed.trust.all())[0].pinned == "42/7001"


async def test_a_first_use_that_others_keep_interrupting_gives_up_and_keeps_the_token(
    feed: Feed, rows: BusyRows
) -> None:
    policy, token = await add(feed), github()
    rows.rivals = 1000
    with pytest.raises(Contended):
        await feed.trust.pin(policy, Token.parse(token))
    rows.rivals = 0
    await feed.exchange.get_key(token, "")


async def test_a_first_user_who_comes_second_gets_nothing(feed: Feed) -> None:
    policy = await add(feed)
    await feed.trust.pin(policy, Token.parse(github()))
    with pytest.raises(TokenRefused) as refused:
        await feed.trust.pin(policy, Token.parse(github(repository_id="7002")))
    assert refused.value.reason == "somebody else was the first to use the policy"


async def test_a_policy_that_has_just_been_removed_gives_nothing() -> None:
    async with running() as issuer:
        feed = memory_feed(rows=VanishingRows(), clock=ManualClock(), fetch=issuer.fetch)
        await add(feed)
        with pytest.raises(TokenRefused) as refused:
            await feed.exchange.get_key(github(), "")
        assert refused.value.reason == "the policy that it fits has just been removed"
        assert await feed.keys.all() == []
