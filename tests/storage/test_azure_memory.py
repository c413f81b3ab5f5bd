import subprocess
import sys

import pytest

from tests.azurite import Azurite

pytestmark = pytest.mark.azurite

PROGRAM = """
import asyncio, re, sys, tempfile
from pathlib import Path
from tests.azurite import Azurite, storage_on

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

async def main():
    storage = storage_on(Azurite(*sys.argv[1:], process=0))
    await storage.ensure([])
    with tempfile.TemporaryFile() as file:
        file.truncate(9 * 2**20)
        await storage.blobs.create("warm", file)
        warm = peak()
        file.truncate(40 * 2**20)
        await storage.blobs.create("large", file)
        up = peak()
    stream = await storage.blobs.open("large")
    async for _ in stream.chunks:
        pass
    await storage.close()
    print(up - warm, peak() - up)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_large_file_goes_up_and_down_in_little_memory(azurite: Azurite) -> None:
    """The SDK's way, 64 MB in one request, takes 175 MB for a file of 60 MB."""
    command = [sys.executable, "-c", PROGRAM, azurite.blob_url, azurite.table_url]
    run = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603  (ours)
    assert max(int(megabytes) for megabytes in run.stdout.split()) < 24
