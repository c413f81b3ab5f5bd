from datetime import UTC, datetime

import pytest

from feed.app import function_app
from feed.timers import seconds_to_wait, timers
from tests.feeds import memory_feed

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "seconds"),
    [
        ("0 */15 * * * *", NOON, 900),
        ("0 */15 * * * *", NOON.replace(minute=14, second=59), 1),
        ("0 */15 * * * *", NOON.replace(hour=23, minute=50), 600),
        ("0 40 3 * * *", NOON.replace(hour=3), 2400),
        ("0 40 3 * * *", NOON.replace(hour=3, minute=40), 86400),
        ("0 40 3 * * *", NOON, 15 * 3600 + 2400),
    ],
)
def test_a_timer_waits_until_it_is_due(schedule: str, now: datetime, seconds: float) -> None:
    assert seconds_to_wait(schedule, now) == seconds


def test_a_schedule_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="not in use here"):
        seconds_to_wait("*/5 * * * * *", NOON)


async def test_every_timer_of_the_app_can_be_called_and_waited_for() -> None:
    feed = memory_feed()
    found = timers(function_app(feed).get_functions())
    assert {each.name for each in found} == {"jobs_repair", "jobs_fold"}
    for each in found:
        assert seconds_to_wait(each.schedule, NOON) > 0
        await each.handler(None)
    await feed.completion.settle()
