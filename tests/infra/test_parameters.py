"""The same parameters everywhere: in the template, for azd, and in the documentation."""

import json
import re

import pytest

from tests.infra.expressions import value
from tests.infra.syntax import INFRA, MAIN, ROOT, Declaration, read
from tests.infra.values import Value, as_text

PARAMS = read(MAIN).of("param")
FILE = json.loads((INFRA / "main.parameters.json").read_text("utf-8"))["parameters"]
AZD = {name: each["value"].strip("${}") for name, each in FILE.items()}


def test_azd_can_set_each_of_them_by_a_variable_of_its_own() -> None:
    assert [*FILE] == [*PARAMS]
    assert {name: {"value": f"${{{each}}}"} for name, each in AZD.items()} == FILE
    assert all(re.fullmatch(r"(AZURE|LARDER)_[A-Z_]+", each) for each in AZD.values())
    assert len({*AZD.values()}) == len(PARAMS)


@pytest.mark.parametrize("param", PARAMS.values(), ids=lambda each: each.name)
def test_each_is_documented_in_its_own_words(param: Declaration) -> None:
    page = (ROOT / "docs/deploying.md").read_text("utf-8")
    cells = [param.name, AZD[param.name], documented_default(param), description(param)]
    assert "| `{}` | `{}` | {} | {} |".format(*cells) in page


def description(param: Declaration) -> str:
    return as_text(value(param.decorators["description"], lambda _: None))


def documented_default(param: Declaration) -> str:
    if param.value is None:
        return "has to be said"
    if param.name == "operatorId":
        return "who deploys"
    return shown(value(param.value, lambda _: None))


def shown(given: Value) -> str:
    return "none" if given in ("", [], {}) else f"`{json.dumps(given).strip(chr(34))}`"
