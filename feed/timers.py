"""Calls the app's timer functions on a laptop, where no Functions host does.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer says how
a schedule is written; two forms of it are understood, which are those in use.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import azure.functions as func
from azure.functions.decorators.timer import TimerTrigger

logger = logging.getLogger("feed")

_EVERY = re.compile(r"0 \*/(?P<minutes>\d+) \* \* \* \*")
_DAILY = re.compile(r"0 (?P<minute>\d+) (?P<hour>\d+) \* \* \*")


@dataclass(frozen=True, slots=True)
class Timer:
    name: str
    schedule: str
    handler: Callable[[None], Awaitable[None]]

    async def run(self) -> None:
        """Call the function when it is due, for ever; one that fails is called again."""
        while True:
            await asyncio.sleep(seconds_to_wait(self.schedule, datetime.now(UTC)))
            try:
                await self.handler(None)
            except Exception:
                logger.exception("timer failed", extra={"timer": self.name})


def timers(functions: Iterable[func.Function]) -> list[Timer]:
    return [
        Timer(str(each.get_function_name()), trigger.schedule, each.get_user_function())
        for each in functions
        if isinstance(trigger := each.get_trigger(), TimerTrigger)
    ]


def seconds_to_wait(schedule: str, now: datetime) -> float:
    """Tell how long it is until a schedule is due."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _EVERY.fullmatch(schedule):
        step = timedelta(minutes=int(match["minutes"]))
        due = midnight + ((now - midnight) // step + 1) * step
    elif match := _DAILY.fullmatch(schedule):
        due = midnight + timedelta(hours=int(match["hour"]), minutes=int(match["minute"]))
        due += timedelta(days=1) if due <= now else timedelta()
    else:
        raise ValueError(f"the schedule {schedule!r} has a form that is not in use here")
    return (due - now).total_seconds()
