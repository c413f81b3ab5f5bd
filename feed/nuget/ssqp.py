"""Where debuggers look for a PDB: by its name and by a key that is made of its id.

https://github.com/dotnet/symstore/blob/main/docs/specs/Simple_Symbol_Query_Protocol.md
https://github.com/dotnet/symstore/blob/main/docs/specs/SSQP_Key_Conventions.md

Of all the kinds of files that these describe, packages bring portable PDBs.
"""

import re
from dataclasses import dataclass
from uuid import UUID

# SSQP, key conventions: of a portable PDB "0xFFFFFFFF (UInt32.MaxValue) is used for the age".
_AGE = "ffffffff"
_KEY = re.compile(r"[0-9a-f]{32}" + _AGE)
_LONGEST_NAME = 200
# What would end an address, or could not be a part of one, or of a row's key.
_BAD_CHARACTERS = set('/\\#?%"')


@dataclass(frozen=True, slots=True)
class PdbAddress:
    """What a debugger asks for, in lower case."""

    file: str
    key: str


def pdb_key(pdb_id: bytes) -> str:
    """Write the GUID of a portable PDB's id, and what stands for an age."""
    return UUID(bytes_le=pdb_id[:16]).hex + _AGE


def lowered(text: str) -> str:
    """Write in lower case letter by letter, as .NET does for those of its tools that ask so."""
    # `str.lower` writes a sigma as what stands around it wants it.
    return "".join(map(str.lower, text))


def is_pdb_name(name: str) -> bool:
    """Tell whether a file can be asked for by this name, which is in lower case."""
    return (
        name.endswith(".pdb")
        and len(name) <= _LONGEST_NAME
        and name.isprintable()
        and not _BAD_CHARACTERS & set(name)
    )


def find_address(path: str) -> PdbAddress | None:
    """Read `{file}/{key}/{file}`; None for what cannot be a PDB's, as most of what is probed for.

    SSQP: "clientKey is not case-sensitive". Some native tools write a slash twice.
    """
    parts = [part for part in lowered(path).split("/") if part]
    if len(parts) != 3 or parts[0] != parts[2]:  # noqa: PLR2004  (as the form above has)
        return None
    file, key, _ = parts
    return PdbAddress(file, key) if is_pdb_name(file) and _KEY.fullmatch(key) else None


def read_checksums(header: str) -> frozenset[str]:
    """Read the header `SymbolChecksum`: `SHA256:` and hex, several of them with `;` between."""
    given = (each.strip().lower() for each in header.split(";"))
    return frozenset(each for each in given if each)
