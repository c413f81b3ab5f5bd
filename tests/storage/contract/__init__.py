"""What every storage adapter promises. A new adapter is done when both classes pass for it."""

from tests.storage.contract.blobs import BlobBasics
from tests.storage.contract.queries import RowQueries
from tests.storage.contract.rows import RowBasics
from tests.storage.contract.streams import BlobStreams
from tests.storage.contract.transactions import RowTransactions
from tests.storage.contract.updates import BlobUpdates


class BlobsContract(BlobBasics, BlobStreams, BlobUpdates):
    """The adapter under test is the fixture `blobs`, empty."""


class RowsContract(RowBasics, RowQueries, RowTransactions):
    """The adapter under test is the fixture `rows`, empty, with the tables `TABLES`."""
