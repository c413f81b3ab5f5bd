"""What the contracts write and how they read it back."""

from collections.abc import AsyncIterator
from typing import TypeVar

from feed.storage.blobs import BlobStream
from feed.storage.rows import Key

T = TypeVar("T")

MIB = 2**20

STRANGE_NAMES = ["%2F", "100%", "@x", "a b", "a&<b>", "a''b", "a+b", "a=b;c", "it's", "ü", "😀"]
"""Legal in Azure, in ordinal order, and an invitation to forget an encoding."""

TABLES = ("things", "others")
"""The tables that a row adapter has when the contract begins."""


def key(row: str, partition: str = "p") -> Key:
    return Key("things", partition, row)


async def collect(items: AsyncIterator[T]) -> list[T]:
    return [item async for item in items]


async def read(stream: BlobStream) -> bytes:
    return b"".join(await collect(stream.chunks))
