"""Tokens of pipelines, true ones and forged ones: the attacks that a feed has to stand."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from feed.app import Feed
from feed.errors import FeedError, IssuerUnavailable, KeyRefused, TokenRefused, TooManyGuesses
from feed.services import paths
from feed.services.api_key import ApiKey, Terms
from feed.services.callers import Scope
from feed.services.clock import DAY, HOUR, MINUTE
from feed.services.publishers import Entra, GitHub
from feed.services.trust import Policy
from feed.storage.counting import CountingRows, Ledger
from feed.storage.memory import MemoryRows
from tests.feeds import memory_feed
from tests.forgeries import ATTACKS
from tests.issuers import (
    CLIENT,
    FEED_APP,
    SECONDS,
    TENANT,
    Issuer,
    entra,
    github,
    running,
    unsigned,
)
from tests.keys import ME, NOW, ManualClock

WORKFLOW = GitHub("contoso/tools", "release.yml")
PUSHES = frozenset({Scope.PUSH, Scope.PUSH_NEW})


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with running() as issuer:
        yield issuer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rows() -> MemoryRows:
    return MemoryRows()


@pytest.fixture
def feed(issuer: Issuer, clock: ManualClock, rows: MemoryRows) -> Feed:
    return memory_feed(rows=rows, clock=clock, fetch=issuer.fetch, entra_audience=FEED_APP)


@pytest.fixture
async def policy(feed: Feed) -> Policy:
    return await feed.trust.add(WORKFLOW, PUSHES, ("Contoso.*",), ME)


@pytest.fixture
async def entra_policy(feed: Feed) -> Policy:
    return await feed.trust.add(Entra(TENANT, CLIENT), PUSHES, ("Contoso.*",), ME)


async def refusal(feed: Feed, token: str) -> str:
    """Why a token is refused, as the log says it."""
    with pytest.raises(TokenRefused) as refused:
        await feed.exchange.get_key(token, "192.0.2.7")
    return refused.value.reason


async def test_a_token_buys_a_key_of_fifteen_minutes_on_the_terms_of_its_policy(
    feed: Feed, policy: Policy, clock: ManualClock
) -> None:
    new = await feed.exchange.get_key(github(), "192.0.2.7")
    assert await feed.keys.all() == [
        ApiKey(
            id=new.text.id,
            name="contoso/tools release.yml",
            digest=new.text.digest,
            scopes=PUSHES,
            patterns=("Contoso.*",),
            created=NOW,
            expires=NOW + 15 * MINUTE,
            origin=policy.id,
        )
    ]
    clock.advance(15 * MINUTE - 1)
    assert (await feed.keyring.get_grant(new.text.text)).patterns == ("Contoso.*",)
    clock.advance(1)
    with pytest.raises(KeyRefused, match="expired"):
        await feed.keyring.get_grant(new.text.text)
    await feed.keyring.settle()


async def test_the_audit_knows_which_run_got_a_key(feed: Feed, policy: Policy) -> None:
    new = await feed.exchange.get_key(github(), "192.0.2.7")
    deeds = [deed async for deed in feed.audit.deeds() if deed.verb == "create-key"]
    assert [(deed.subject, deed.actor.name, deed.actor.address) for deed in deeds] == [
        (new.key.id, "contoso/tools release.yml, run '4711'", "192.0.2.7")
    ]


async def test_an_application_of_entra_id_gets_a_key(feed: Feed, entra_policy: Policy) -> None:
    new = await feed.exchange.get_key(entra(), "")
    assert (new.key.name, new.key.origin) == (f"application {CLIENT}", entra_policy.id)


@pytest.mark.parametrize(("forge", "reason"), ATTACKS.values(), ids=ATTACKS)
async def test_an_attack_is_refused(
    feed: Feed, policy: Policy, entra_policy: Policy, forge: Callable[[], str], reason: str
) -> None:
    assert reason in await refusal(feed, forge())
    assert await feed.keys.all() == []


async def test_no_token_makes_the_feed_ask_at_an_address_that_it_names(
    feed: Feed, policy: Policy, entra_policy: Policy, issuer: Issuer
) -> None:
    for forge, _ in ATTACKS.values():
        with pytest.raises(FeedError):
            await feed.exchange.get_key(forge(), "")
    hosts = {url.split("/")[2] for url in issuer.asked}
    assert hosts <= {"token.actions.githubusercontent.com", "login.microsoftonline.com"}


async def test_a_token_is_used_once(feed: Feed, policy: Policy) -> None:
    token = github()
    await feed.exchange.get_key(token, "")
    assert await refusal(feed, token) == "it was used before"
    assert len(await feed.keys.all()) == 1


async def test_a_token_is_used_once_whichever_instance_it_is_sent_to(
    policy: Policy, issuer: Issuer, clock: ManualClock, rows: MemoryRows
) -> None:
    token = github()
    feeds = [memory_feed(rows=rows, clock=clock, fetch=issuer.fetch) for _ in range(4)]
    uses = [feed.exchange.get_key(token, "") for feed in feeds]
    outcomes = await asyncio.gather(*uses, return_exceptions=True)
    assert [type(each) for each in outcomes].count(TokenRefused) == 3
    assert len(await feeds[0].keys.all()) == 1


async def test_a_token_is_used_up_before_there_is_a_key(
    policy: Policy, issuer: Issuer, clock: ManualClock, rows: MemoryRows
) -> None:
    ledger = Ledger()
    feed = memory_feed(rows=CountingRows(rows, ledger), clock=clock, fetch=issuer.fetch)
    key = (await feed.exchange.get_key(github(), "")).key.id
    made = [each.name for each in ledger.operations if each.kind == "row create"]
    assert [name.split("/")[1] for name in made] == ["tokens", "keys"], ledger
    assert made[1].endswith(key)


async def test_two_issuers_may_give_tokens_the_same_id(
    feed: Feed, policy: Policy, entra_policy: Policy
) -> None:
    for token in (github(jti="one", exp=SECONDS + 300), entra(uti="one", exp=SECONDS + 300)):
        await feed.exchange.get_key(token, "")
    assert len(await feed.keys.all()) == 2


async def test_of_two_uses_at_once_one_counts(feed: Feed, policy: Policy) -> None:
    token = github()
    uses = [feed.exchange.get_key(token, "") for _ in range(5)]
    outcomes = await asyncio.gather(*uses, return_exceptions=True)
    assert [type(each) for each in outcomes].count(TokenRefused) == 4
    assert len(await feed.keys.all()) == 1


async def test_a_minute_of_skew_is_forgiven(feed: Feed, policy: Policy) -> None:
    for token in (github(exp=SECONDS - 59), github(nbf=SECONDS + 60, iat=SECONDS + 60)):
        await feed.exchange.get_key(token, "")
    assert len(await feed.keys.all()) == 2


async def test_whichever_file_the_run_began_with_the_policy_is_for_that_of_the_job(
    feed: Feed, policy: Policy
) -> None:
    """Steps of the policy's file may be called by others; those that it calls are not its own."""
    path = "contoso/tools/.github/workflows/{}@refs/heads/main"
    called = github(workflow_ref=path.format("nightly.yml"))
    assert (await feed.exchange.get_key(called, "")).key.origin == policy.id
    calls = github(
        workflow_ref=path.format("release.yml"),
        job_workflow_ref="contoso/shared/.github/workflows/release.yml@refs/heads/main",
    )
    assert "it is of the workflow 'contoso/shared/" in await refusal(feed, calls)


