"""Which PDBs belong to the assemblies of a package."""

import io
from collections.abc import Mapping

import pytest

from feed.nuget import symbols
from feed.nuget.contents import Contents
from feed.nuget.ssqp import PdbAddress, pdb_key
from feed.nuget.symbols import Assembly, Pdb, Symbols, read_symbols
from tests.assemblies import REAL, Compiled, assembly, checksum, compiled, portable_pdb
from tests.builders import nupkg, zipped
from tests.nuget.zips import NOW, Part, deflated, zip_of

TINY = compiled()
OTHER = compiled(seed=1)
Files = Mapping[str, bytes]


def read(files: Files) -> Symbols:
    return read_symbols(Contents(io.BytesIO(nupkg(files=files)), NOW))


def test_a_pdb_belongs_to_the_assembly_beside_it() -> None:
    found = read(TINY.files())
    digest = f"sha256:{checksum(TINY.pdb).hex()}"
    pdb_id = TINY.pdb[64:84]
    assert found.assemblies == (
        Assembly(
            path="lib/net8.0/Tiny.dll",
            pdb_id=pdb_id.hex(),
            pdb_name="tiny.pdb",
            checksums=(digest,),
        ),
    )
    [pdb] = found.pdbs
    assert pdb == Pdb(
        path="lib/net8.0/Tiny.pdb",
        name="tiny.pdb",
        key=pdb_key(pdb_id),
        checksum=digest,
        size=len(TINY.pdb),
        packing=pdb.packing,
    )
    assert pdb.address == PdbAddress("tiny.pdb", pdb_key(pdb_id))
    assert found.faults == ()


@pytest.mark.parametrize("folder", REAL)
def test_real_pdbs_belong_to_their_assemblies(folder: str) -> None:
    found = read(Compiled.load(folder).files())
    assert (len(found.assemblies), len(found.pdbs), found.faults) == (1, 1, ())


def test_two_assemblies_of_one_name_have_a_pdb_each() -> None:
    amd64, x86 = map(Compiled.load, REAL[:2])
    found = read(
        amd64.files("runtimes/win-x64/lib/net462") | x86.files("runtimes/win-x86/lib/net462")
    )
    assert [each.path for each in found.pdbs] == [
        "runtimes/win-x64/lib/net462/ClrLoader.pdb",
        "runtimes/win-x86/lib/net462/ClrLoader.pdb",
    ]
    assert len({each.address for each in found.pdbs}) == 2


def test_one_build_in_two_folders_has_one_pdb() -> None:
    found = read(TINY.files("lib/net6.0") | TINY.files("lib/net8.0"))
    assert [each.path for each in found.assemblies] == [
        "lib/net6.0/Tiny.dll",
        "lib/net8.0/Tiny.dll",
    ]
    assert [each.path for each in found.pdbs] == ["lib/net6.0/Tiny.pdb"]
    assert found.faults == ()


def test_names_match_without_case() -> None:
    found = read({"lib/net8.0/TINY.Dll": TINY.dll, "LIB/net8.0/Tiny.PDB": TINY.pdb})
    assert [each.path for each in found.pdbs] == ["LIB/net8.0/Tiny.PDB"]


def test_an_assembly_can_be_a_program() -> None:
    found = read({"tools/Tiny.exe": TINY.dll, "tools/Tiny.pdb": TINY.pdb})
    assert len(found.pdbs) == 1


@pytest.mark.parametrize("algorithms", [("SHA384",), ("SHA512",), ("MD5", "SHA512")])
def test_a_compiler_may_choose_another_hash(algorithms: tuple[str, ...]) -> None:
    dll = assembly(TINY.pdb, algorithms=algorithms)
    [pdb] = read({"Tiny.dll": dll, "Tiny.pdb": TINY.pdb}).pdbs
    algorithm = algorithms[-1].lower()
    assert pdb.checksum == f"{algorithm}:{checksum(TINY.pdb, algorithm).hex()}"


