"""How a document about all versions of an id changes: the newest account of each wins.

The document keeps, for each version, what the last operation on it left and
that operation's revision. To merge is to take, version by version, the account
with the higher revision. A maximum does not care in which order its values
come, nor how often, so changes may be merged late, twice and in any order, and
the document is the same as if it were built from scratch.

This holds only while nothing is forgotten. A version that is deleted leaves a
tombstone, since a late change would bring it back otherwise. Two accounts of
one revision are one account: a version's revisions always grow.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypeVar

from feed.errors import NewerSchema
from feed.nuget.version import Version

SCHEMA = 1
"""Of every stored document; it grows when an older Larder would misread one."""

Account = TypeVar("Account")


def merge_newest(
    known: Mapping[str, Account],
    changes: Iterable[tuple[str, Account]],
    revision: Callable[[Account], int],
) -> dict[str, Account]:
    """Return the newest account of each version (by its lower-case text), ascending."""
    merged = dict(known)
    order = list(known)
    sort_key = cache(Version.parse)
    for version, account in changes:
        if version not in merged:
            insort(order, version, key=sort_key)
        elif revision(account) <= revision(merged[version]):
            continue
        merged[version] = account
    return {version: merged[version] for version in order}


def check_schema(found: int) -> None:
    """Refuse a document that this Larder might misread, before it is lost in a merge."""
    if found != SCHEMA:
        raise NewerSchema(found, SCHEMA)