async def test_names_are_compared_without_case(feed: Feed, policy: Policy) -> None:
    workflow = "Contoso/Tools/.github/workflows/release.yml@refs/heads/main"
    await feed.exchange.get_key(github(repository="Contoso/Tools", job_workflow_ref=workflow), "")


async def test_a_repository_that_took_the_name_of_another_inherits_nothing(
    feed: Feed, policy: Policy
) -> None:
    await feed.exchange.get_key(github(), "")
    for token in (github(repository_id="7002"), github(repository_owner_id="43")):
        assert "belong to somebody else" in await refusal(feed, token)
    renamed = github(repository="contoso/renamed")
    assert "it is of the repository 'contoso/renamed'" in await refusal(feed, renamed)
    await feed.exchange.get_key(github(), "")


async def test_an_application_that_was_made_again_inherits_nothing(
    feed: Feed, entra_policy: Policy
) -> None:
    await feed.exchange.get_key(entra(), "")
    assert "belong to somebody else" in await refusal(feed, entra(oid=TENANT, sub=TENANT))


async def test_of_two_first_users_one_is_pinned(feed: Feed, policy: Policy) -> None:
    tokens = [github(), github(repository_id="7002")]
    both = [feed.exchange.get_key(each, "") for each in tokens]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert [type(each) for each in outcomes].count(TokenRefused) == 1
    assert (await feed.trust.all())[0].pinned in ("42/7001", "42/7002")


