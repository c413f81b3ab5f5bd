"""Bicep's values: those of JSON, and no fractions."""

from typing import TypeAlias

Value: TypeAlias = "str | int | bool | list[Value] | dict[str, Value] | None"
Object: TypeAlias = dict[str, Value]


def as_text(given: Value) -> str:
    assert isinstance(given, str | int), given
    return str(given).lower() if isinstance(given, bool) else str(given)


def as_number(given: Value) -> int:
    assert isinstance(given, int), given
    return given


def as_list(given: Value) -> list[Value]:
    assert isinstance(given, list), given
    return given


def as_object(given: Value) -> Object:
    assert isinstance(given, dict), given
    return given
