"""What people are told of the symbols of a package: which of its assemblies have some."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Final

from feed.nuget.ssqp import PdbAddress
from feed.nuget.symbols import Assembly, Pdb
from feed.web.texts import cut

_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class AssemblyLine:
    path: str
    key: str
    """What a debugger asks for."""

    symbols: str


@dataclass(frozen=True, slots=True)
class SymbolsPage:
    summary: str
    assemblies: list[AssemblyLine]
    more: int
    """Assemblies that are not listed."""


def symbols_page(assemblies: tuple[Assembly, ...], pdbs: Iterable[Pdb]) -> SymbolsPage:
    found = {each.address for each in pdbs}
    lines = [
        AssemblyLine(cut(each.path, 200), each.address.key, _symbols(each, found))
        for each in assemblies
    ]
    having = sum(each.symbols != "none" for each in lines)
    return SymbolsPage(_summary(having, len(lines)), lines[:_MOST], len(lines[_MOST:]))


def _symbols(assembly: Assembly, found: Set[PdbAddress]) -> str:
    if assembly.is_embedded:
        return "inside it"
    return "here" if assembly.address in found else "none"


def _summary(having: int, count: int) -> str:
    if having == 0:
        return "no"
    return "yes" if having == count else f"for {having} of {count} assemblies"
