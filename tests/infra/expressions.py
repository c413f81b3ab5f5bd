"""What Bicep's expressions come to.

https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
"""

import hashlib
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from itertools import islice
from typing import TypeAlias

from tree_sitter import Node

from tests.infra.syntax import arguments, field, loop, parts, text
from tests.infra.values import Object, Value, as_list, as_number, as_object, as_text

Find: TypeAlias = Callable[[str], Value]
"""Gives the value of a name."""

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
DEPLOYER = "00000000-0000-0000-0000-000000000002"


def value(node: Node, find: Find) -> Value:
    """Work out an expression; whatever is not known here fails."""
    return _KINDS[node.type](node, find)


def _string(node: Node, find: Find) -> Value:
    pieces = [_piece(each, find) for each in parts(node)]
    # Bicep, multi-line strings: the newline after the opening quotes does not count.
    return "".join(pieces).removeprefix("\n" if text(node).startswith("'''") else "")


def _piece(node: Node, find: Find) -> str:
    if node.type == "interpolation":
        return as_text(value(parts(node)[0], find))
    return text(node).removeprefix("\\") if node.type == "escape_sequence" else text(node)


def _object(node: Node, find: Find) -> Value:
    found: Object = {}
    for each in parts(node):
        key, content = parts(each)
        name = text(key) if key.type == "identifier" else as_text(value(key, find))
        found[name] = value(content, find)
    return found


def _loop(node: Node, find: Find) -> Value:
    variable, counter, over, body = loop(node)
    elements = as_list(value(over, find))

    def bound(number: int, element: Value) -> Find:
        names = {variable: element, counter: number}
        return lambda name: names[name] if name in names else find(name)

    return [value(body, bound(number, each)) for number, each in enumerate(elements)]


def _condition(node: Node, find: Find) -> Value:
    condition, body = parts(node)
    return value(body, find) if value(condition, find) else None


def _member(node: Node, find: Find) -> Value:
    owner = value(field(node, "object"), find)
    assert isinstance(owner, dict), f"{text(node)}: that is not there"
    return owner[text(field(node, "property"))]


def _element(node: Node, find: Find) -> Value:
    owner, index = (value(field(node, each), find) for each in ("object", "index"))
    return as_list(owner)[as_number(index)]


def _choice(node: Node, find: Find) -> Value:
    chosen = "consequence" if value(field(node, "condition"), find) else "alternative"
    return value(field(node, chosen), find)


def _not(node: Node, find: Find) -> Value:
    assert text(field(node, "operator")) == "!"
    return not value(field(node, "argument"), find)


def _pair(node: Node, find: Find) -> Value:
    left, right = field(node, "left"), field(node, "right")
    match text(field(node, "operator")):
        case "&&":
            return bool(value(left, find) and value(right, find))
        case "==":
            return value(left, find) == value(right, find)
        case "!=":
            return value(left, find) != value(right, find)
        case ">":
            return as_number(value(left, find)) > as_number(value(right, find))
        case other:
            raise AssertionError(f"nothing here knows what {other} is")


def _call(node: Node, find: Find) -> Value:
    given = [value(each, find) for each in arguments(node)]
    return _FUNCTIONS[text(field(node, "function"))](given)


_KINDS: Mapping[str, Callable[[Node, Find], Value]] = {
    "string": _string,
    "number": lambda node, _: int(text(node)),
    "boolean": lambda node, _: text(node) == "true",
    "null": lambda *_: None,
    "array": lambda node, find: [value(each, find) for each in parts(node)],
    "object": _object,
    "identifier": lambda node, find: find(text(node)),
    "parenthesized_expression": lambda node, find: value(parts(node)[0], find),
    "member_expression": _member,
    "subscript_expression": _element,
    "ternary_expression": _choice,
    "unary_expression": _not,
    "binary_expression": _pair,
    "call_expression": _call,
    "for_statement": _loop,
    "if_statement": _condition,
}


def _union(given: list[Value]) -> Value:
    merged: Object = {}
    for each in given:
        merged.update(as_object(each))
    return merged


def _unique_string(given: list[Value]) -> Value:
    """Not Azure's hash, but 13 characters of its alphabet all the same."""
    digest = hashlib.sha256("|".join(map(as_text, given)).encode()).digest()
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in digest[:13])


def _subnet(given: list[Value]) -> Value:
    whole, size, index = given
    subnets = ipaddress.ip_network(as_text(whole)).subnets(new_prefix=as_number(size))
    return str(next(islice(subnets, as_number(index), None)))


_FUNCTIONS: Mapping[str, Callable[[list[Value]], Value]] = {
    "cidrSubnet": _subnet,
    "deployer": lambda _: {"objectId": DEPLOYER},
    "empty": lambda given: not given[0],
    "environment": lambda _: {"suffixes": {"storage": "core.windows.net"}},
    "guid": lambda given: str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(map(as_text, given)))),
    "replace": lambda given: as_text(given[0]).replace(as_text(given[1]), as_text(given[2])),
    "string": lambda given: as_text(given[0]),
    "subscription": lambda _: {"id": SUBSCRIPTION},
    "subscriptionResourceId": lambda given: "/".join(
        (SUBSCRIPTION, "providers", *map(as_text, given))
    ),
    "union": _union,
    "uniqueString": _unique_string,
}
