import hashlib
import io
import struct

import pytest

from feed.nuget.pe import DebugInfo, find_debug_info
from tests.assemblies import REAL, Compiled, assembly, checksum, portable_pdb

PDB = portable_pdb()
PDB_ID = PDB[64:84]
NAME = "Tiny.pdb"
CHECKSUM = f"sha256:{checksum(PDB).hex()}"
ASSEMBLY = assembly(PDB)
NOT_HERE = 2**32 - 1


def find(file: bytes) -> DebugInfo | None:
    return find_debug_info(io.BytesIO(file))


@pytest.mark.parametrize("is_wide", [False, True])
def test_finds_the_id_and_the_checksum_of_the_pdb(is_wide: bool) -> None:
    assert find(assembly(PDB, is_wide=is_wide)) == DebugInfo(PDB_ID, NAME, (CHECKSUM,))


def test_finds_every_checksum() -> None:
    found = find(assembly(PDB, algorithms=("SHA256", "SHA512")))
    more = f"sha512:{checksum(PDB, 'sha512').hex()}"
    assert found == DebugInfo(PDB_ID, NAME, (CHECKSUM, more))


def test_an_old_compiler_wrote_no_checksum() -> None:
    assert find(assembly(PDB, algorithms=())) == DebugInfo(PDB_ID, NAME)


def test_tells_an_embedded_pdb() -> None:
    found = find(assembly(PDB, is_embedded=True))
    assert found == DebugInfo(PDB_ID, NAME, (CHECKSUM,), is_embedded=True)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Tiny.pdb", "Tiny.pdb"),
        ("/_/src/obj/Größe.pdb", "Größe.pdb"),
        ("C:\\src/obj\\Tiny.pdb", "Tiny.pdb"),
        ("", ""),
        ("/src/", ""),
        ("x" * 2040 + "/Tiny.pdb", ""),
    ],
)
def test_tells_the_name_of_the_pdb_from_its_path(path: str, name: str) -> None:
    found = find(assembly(PDB, path=path))
    assert found
    assert found.pdb_name == name


@pytest.mark.parametrize("folder", REAL)
def test_a_real_assembly_knows_its_pdb(folder: str) -> None:
    real = Compiled.load(folder)
    found = find(real.dll)
    assert found
    assert found.pdb_id in real.pdb
    assert found.pdb_name == f"{real.name}.pdb"
    zeroed = hashlib.sha256(real.pdb.replace(found.pdb_id, bytes(20)))
    assert found.checksums == (f"sha256:{zeroed.hexdigest()}",)


def patched(at: int, layout: str, *values: object) -> bytes:
    data = bytearray(ASSEMBLY)
    struct.pack_into(layout, data, at, *values)
    return bytes(data)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"MZ",
        PDB,
        ASSEMBLY[:70],
        ASSEMBLY[:-39],
        ASSEMBLY[:-70],
        assembly(PDB, is_portable=False),
        patched(0x3C, "<L", NOT_HERE),
        patched(64, "4s", b"NE\0\0"),
        patched(64 + 6, "<H", 97),
        patched(64 + 6, "<H", 0),
        patched(64 + 24, "<H", 0x107),
        patched(64 + 24 + 92, "<L", 6),
        patched(64 + 24 + 96 + 6 * 8, "<2L", 0, 0),
        patched(64 + 24 + 96 + 6 * 8, "<L", NOT_HERE),
        patched(64 + 24 + 96 + 14 * 8, "<2L", 0, 0),
        patched(0x200 + 24, "<L", NOT_HERE),
        patched(0x200 + 56, "4s", b"NB10"),
    ],
)
def test_what_is_no_assembly_with_a_portable_pdb_says_nothing(file: bytes) -> None:
    assert find(file) is None


def test_a_directory_is_read_no_further_than_entries_make_sense() -> None:
    assert find(patched(64 + 24 + 96 + 6 * 8 + 4, "<L", NOT_HERE)) is None