def test_an_embedded_pdb_needs_no_file() -> None:
    [found] = read({"Tiny.dll": assembly(TINY.pdb, is_embedded=True)}).assemblies
    assert found.is_embedded


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a/Tiny.pdb": TINY.pdb, "b/Tiny.dll": TINY.dll}, "has no assembly at its place"),
        ({"Tiny.pdb": TINY.pdb, "Tiny.dll": b"MZ" + bytes(99)}, "has no assembly at its place"),
        ({"Tiny.pdb": TINY.pdb, "Tiny.dll": OTHER.dll}, "is not of the same build as 'Tiny.dll'"),
        ({"Tiny.pdb": TINY.pdb[:-1], "Tiny.dll": TINY.dll}, "is not what 'Tiny.dll' was compiled"),
        ({"Tiny.pdb": TINY.pdb + b"\0", "Tiny.dll": TINY.dll}, "is not what 'Tiny.dll' was comp"),
        ({"Tiny.pdb": b"BSJB", "Tiny.dll": TINY.dll}, "has a damaged header"),
        ({"Tiny.pdb": b"Microsoft C/C++ MSF 7.00", "Tiny.dll": TINY.dll}, "is a Windows PDB"),
        (
            {"Tiny.pdb": TINY.pdb, "Tiny.dll": assembly(TINY.pdb, algorithms=())},
            "cannot be checked: 'Tiny.dll' has no SHA-2 hash of it",
        ),
        (
            {"Tiny.pdb": TINY.pdb, "Tiny.dll": assembly(TINY.pdb, algorithms=("SHA1",))},
            "cannot be checked: 'Tiny.dll' has no SHA-2 hash of it",
        ),
    ],
)
def test_a_pdb_of_another_build_is_not_served(files: Files, why: str) -> None:
    found = read(files)
    assert found.pdbs == ()
    [fault] = found.faults
    assert f"Tiny.pdb' {why}" in fault


def test_a_pdb_whose_name_no_address_can_carry_is_not_served() -> None:
    dll = assembly(TINY.pdb, path="Tiny#.pdb")
    [fault] = read({"Tiny#.pdb": TINY.pdb, "Tiny#.dll": dll}).faults
    assert fault == "'Tiny#.pdb' has a name that no debugger can ask for"


@pytest.mark.parametrize(
    ("path", "file", "name"),
    [
        ("/src/obj/Tiny.pdb", "Renamed", "tiny.pdb"),
        ("/src/obj/Tiny.pdb", "Tiny#", "tiny.pdb"),
        ("C:\\obj\\Tiny.PDB", "Renamed", "tiny.pdb"),
        ("", "Tiny", "tiny.pdb"),
        ("/src/Tiny?.pdb", "Tiny", "tiny.pdb"),
    ],
)
def test_a_pdb_is_called_as_its_assembly_calls_it(path: str, file: str, name: str) -> None:
    """That is what debuggers ask for, also where both files got another name later."""
    dll = assembly(TINY.pdb, path=path)
    found = read({f"lib/{file}.dll": dll, f"lib/{file}.pdb": TINY.pdb})
    [only], [pdb] = found.assemblies, found.pdbs
    assert only.address == pdb.address == PdbAddress(name, pdb.key)


def test_of_two_pdbs_with_one_name_and_id_one_is_served() -> None:
    """Only who forges an id meets this."""
    forged = portable_pdb(seed="forged", pdb_id=TINY.pdb[64:84])
    files = {"b/Tiny.dll": assembly(forged), "b/Tiny.pdb": forged} | TINY.files("a")
    found = read(files)
    assert [each.path for each in found.pdbs] == ["a/Tiny.pdb"]
    assert found.faults == ("'b/Tiny.pdb' has the id of 'a/Tiny.pdb', and is another",)


def test_a_pdb_that_does_not_unpack_to_its_size_is_not_served() -> None:
    longer = Part("Tiny.pdb", TINY.pdb, size=len(TINY.pdb) + 1)
    package = zip_of(Part("Tiny.dll", TINY.dll), longer)
    [fault] = read_symbols(Contents(io.BytesIO(package), NOW)).faults
    assert fault == "'Tiny.pdb' is damaged: it does not unpack"


def test_a_pdb_too_many_is_a_fault() -> None:
    files = {f"{n}.pdb": b"" for n in range(symbols.MAX_PDBS + 1)}
    first, *_ = read_symbols(Contents(io.BytesIO(zipped(files)), NOW)).faults
    assert first == "it has 1001 PDBs, 1000 are allowed"


def test_pdbs_that_are_too_large_together_are_a_fault() -> None:
    """What is not looked at is not served, and nobody must learn that from a debugger."""
    large = Part("Large.pdb", packed=deflated(TINY.pdb) + bytes(20 * 2**20), size=symbols.MAX_BYTES)
    package = zip_of(Part("Tiny.dll", TINY.dll), Part("Tiny.pdb", TINY.pdb), large)
    found = read_symbols(Contents(io.BytesIO(package), NOW))
    assert [each.path for each in found.pdbs] == ["Tiny.pdb"]
    size = symbols.MAX_BYTES + len(TINY.pdb)
    assert found.faults == (f"its PDBs unpack to {size} bytes, {symbols.MAX_BYTES} are allowed",)


def test_no_more_is_unpacked_than_is_allowed() -> None:
    """The largest is left out: here an assembly that says it has a gigabyte."""
    bomb = Part("Large.dll", packed=deflated(TINY.dll) + bytes(20 * 2**20), size=symbols.MAX_BYTES)
    package = zip_of(bomb, Part("Tiny.dll", TINY.dll))
    contents = Contents(io.BytesIO(package), NOW)
    assert [each.path for each in read_symbols(contents).assemblies] == ["Tiny.dll"]
