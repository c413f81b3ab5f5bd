"""Good assemblies, PDBs and symbol packages, made bad in thousands of ways.

They are read or refused, with errors of our own only; and whatever is taken for a
PDB of an assembly is, byte for byte, what the assembly was compiled with.
"""

import io
import random
import struct
import tracemalloc
from contextlib import suppress

import pytest

from feed.errors import InvalidPdb
from feed.nuget.contents import Contents
from feed.nuget.pe import find_debug_info
from feed.nuget.portable_pdb import hash_pdb, read_portable_pdb
from feed.nuget.symbol_package import match_symbols, read_symbol_package
from feed.nuget.symbols import read_assemblies, read_symbols
from tests.assemblies import REAL, Compiled, assembly, compiled
from tests.builders import nupkg, snupkg
from tests.nuget.test_mutations import (
    Counted,
    cut_out,
    edit_header,
    flip_bytes,
    message_of,
    mutants,
    put_in,
    repeat,
)
from tests.nuget.zips import NOW, read

PAIRS = [compiled(size=100), *map(Compiled.load, REAL)]
EMBEDDED = assembly(PAIRS[0].pdb, is_embedded=True, algorithms=("SHA256", "SHA512"))
TINY = compiled(size=100)


def lie(rng: random.Random, data: bytearray) -> None:
    """Put a number that matters where headers have theirs."""
    at = rng.randrange(0, min(len(data), 1024), 2)
    value = rng.choice([0, 1, 6, 15, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, len(data)])
    with suppress(struct.error):
        struct.pack_into(rng.choice(["<H", "<L"]), data, at, value)


MUTATIONS = flip_bytes, cut_out, put_in, repeat, lie, lie


@pytest.mark.parametrize("good", [EMBEDDED, *(each.dll for each in PAIRS)], ids=len)
def test_a_broken_assembly_is_read_or_says_nothing_and_little_of_it_is_read(good: bytes) -> None:
    for bad in mutants(good, 1500, *MUTATIONS):
        file = Counted(bad)
        find_debug_info(file)
        assert file.bytes_read < 16 * 1024


@pytest.mark.parametrize("good", [each.pdb for each in PAIRS], ids=len)
def test_a_broken_pdb_is_another_or_refused(good: bytes) -> None:
    found = read_portable_pdb(io.BytesIO(good))
    known = found.id, hash_pdb(io.BytesIO(good), found, "sha256")
    for bad in mutants(good, 1500, *MUTATIONS):
        file = io.BytesIO(bad)
        with suppress(InvalidPdb):
            pdb = read_portable_pdb(file)
            assert (pdb.id, hash_pdb(file, pdb, "sha256")) != known or bad == good


def test_a_broken_package_with_pdbs_is_read_or_refused() -> None:
    good = nupkg(files=TINY.files() | {"a.exe": EMBEDDED, "a.pdb": TINY.pdb})
    for bad in mutants(good, 1500, flip_bytes, cut_out, put_in, repeat, edit_header):
        assert message_of(read, bad).isprintable()


def test_a_broken_symbol_package_is_refused_or_brings_the_same_bytes() -> None:
    assemblies = read_assemblies(Contents(io.BytesIO(nupkg(files=TINY.files())), NOW))

    def check(package: bytes) -> None:
        symbols = read_symbol_package(io.BytesIO(package), NOW)
        [pdb] = match_symbols(symbols, assemblies)
        [entry] = [each for each in symbols.contents.entries if each.path == pdb.path]
        with symbols.contents.open(entry) as file:
            assert file.read() == TINY.pdb

    good = snupkg(files=TINY.symbols())
    check(good)
    for bad in mutants(good, 1500, flip_bytes, cut_out, put_in, repeat, edit_header):
        assert message_of(check, bad).isprintable()


def test_symbols_are_read_in_memory_that_no_size_changes() -> None:
    large = compiled(size=6 * 2**20)
    package = io.BytesIO(nupkg(files=large.files()))
    tracemalloc.start()
    [pdb] = read_symbols(Contents(package, NOW)).pdbs
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pdb.size > 6 * 2**20
    assert peak < 2**20
