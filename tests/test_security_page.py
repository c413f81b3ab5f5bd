"""What docs/security.md says about keys, held to the keys; and the tests that it names."""

import re
from pathlib import Path

import pytest

from feed.services.clock import system_choose
from feed.services.key_text import KeyText
from tests.api.test_access_matrix import ROUTES, Door

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.+?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
EXPRESSION = next(block for block in BLOCKS if block.startswith("\\b"))
EXAMPLE = next(block for block in BLOCKS if block.startswith("lrd_"))
NAMED = re.findall(r"`(tests/\S+\.py)::(\w+)`", PAGE)


def test_the_expression_finds_keys() -> None:
    made = KeyText.make(system_choose).text
    assert re.findall(EXPRESSION, f"key: '{made}'; export KEY={EXAMPLE}\n") == [made, EXAMPLE]


def test_the_example_is_a_key() -> None:
    assert KeyText.parse(EXAMPLE).text == EXAMPLE


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_stands_against_a_threat_is_there(path: str, name: str) -> None:
    assert re.search(rf"def {name}\(", (ROOT / path).read_text("utf-8"))


def test_every_threat_names_one() -> None:
    table = PAGE.partition("## Threats")[2].partition("\n## ")[0]
    threats = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert [each for each in threats if "::" not in each.split("|")[3]] == []
    assert len({*NAMED}) == len(NAMED)


def test_every_route_that_is_open_is_named() -> None:
    is_open = {ask.path for ask in ROUTES.values() if ask.door is Door.OPEN}
    named = PAGE.partition("Only these are open:")[2].partition("\n\n")[0]
    assert {path.removesuffix("/style.css") for path in is_open} == {
        *re.findall(r"`(/[\w/-]+)`", named)
    }
