"""What the tests of the command line share."""

from tests.cli.processes import needs_azurite

__all__ = ["needs_azurite"]
