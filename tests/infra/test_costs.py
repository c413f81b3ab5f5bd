"""What docs/deploying.md says that a feed costs, worked out from what it says it counts with."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.infra.syntax import ROOT

PAGE = (ROOT / "docs/deploying.md").read_text("utf-8")
DAYS, RESTORES_A_DAY, PUSHED_BLOBS = 21, 5, 8
# Without credentials first, then with them: the index, a list of each package, and packages.
BUILD, BUILD_WITH_MAPPING, DEVELOPER, PUSH = (2 * each for each in (171, 41, 10, 2))
PACKAGES_OF_THE_FEED, PACKAGE_GB = 20, 0.0005
INSTANCE_GB, REPAIRS = 2, 30 * 24 * 4
SECONDS_OF_A_BUILD = SECONDS_OF_A_PUSH = 3
LOG_GB = 1.5e-6


@dataclass(frozen=True, slots=True)
class Team:
    developers: int
    builds_a_day: int
    pushes_a_day: int
    stored_gb: int

    @property
    def builds(self) -> int:
        return self.builds_a_day * DAYS

    @property
    def pushes(self) -> int:
        return self.pushes_a_day * DAYS

    @property
    def restores(self) -> int:
        """Those of developers."""
        return self.developers * RESTORES_A_DAY * DAYS

    def requests(self, build: int = BUILD) -> int:
        return self.builds * build + self.restores * DEVELOPER + self.pushes * PUSH

    @property
    def gb_seconds(self) -> int:
        builds, pushes = self.builds * SECONDS_OF_A_BUILD, self.pushes * SECONDS_OF_A_PUSH
        return INSTANCE_GB * (builds + pushes + self.restores + REPAIRS)

    @property
    def instances(self) -> float:
        return beyond(self.gb_seconds, 100_000) * 0.000026

    @property
    def executions(self) -> float:
        return beyond(self.requests(), 250_000) * 0.40e-6

    @property
    def storage(self) -> float:
        return self.stored_gb * 0.021

    @property
    def operations(self) -> float:
        """A request with credentials is one read, and so is each package that comes from there."""
        reads = self.requests() / 2 + self.builds * PACKAGES_OF_THE_FEED
        return reads * 0.005e-4 + self.pushes * PUSHED_BLOBS * 0.065e-4

    def logs(self, build: int = BUILD) -> float:
        return beyond(self.requests(build) * LOG_GB, 5) * 2.30

    @property
    def fetched_gb(self) -> float:
        return self.builds * PACKAGES_OF_THE_FEED * PACKAGE_GB

    @property
    def together(self) -> float:
        usage = self.instances + self.executions + self.storage + self.operations
        return usage + self.logs() + 1.40


TEAMS = [Team(5, 20, 2, 2), Team(50, 300, 30, 40), Team(500, 4000, 400, 600)]
ROWS: dict[str, Callable[[Team], str]] = {
    "builds a day": lambda team: f"{team.builds_a_day:,}",
    "pushes a day": lambda team: f"{team.pushes_a_day}",
    "stored": lambda team: f"{team.stored_gb} GB",
    "requests a month": lambda team: f"{round(team.requests(), -3):,}",
    "GB-seconds with 2 GB": lambda team: f"{round(team.gb_seconds, -3):,}",
    "instances": lambda team: f"{team.instances:.2f}",
    "executions": lambda team: f"{team.executions:.2f}",
    "storage": lambda team: f"{team.storage:.2f}",
    "reads and writes": lambda team: f"{team.operations:.2f}",
    "logs at 1.5 kB a request": lambda team: f"{team.logs():.2f}",
    "alerts": lambda _: "1.40",
    "**together**": lambda team: f"**{team.together:.2f}**",
    "packages that builds fetch": lambda team: f"{team.fetched_gb:.0f} GB",
    "if builds run elsewhere": lambda team: f"{beyond(team.fetched_gb, 100) * 0.087:.2f}",
}


def beyond(amount: float, free: float) -> float:
    return max(0, amount - free)


@pytest.mark.parametrize("row", ROWS)
def test_the_table_is_worked_out(row: str) -> None:
    cells = [ROWS[row](team) for team in TEAMS]
    assert "| {} | {} | {} | {} |\n".format(row, *cells) in PAGE


def test_what_follows_from_it_does() -> None:
    large = TEAMS[-1]
    assert f"{BUILD} requests" in PAGE
    assert f"instead of {BUILD}" in PAGE
    assert f"{large.logs(BUILD_WITH_MAPPING):.0f} dollars instead of {large.logs():.0f}" in PAGE
    assert 2 < large.requests() * LOG_GB / DAYS < 3
    assert "`logGBPerDay=3`" in PAGE
