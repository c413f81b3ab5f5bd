"""Why a command cannot start: one line for the terminal, and exit code 2.

CannotStart
├── ConflictingOptions
├── SettingsInvalid      every problem of every FEED_… variable
├── AddressUnusable      the port is taken, or the host is not ours
├── DirectoryUnusable    the data directory cannot be written
├── DirectoryServed      another `serve` has it
├── NodeMissing
├── AzuriteMissing       the npm packages are not there
├── AzuriteFailed
├── NotPackaged          what Azure would run cannot be built
└── StorageUnusable      what the environment names does not answer, or holds what we cannot read
"""

from errno import EACCES, EADDRINUSE, EPERM
from pathlib import Path

# Another program has it, or it is one of those below 1024 that only an administrator gets.
_PORT_UNUSABLE = (EADDRINUSE, EACCES, EPERM)


class CannotStart(Exception):
    pass


class ConflictingOptions(CannotStart):
    pass


class SettingsInvalid(CannotStart):
    pass


class AddressUnusable(CannotStart):
    def __init__(self, host: str, port: int, error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        option = "--port" if error.errno in _PORT_UNUSABLE else "--host"
        super().__init__(f"cannot listen on {host} port {port}: {reason}; {option} takes another")


class DirectoryUnusable(CannotStart):
    def __init__(self, directory: Path, error: OSError) -> None:
        is_file = isinstance(error, FileExistsError)
        reason = "it is a file" if is_file else (error.strerror or str(error)).lower()
        super().__init__(f"cannot write to {directory}: {reason}; --data takes another")


class DirectoryServed(CannotStart):
    def __init__(self, directory: Path, holder: str) -> None:
        super().__init__(f"{directory} is already being served {holder}".rstrip())


class NodeMissing(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "Node.js was not found, which the local storage runs on: "
            "install Node.js 20 or newer, or start with --memory"
        )


class AzuriteMissing(CannotStart):
    def __init__(self) -> None:
        super().__init__(
            "the npm packages are not installed, and Azurite, the local storage, is one of them: "
            "run `npm ci` in the checkout, or start with --memory"
        )


class AzuriteFailed(CannotStart):
    def __init__(self, log: Path, reason: str) -> None:
        super().__init__(f"Azurite, the local storage, did not start: {reason} ({log} has more)")


class NotPackaged(CannotStart):
    pass


class StorageUnusable(CannotStart):
    pass
