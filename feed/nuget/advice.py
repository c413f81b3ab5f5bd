"""What a package could do better, and is accepted without.

https://learn.microsoft.com/nuget/create-packages/package-authoring-best-practices
"""

import unicodedata
from collections.abc import Iterator

from feed.errors import shown
from feed.nuget.manifest import Manifest
from feed.nuget.symbols import Symbols

_SOURCE_SCHEMES = ("git", "http", "https", "ssh")


def list_warnings(manifest: Manifest) -> Iterator[str]:
    """Yield one line for each thing that nuget.org warns of."""
    if manifest.license_url:
        yield "licenseUrl is deprecated: use license, with an expression or a file"
    elif not manifest.license_expression and not manifest.license_file:
        yield "the package has no license"
    if manifest.icon_url and not manifest.icon:
        yield "iconUrl is deprecated: use icon, with a file of the package"
    if not manifest.readme:
        yield "the package has no readme"
    source = manifest.repository.url if manifest.repository else None
    if source and source.partition(":")[0].lower() not in _SOURCE_SCHEMES:
        yield f"the repository url {shown(source)} begins with none of {', '.join(_SOURCE_SCHEMES)}"
    if not unicodedata.is_normalized("NFC", manifest.model_dump_json()):
        yield "the nuspec has text that is not in Unicode's normal form C"


def list_symbol_warnings(symbols: Symbols) -> Iterator[str]:
    """Yield one line about the PDBs that no debugger will get."""
    if symbols.faults:
        more = f"; and {len(symbols.faults) - 1} more" if symbols.faults[1:] else ""
        yield f"not every PDB is served to debuggers: {symbols.faults[0]}{more}"
