"""Adds up what became of the operations, and shows it at the end."""

from collections import Counter, defaultdict

import pytest


class Outcomes:
    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.orders: dict[str, int] = {}

    def count(self, operation: str, calls: int, outcome: str) -> None:
        self.calls[operation] = calls
        self.counts[operation][outcome] += 1

    def count_orders(self, meeting: str, orders: int) -> None:
        self.orders[meeting] = orders


_OUTCOMES = pytest.StashKey[Outcomes]()


@pytest.fixture
def outcomes(request: pytest.FixtureRequest) -> Outcomes:
    return request.config.stash.setdefault(_OUTCOMES, Outcomes())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    outcomes = config.stash.get(_OUTCOMES, None)
    if outcomes:
        terminalreporter.section("what became of operations, whatever went wrong at any call")
        for operation, counts in outcomes.counts.items():
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
            calls = outcomes.calls[operation]
            terminalreporter.write_line(
                f"{operation}: {calls} calls, {counts.total()} runs: {told}"
            )
        points = sum(counts.total() for counts in outcomes.counts.values())
        terminalreporter.write_line(f"in all: {points} crash points")
        for meeting, orders in outcomes.orders.items():
            terminalreporter.write_line(f"{meeting}: {orders} orders")
