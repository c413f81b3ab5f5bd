"""What docs/security.md says about keys, held to the keys; and the tests that it names."""

import re
from pathlib import Path

import pytest

from feed.services.clock import system_choose
from feed.services.key_text import KeyText

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
    threats = PAGE.partition("## Threats")[2].partition("\n## ")[0].count("\n| ") - 1
    assert len(NAMED) == threats
