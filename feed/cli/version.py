"""`version`: which Larder this is."""

from feed import __version__


def version() -> None:
    """Say which version of Larder this is."""
    print(f"larder {__version__}")
