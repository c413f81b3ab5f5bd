"""How large things may grow before the design is asked why."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "feed").rglob("*.py"))


def function_lengths(path: Path) -> dict[str, int]:
    """Lines of each function, from its `def` to its end."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {
        f"{path.name}:{each.name}": (each.end_lineno or each.lineno) - each.lineno + 1
        for each in functions
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_under_300_lines_and_a_function_under_40(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 300
    assert {name: lines for name, lines in function_lengths(path).items() if lines > 40} == {}


def test_most_functions_are_short() -> None:
    lengths = [lines for path in FILES for lines in function_lengths(path).values()]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 20
