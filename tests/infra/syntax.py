"""Bicep files as trees: what they declare, and which names they use.

https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
MAIN = INFRA / "main.bicep"
FILES = sorted(INFRA.rglob("*.bicep"))

_PARSER = Parser(Language(tree_sitter_bicep.language()))
_KINDS = {
    "parameter_declaration": "param",
    "variable_declaration": "var",
    "resource_declaration": "resource",
    "module_declaration": "module",
    "output_declaration": "output",
}
_ASIDES = {"comment", "diagnostic_comment"}
_OTHERS = {"comment", "decorators", "target_scope_assignment"}


@dataclass(frozen=True, slots=True)
class Declaration:
    kind: str
    name: str
    type: str
    """A parameter's or output's type, a resource's type and version, a module's path."""

    value: Node | None
    """A parameter without default has none."""

    decorators: Mapping[str, Node]
    """The argument of each."""


@dataclass(frozen=True, slots=True)
class Template:
    path: Path
    names: Mapping[str, Declaration]
    """What can be referred to: everything but outputs."""

    outputs: Mapping[str, Declaration]

    def of(self, kind: str) -> dict[str, Declaration]:
        return {name: each for name, each in self.names.items() if each.kind == kind}


@cache
def read(path: Path) -> Template:
    declared = list(_declarations(tree(path.read_bytes())))
    names = {each.name: each for each in declared if each.kind != "output"}
    outputs = {each.name: each for each in declared if each.kind == "output"}
    assert len(names) + len(outputs) == len(declared), f"{path.name} declares a name twice"
    return Template(path, names, outputs)


def tree(source: bytes) -> Node:
    return _PARSER.parse(source).root_node


def faults(node: Node) -> Iterator[str]:
    """The places that are not Bicep."""
    if node.type == "ERROR" or node.is_missing:
        yield f"line {node.start_point.row + 1}: {text(node)[:40]}"
    elif node.has_error:
        for child in node.children:
            yield from faults(child)


def _declarations(root: Node) -> Iterator[Declaration]:
    decorators: dict[str, Node] = {}
    for node in root.named_children:
        if node.type == "decorators":
            decorators = dict(map(_decorator, node.named_children))
        elif node.type in _KINDS:
            yield _declaration(node, decorators)
            decorators = {}
        else:
            assert node.type in _OTHERS, f"nothing here knows what {node.type} is"


def _decorator(node: Node) -> tuple[str, Node]:
    call = node.named_children[0]
    return text(field(call, "function")), arguments(call)[0]


def _declaration(node: Node, decorators: Mapping[str, Node]) -> Declaration:
    kind = _KINDS[node.type]
    name, *rest = (each for each in node.named_children if each.type != "comment")
    described = "" if kind == "var" else text(rest.pop(0)).strip("'")
    return Declaration(kind, text(name), described, rest[0] if rest else None, decorators)


def text(node: Node) -> str:
    return (node.text or b"").decode()


def field(node: Node, name: str) -> Node:
    child = node.child_by_field_name(name)
    assert child is not None, f"{node.type} has no {name}"
    return child


def parts(node: Node) -> list[Node]:
    """What a node is made of, without what is said to people and to the linter."""
    return [each for each in node.named_children if each.type not in _ASIDES]


def arguments(call: Node) -> list[Node]:
    return parts(field(call, "arguments"))


def loop(node: Node) -> tuple[str, str, Node, Node]:
    """A `for`: its variable, its counter or nothing, what it goes over, what it repeats."""
    variables, over, body = parts(node)
    names = [text(each) for each in parts(variables)] or [text(variables)]
    return names[0], names[1] if names[1:] else "", over, body


def used(node: Node) -> set[str]:
    """The names that an expression refers to, without those that its own loops bind."""
    if node.type == "identifier":
        return {text(node)}
    if node.type == "for_statement":
        variable, counter, over, body = loop(node)
        return used(over) | (used(body) - {variable, counter})
    children = parts(node)
    if node.type == "call_expression":
        children = arguments(node)
    if node.type == "object_property" and children[0].type == "identifier":
        children = children[1:]
    return set().union(*map(used, children))
