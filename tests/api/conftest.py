import pytest

from feed.storage.counting import CountingBlobs, Ledger
from feed.storage.memory import MemoryBlobs


@pytest.fixture
def ledger() -> Ledger:
    """What storage was asked to do since the test last cleared it."""
    return Ledger()


@pytest.fixture
def blobs(ledger: Ledger) -> CountingBlobs:
    return CountingBlobs(MemoryBlobs(), ledger)
