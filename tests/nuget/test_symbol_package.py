"""What a snupkg may hold."""

import io

import pytest

from feed.errors import Faults
from feed.nuget.contents import Contents
from feed.nuget.symbol_package import SymbolPackage, match_symbols, read_symbol_package
from feed.nuget.symbols import Assembly, read_assemblies
from tests.assemblies import compiled
from tests.builders import AUTHOR_SIGNATURE, nupkg, snupkg
from tests.nuget.zips import NOW

TINY = compiled()


def read(package: bytes) -> SymbolPackage:
    return read_symbol_package(io.BytesIO(package), NOW)


def faults_of(package: bytes) -> tuple[str, ...]:
    with pytest.raises(Faults) as refused:
        read(package)
    return refused.value.faults


def assemblies() -> tuple[Assembly, ...]:
    package = nupkg(files=TINY.files())
    return read_assemblies(Contents(io.BytesIO(package), NOW))


def test_reads_what_dotnet_packs() -> None:
    package = read(snupkg("Tiny", "1.0", files=TINY.symbols()))
    assert (package.id.text, str(package.version)) == ("Tiny", "1.0.0")
    assert [each.path for each in match_symbols(package, assemblies())] == ["lib/net8.0/Tiny.pdb"]


def test_may_be_signed_and_documented() -> None:
    more: dict[str, bytes | str] = {
        ".signature.p7s": AUTHOR_SIGNATURE,
        "lib/net8.0/Tiny.xml": "<doc/>",
        "LICENSE": "MIT",
    }
    read(snupkg(files={**TINY.symbols(), **more, "package/services/x.psmdcp": "<x/>"}))


@pytest.mark.parametrize("name", ["SymbolsPackage", "symbolspackage"])
def test_its_type_is_read_in_any_case(name: str) -> None:
    read(snupkg(files=TINY.symbols(), package_types={name: None}))


@pytest.mark.parametrize(
    ("types", "listed"),
    [
        ({}, "none"),
        ({"Dependency": None}, "'Dependency'"),
        ({"SymbolsPackage": "1.0"}, "'SymbolsPackage'"),
        ({"SymbolsPackage": None, "DotnetTool": None}, "'SymbolsPackage', 'DotnetTool'"),
    ],
)
def test_has_the_one_type_of_symbols(types: dict[str, str | None], listed: str) -> None:
    assert faults_of(snupkg(files=TINY.symbols(), package_types=types)) == (
        f"its package types are {listed}, a symbol package has the one type 'SymbolsPackage'",
    )


def test_leaves_authors_and_owners_to_its_package() -> None:
    assert faults_of(snupkg(files=TINY.symbols(), authors="A", owners="B")) == (
        "it has authors, which a symbol package leaves to its package",
        "it has owners, which a symbol package leaves to its package",
    )


def test_holds_nothing_but_pdbs() -> None:
    assert faults_of(snupkg(files=TINY.files() | {"a/readme.md": b"#"})) == (
        "entry 'lib/net8.0/Tiny.dll' is neither a PDB nor a part of the package",
        "entry 'a/readme.md' is neither a PDB nor a part of the package",
    )


def test_holds_a_pdb() -> None:
    assert faults_of(snupkg()) == ("it has no PDB",)


def test_tells_all_that_is_wrong_at_once() -> None:
    assert len(faults_of(snupkg(files={"a.dll": b""}, authors="A", package_types={}))) == 4


def test_a_manifest_of_nonsense_is_refused() -> None:
    package = nupkg(files=TINY.symbols() | {"../a.pdb": b""}, manifest="<package/>")
    assert faults_of(package) == (
        "entry '../a.pdb' has . or .. in its path",
        "it has 0 metadata elements, one is needed",
    )


def test_every_pdb_belongs_to_an_assembly_of_the_package() -> None:
    package = read(snupkg(files=TINY.symbols() | TINY.symbols("other") | {"a.pdb": b"BSJB"}))
    with pytest.raises(Faults) as refused:
        match_symbols(package, assemblies())
    assert [each.split(" ")[0] for each in refused.value.faults] == ["'a.pdb'", "'other/Tiny.pdb'"]
