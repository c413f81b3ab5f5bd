"""Symbols: the push of a symbol package, and the server that debuggers ask for PDBs.

https://learn.microsoft.com/nuget/api/symbol-package-publish-resource
https://github.com/dotnet/symstore/blob/main/docs/specs/Simple_Symbol_Query_Protocol.md
"""

from functools import partial

import azure.functions as func
from starlette.requests import Request
from starlette.responses import Response

from feed.downloads import large_file_response
from feed.errors import PdbNotFound
from feed.gate import Gate, caller
from feed.nuget.ssqp import find_address, read_checksums
from feed.services.receiving import Receiving
from feed.services.symbol_publishing import SymbolPublishing
from feed.services.symbols import Symbols
from feed.uploads import arrived_response, receive


def blueprint(
    gate: Gate, receiving: Receiving, publishing: SymbolPublishing, symbols: Symbols
) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.route("api/v2/symbolpackage", methods=["PUT", "POST"])
    @gate.writer
    async def symbols_push(req: Request) -> Response:
        async with receive(req, receiving) as received:
            pushed = await publishing.push(received, caller(req))
        return arrived_response(pushed)

    @bp.route("symbols/{*path}", methods=["GET", "HEAD"])
    @gate.debugger
    async def symbols_pdb(req: Request) -> Response:
        address = find_address(req.path_params.get("path") or "")
        checksums = read_checksums(req.headers.get("symbolchecksum", ""))
        # Who may not read the feed knows the PDB of an assembly by its checksum, or gets nothing.
        if not (checksums or gate.access.may_read(caller(req))):
            raise PdbNotFound
        pdb = await symbols.get_pdb(address, checksums)
        return await large_file_response(req, pdb, partial(symbols.start, pdb))

    return bp
