"""What Azure Storage refuses, held to by every adapter, since Azurite lets most of it pass.

A write beyond a limit raises `BeyondLimits`; a read of a name that cannot
exist finds nothing, as no write can have put anything there.

https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
"""

import json
import re
from collections.abc import Mapping, Sequence

from feed.storage.rows import Delete, Key, Value, Write

BLOCK_SIZE = 4 * 2**20
"""Large blobs move in pieces of this many bytes, so that memory stays bounded."""

PAGE_ROWS = 1000
"""A query answers at most this many rows at a time."""

PAGE_NAMES = 5000
"""A listing answers at most this many names at a time."""

# Azure: "No path segments should end with a dot". Empty segments, backslashes and control
# characters are legal in part, but URLs and XML change them on their way.
_BAD_PATH = re.compile(
    r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff\ufffe\uffff]|(?:^|/)(?:/|\Z)|\.(?:/|\Z)"
)
# Azure Tables: "/", "\", "#", "?" and control characters are not allowed in keys.
_BAD_KEY = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TABLE = re.compile(r"[A-Za-z][A-Za-z0-9]{2,62}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SYSTEM = {"PartitionKey", "RowKey", "Timestamp"}

_MAX_PATH = 1024
_MAX_SEGMENTS = 254
# Azure Tables: keys are "string values up to 1 KiB in size", which Azurite takes as UTF-16.
_MAX_KEY = 512
_MAX_NAME = 255
_MAX_PROPERTIES = 252
_MAX_TEXT = 64 * 2**10
_MAX_ENTITY = 2**20
_MAX_WRITES = 100
_MAX_TRANSACTION = 4 * 2**20
_INT64 = range(-(2**63), 2**63)

_REQUEST_OVERHEAD = 1024
"""What one write of a transaction takes in headers and boundaries, rounded up."""


class BeyondLimits(ValueError):
    """Azure Storage would refuse this, whatever is stored by now."""


def path_fault(path: str) -> str | None:
    """Say why no blob can be called this."""
    if not 1 <= len(path) <= _MAX_PATH:
        return f"a blob name has 1 to {_MAX_PATH} characters, not {len(path)}"
    if path.count("/") >= _MAX_SEGMENTS:
        return f"a blob name has at most {_MAX_SEGMENTS} segments"
    if _BAD_PATH.search(path):
        return f"{path!r} has a character or a segment that a blob name cannot have"
    return None


def key_fault(key: Key) -> str | None:
    """Say why no row can lie there."""
    if not _TABLE.fullmatch(key.table):
        return f"a table cannot be called {key.table!r}"
    for text in (key.partition, key.row):
        if utf16_length(text) > _MAX_KEY:
            return f"a key has at most {_MAX_KEY} characters"
        if _BAD_KEY.search(text):
            return f"{text!r} has a character that a key cannot have"
    return None


def check_path(path: str) -> None:
    _refuse(path_fault(path))


def check_key(key: Key) -> None:
    _refuse(key_fault(key))


def check_row(key: Key, values: Mapping[str, Value]) -> None:
    """Refuse a row that Azure Tables would not take."""
    check_key(key)
    if len(values) > _MAX_PROPERTIES:
        raise BeyondLimits(f"a row has at most {_MAX_PROPERTIES} properties, not {len(values)}")
    for name, value in values.items():
        _refuse(_name_fault(name) or _value_fault(name, value))
    size = row_size(key, values)
    if size > _MAX_ENTITY:
        raise BeyondLimits(f"a row has at most {_MAX_ENTITY} bytes, not {size}")


def check_transaction(writes: Sequence[Write]) -> None:
    """Refuse a transaction that Azure Tables would not take."""
    if not 1 <= len(writes) <= _MAX_WRITES:
        raise BeyondLimits(f"a transaction has 1 to {_MAX_WRITES} writes, not {len(writes)}")
    if len({write.key[:2] for write in writes}) > 1:
        raise BeyondLimits("a transaction stays within one partition of one table")
    if len({write.key for write in writes}) < len(writes):
        raise BeyondLimits("a transaction writes each row once")
    for write in writes:
        check_row(write.key, _values(write))
    size = sum(_REQUEST_OVERHEAD + _json_size(write) for write in writes)
    if size >= _MAX_TRANSACTION:
        raise BeyondLimits(f"a transaction has less than {_MAX_TRANSACTION} bytes, not {size}")


def row_size(key: Key, values: Mapping[str, Value]) -> int:
    """Measure a row as Azure Tables does.

    Azure: "4 bytes + Len (PartitionKey + RowKey) * 2 bytes + For-Each Property
    (8 bytes + Len(Property Name) * 2 bytes + Sizeof(.Net Property Type))"; a
    string is "# of Characters * 2 bytes + 4 bytes for length of string".
    """
    keys = 4 + 2 * (utf16_length(key.partition) + utf16_length(key.row))
    return keys + sum(8 + 2 * len(name) + _value_size(value) for name, value in values.items())


def utf16_length(text: str) -> int:
    """Count as .NET and Azure do: a character outside the basic plane is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _refuse(fault: str | None) -> None:
    if fault:
        raise BeyondLimits(fault)


def _name_fault(name: str) -> str | None:
    # Azure Tables: property names "should follow naming rules for C# identifiers".
    if name in _SYSTEM or not name.isidentifier() or len(name) > _MAX_NAME:
        return f"a property cannot be called {name!r}"
    return None


def _value_fault(name: str, value: Value) -> str | None:
    if type(value) is str:
        if 2 * utf16_length(value) > _MAX_TEXT:
            return f"{name} is longer than {_MAX_TEXT // 2} characters"
        return f"{name} is not Unicode text" if _SURROGATE.search(value) else None
    if type(value) is int:
        return None if value in _INT64 else f"{name} is {value}, which is more than 64 bits"
    return None if type(value) is bool else f"{name} is neither str, int nor bool"


def _value_size(value: Value) -> int:
    if isinstance(value, str):
        return 4 + 2 * utf16_length(value)
    return 1 if isinstance(value, bool) else 8


def _values(write: Write) -> Mapping[str, Value]:
    return {} if isinstance(write, Delete) else write.values


def _json_size(write: Write) -> int:
    """Bound what one write takes on its way: its address, its body, and each value's type."""
    texts = [write.key.partition, write.key.row]
    body = sum(len(json.dumps(text)) for text in texts) * 3
    return body + sum(
        2 * len(json.dumps(name)) + len(json.dumps(value)) + 32
        for name, value in _values(write).items()
    )
