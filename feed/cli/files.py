"""Files that hold secrets."""

import os
from pathlib import Path


def write_privately(path: Path, text: str) -> None:
    """Write all of it or nothing, from the beginning for the owner's eyes only."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