async def test_a_policy_that_is_not_used_for_seven_days_never_is(
    feed: Feed, policy: Policy, clock: ManualClock
) -> None:
    clock.advance(7 * DAY + 1)
    token = github(exp=SECONDS + 7 * 86_400 + 300)
    assert "was not used within seven days" in await refusal(feed, token)


async def test_a_policy_can_ask_for_an_environment(feed: Feed) -> None:
    production = GitHub("contoso/tools", "release.yml", "production")
    await feed.trust.add(production, PUSHES, ("*",), ME)
    assert "it is of the environment ''" in await refusal(feed, github())
    assert "it is of the environment 'test'" in await refusal(feed, github(environment="test"))
    await feed.exchange.get_key(github(environment="production"), "")


async def test_the_oldest_policy_that_fits_counts(
    feed: Feed, policy: Policy, clock: ManualClock
) -> None:
    clock.advance(1)
    await feed.trust.add(WORKFLOW, PUSHES, ("*",), ME)
    assert (await feed.exchange.get_key(github(), "")).key.origin == policy.id
    await feed.trust.remove(policy.id, ME)
    assert (await feed.exchange.get_key(github(), "")).key.patterns == ("*",)


async def test_tokens_of_entra_id_are_not_taken_without_an_audience(
    issuer: Issuer, clock: ManualClock
) -> None:
    feed = memory_feed(clock=clock, fetch=issuer.fetch)
    await feed.trust.add(Entra(TENANT, CLIENT), PUSHES, ("*",), ME)
    assert "not told for which audience" in await refusal(feed, entra())


async def test_what_has_ended_is_forgotten(
    feed: Feed, policy: Policy, clock: ManualClock, rows: MemoryRows
) -> None:
    await feed.exchange.get_key(github(), "")
    clock.advance(HOUR)
    await feed.trust.forget_ended()
    assert len(await feed.keys.all()) == 1
    clock.advance(6 * MINUTE)
    await feed.trust.forget_ended()
    assert await feed.keys.all() == []
    assert [row.key async for row in rows.scan("keys")] == [paths.policy(policy.id)]


async def test_the_reason_is_in_the_log_and_the_audit_and_not_in_the_answer(
    feed: Feed, policy: Policy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = github(event_name="pull_request")
    with pytest.raises(TokenRefused) as refused:
        await feed.exchange.get_key(token, "192.0.2.7")
    assert str(refused.value) == "this token is not taken here: the feed's own log says why"
    reason = f"{policy.id}: its event is 'pull_request', which outsiders might cause"
    deeds = [each async for each in feed.audit.deeds() if each.verb == "refuse-token"]
    assert [(deed.subject_name, deed.actor.address) for deed in deeds] == [(reason, "192.0.2.7")]
    assert reason in [vars(record).get("reason") for record in caplog.records]
    assert token.rpartition(".")[2] not in caplog.text


async def test_a_key_that_somebody_puts_into_a_token_is_in_no_log(
    feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    key = (await feed.keys.create(Terms("ci"), ME)).text
    await refusal(feed, unsigned({"iss": key.text}) + ".AAAA")
    deeds = [each.subject_name async for each in feed.audit.deeds() if each.verb == "refuse-token"]
    assert deeds == [f"no policy names its issuer 'lrd_{key.id}_…'"]
    assert key.secret not in caplog.text


async def test_a_flood_of_forged_tokens_stops_no_true_one_and_fills_no_table(
    feed: Feed, policy: Policy
) -> None:
    outcomes: list[type[FeedError]] = []
    forged = github(aud="other")
    for _ in range(200):
        with pytest.raises((TokenRefused, TooManyGuesses)) as refused:
            await feed.exchange.get_key(forged, "")
        outcomes.append(refused.type)
    assert outcomes == [TokenRefused] * 20 + [TooManyGuesses] * 180
    assert len([each async for each in feed.audit.deeds() if each.verb == "refuse-token"]) == 20
    await feed.exchange.get_key(github(), "")


async def test_who_cannot_be_asked_is_not_the_fault_of_the_client(
    feed: Feed, policy: Policy, issuer: Issuer
) -> None:
    issuer.status = 500
    with pytest.raises(IssuerUnavailable, match="cannot be asked for its keys right now"):
        await feed.exchange.get_key(github(), "")
