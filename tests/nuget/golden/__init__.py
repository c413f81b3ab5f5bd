"""Whole documents as clients receive them; names beside this file."""

import json
from pathlib import Path

HERE = Path(__file__).parent


def golden(name: str) -> object:
    """Return the document that stands in a file."""
    document: object = json.loads((HERE / f"{name}.json").read_bytes())
    return document
