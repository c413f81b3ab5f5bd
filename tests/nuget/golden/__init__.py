"""Whole documents as clients receive them, in the files beside this one."""

import json
from pathlib import Path

from pydantic import BaseModel

HERE = Path(__file__).parent


def golden(name: str) -> object:
    """Return the document that stands in a file."""
    document: object = json.loads((HERE / f"{name}.json").read_bytes())
    return document


def assert_golden(answer: bytes | None, name: str, shape: type[BaseModel]) -> None:
    """Hold an answer to NuGet's shape for it, and to every value that stands in a file."""
    assert answer is not None
    shape.model_validate_json(answer)
    assert json.loads(answer) == golden(name)
