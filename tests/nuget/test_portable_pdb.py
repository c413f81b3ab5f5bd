import io
import struct

import pytest

from feed.errors import InvalidPdb
from feed.nuget.portable_pdb import PortablePdb, hash_pdb, read_portable_pdb
from tests.assemblies import REAL, Compiled, checksum, portable_pdb

PDB = portable_pdb()
ID_AT = 64


def read(pdb: bytes) -> PortablePdb:
    return read_portable_pdb(io.BytesIO(pdb))


def refusal(pdb: bytes) -> str:
    with pytest.raises(InvalidPdb) as refused:
        read(pdb)
    return str(refused.value)


def patched(at: int, layout: str, *values: object) -> bytes:
    data = bytearray(PDB)
    struct.pack_into(layout, data, at, *values)
    return bytes(data)


def test_finds_the_id() -> None:
    pdb_id = bytes(range(20))
    assert read(portable_pdb(pdb_id=pdb_id)) == PortablePdb(pdb_id, ID_AT)


@pytest.mark.parametrize("folder", REAL)
def test_a_compiler_takes_the_id_from_the_hash(folder: str) -> None:
    """Roslyn does, but for the 6 bits that make a GUID a random one, and the stamp's first bit."""
    pdb = Compiled.load(folder).pdb
    found = read(pdb)
    digest = bytes.fromhex(hash_pdb(io.BytesIO(pdb), found, "sha256"))
    loose = {7: 0xF0, 8: 0xC0, 19: 0x80}
    differing = [a ^ b for a, b in zip(found.id, digest[:20], strict=True)]
    assert [bits & ~loose.get(n, 0) for n, bits in enumerate(differing)] == [0] * 20


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 200_000])
def test_the_id_is_not_a_part_of_the_hash(algorithm: str, size: int) -> None:
    one, other = (portable_pdb(size=size, pdb_id=bytes([n]) * 20) for n in (1, 2))
    hashes = {hash_pdb(io.BytesIO(each), read(each), algorithm) for each in (one, other)}
    assert hashes == {checksum(one, algorithm).hex()}


@pytest.mark.parametrize(
    ("pdb", "why"),
    [
        (b"", "is not a portable PDB"),
        (b"MZ" + bytes(100), "is not a portable PDB"),
        (b"Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0", "is a Windows PDB, only portable ones are"),
        (PDB[:10], "has a damaged header"),
        (PDB[:30], "has a damaged header"),
        (PDB[:50], "has a damaged header"),
        (PDB[: ID_AT + 19], "is cut short"),
        (patched(12, "<L", 2**32 - 1), "has a damaged header"),
        (patched(30, "<H", 0), "has 0 streams with an id, a portable PDB has one"),
        (patched(30, "<H", 999), "has 999 streams, a portable PDB has a few"),
        (patched(32, "<L", 2**32 - 1), "is cut short"),
        (patched(36, "<L", 19), "is cut short"),
        (patched(40, "4s", b"#Pda"), "has 0 streams with an id, a portable PDB has one"),
        (patched(56, "8s", b"#Pdb\0\0\0\0"), "has 2 streams with an id, a portable PDB has one"),
        (patched(40, "40s", b"x" * 40), "has a damaged header"),
    ],
)
def test_refuses_what_is_no_whole_portable_pdb(pdb: bytes, why: str) -> None:
    assert refusal(pdb).startswith(why)
