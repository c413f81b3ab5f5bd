"""What a debugger asks a symbol server for, which knows nothing but the assembly that it debugs.

https://github.com/dotnet/symstore/blob/main/docs/specs/SSQP_Key_Conventions.md

Written from that text, and apart from how the feed reads assemblies: the debug data is looked
for by its marks in the bytes of the file, as in a memory dump.
"""

import re
import struct
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

# SSQP, "PDB Checksum": "SymbolChecksum" is `algorithm:hex`, several of them with `;` between.
_DIGESTS = re.compile(rb"(SHA256)\0(.{32})|(SHA384)\0(.{48})|(SHA512)\0(.{64})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Question:
    """The PDB of one assembly, as a client asks for it."""

    file: str
    key: str
    checksums: tuple[str, ...]

    @classmethod
    def about(cls, dll: bytes) -> Self:
        at = dll.index(b"RSDS") + 4
        first, second, third, last = struct.unpack_from("<L2H8s", dll, at)
        path = dll[at + 20 : dll.index(b"\0", at + 20)].decode()
        digests = (filter(None, found) for found in _DIGESTS.findall(dll))
        return cls(
            re.split(r"[/\\]", path)[-1],
            f"{first:08x}{second:04x}{third:04x}{last.hex()}FFFFFFFF",
            tuple(f"{name.decode()}:{digest.hex()}" for name, digest in digests),
        )

    @property
    def path(self) -> str:
        """Below the address of the server, as Visual Studio spells it."""
        return "/".join(map(quote, (self.file, self.key, self.file)))

    @property
    def lower_path(self) -> str:
        """The same as `dotnet-symbol` spells it."""
        file = "".join(each.lower() for each in self.file)  # .NET changes letter by letter
        return "/".join(map(quote, (file, self.key.lower(), file)))

    @property
    def headers(self) -> dict[str, str]:
        return {"SymbolChecksum": ";".join(self.checksums)}
