"""The deployed zip, run under the Functions worker with nothing else to import from.

The stand-in host needs what is not deployed: itself, an HTTP client, the worker. Those come
last on the path, from a folder of links, and the environment of the tests is not on it at all.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from feed.cli.package import DEPENDENCIES, OWN_PYTHON, assemble
from feed.services import paths
from feed.storage.azure import AzureStorage
from feed.storage.azure_accounts import ConnectionString
from tests.azurite import Azurite, give_up
from tests.clients.serving import ADMIN_KEY, ServedFeed, await_health
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_TOOLS = ("azure_functions_runtime", "httpcore", "httpx")
_START = f"""
import runpy, sys
app, tools, port = sys.argv[1:]
sys.path[:0] = [app, f"{{app}}/{DEPENDENCIES}"]
sys.path.append(tools)
import feed
feed.__path__.append(f"{{tools}}/feed")
sys.argv = ["host", app, port]
runpy.run_module("tests.runtime.host", run_name="__main__")
"""


def pack(dependencies: Path, folder: Path) -> Path:
    """Build the zip, from dependencies that are there."""
    shutil.copytree(dependencies, folder / "built")
    assemble(folder / "built", OWN_PYTHON, folder / "larder.zip")
    return folder / "larder.zip"


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip alone into an empty folder."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


async def deploy_storage(azurite: Azurite) -> None:
    """Make the container and the tables, as the deployment does."""
    storage = AzureStorage(
        ConnectionString(azurite.connection_string),
        clock=lambda: datetime.now(UTC),
        container=paths.CONTAINER,
    )
    await storage.ensure(paths.TABLES)
    await storage.close()


@contextmanager
def running(app: Path, folder: Path, **settings: str) -> Iterator[ServedFeed]:
    """Run an unpacked zip on a free port; `folder` is for the log and for the host's tools."""
    tools, log, port = _link_tools(folder), folder / "feed.log", free_port()
    url = f"http://127.0.0.1:{port}"
    given = {"public_url": url, "read": "public", "admin_key": ADMIN_KEY, **settings}
    environment = {f"FEED_{name.upper()}": value for name, value in given.items()}
    # -I -S: no environment variable and no site-packages adds to the path.
    command = [sys.executable, "-I", "-S", "-c", _START, str(app), str(tools), str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  (our own)
            command,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHON_ENABLE_INIT_INDEXING": "1", **environment},
            stdout=output,
            stderr=output,
        )
    with process:
        try:
            await_health(url, process, log)
            yield ServedFeed(url, log)
        finally:
            process.terminate()


def _link_tools(folder: Path) -> Path:
    tools = folder / "tools"
    (tools / "feed").mkdir(parents=True)
    (tools / "feed/localhost.py").symlink_to(ROOT / "feed/localhost.py")
    (tools / "tests").symlink_to(ROOT / "tests")
    for name in _TOOLS:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            give_up(f"needs {name}, for the Functions worker")
        (tools / name).symlink_to(Path(spec.origin).parent)
    return tools
