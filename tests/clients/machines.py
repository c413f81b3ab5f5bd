"""A person's machine for one case: home, caches, configuration, a folder to work in."""

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

SECONDS = 150
"""A hard limit for what takes seconds: only a client that hangs reaches it."""

SOURCE = "larder"

# Mono's NuGet looks for MSBuild before it asks for credentials; that says nothing of the feed.
_NOISE = re.compile(
    r"^(MSBuild auto-detection: .*|Cannot find the specified version of msbuild: .*)\n",
    re.MULTILINE,
)
_DURATION = re.compile(r"\b\d+(\.\d+)? ?(ms|sec|s|min)\b")


_CONFIG = """\
<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <packageSources>
    <clear />
    <add key="{source}" value="{index}" allowInsecureConnections="true" />
  </packageSources>
{more}</configuration>
"""
_CREDENTIALS = """\
  <packageSourceCredentials>
    <{source}>
      <add key="Username" value="me" />
      <add key="ClearTextPassword" value={password} />
    </{source}>
  </packageSourceCredentials>
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it printed, with `FEED`, `~` and `0 ms` for what varies."""

    exit_code: int
    output: str


@dataclass(frozen=True, slots=True)
class Machine:
    root: Path
    feed_url: str

    @property
    def folder(self) -> Path:
        """Where the person works."""
        return self.root / "work"

    @property
    def packages(self) -> Path:
        """The global packages folder."""
        return self.root / "packages"

    @property
    def index(self) -> str:
        return f"{self.feed_url}/v3/index.json"

    @classmethod
    def make(cls, root: Path, feed_url: str) -> "Machine":
        """Set up a machine with a `nuget.config` that names the feed and nothing else."""
        machine = cls(root, feed_url)
        for each in ("work", "home", "temporary"):
            (root / each).mkdir(parents=True)
        machine.configure()
        return machine

    def configure(self, more: str = "") -> None:
        """Write the `nuget.config` beside the project, with more of its elements."""
        self.save("nuget.config", _CONFIG.format(source=SOURCE, index=self.index, more=more))

    def save(self, name: str, body: bytes | str) -> Path:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
        return path

    def run(self, command: Sequence[str], **environment: str) -> Outcome:
        """Run a client in the folder, with nothing of the real machine but its programs."""
        process = subprocess.Popen(  # noqa: S603  (the clients that npm installed)
            command,
            cwd=self.folder,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            pytest.fail(f"{command} did not end: {output}")
        return Outcome(process.returncode, self._plain(output))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "temporary"),
            "LANG": "C.UTF-8",
            "NUGET_PACKAGES": str(self.packages),
            "NUGET_HTTP_CACHE_PATH": str(self.root / "http-cache"),
        }

    def _plain(self, output: str) -> str:
        printed = output.replace("\r\n", "\n").replace(self.feed_url, "FEED")
        return _DURATION.sub("0 ms", _NOISE.sub("", printed.replace(str(self.folder), "~")))


def credentials(password: str) -> str:
    """Write the part of `nuget.config` that holds them."""
    return _CREDENTIALS.format(source=SOURCE, password=quoteattr(password))
