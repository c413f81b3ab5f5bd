from collections.abc import Sequence

import pytest

from feed.storage.limits import BeyondLimits
from feed.storage.rows import (
    Create,
    Delete,
    Key,
    Replace,
    Row,
    RowChanged,
    RowExists,
    Rows,
    Span,
    Write,
)
from tests.storage.contract.samples import STRANGE_NAMES, collect, key

STALE = "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\""


async def refusal(rows: Rows, writes: Sequence[Write]) -> tuple[type[Exception], Key | None] | None:
    try:
        await rows.transaction(writes)
    except (RowExists, RowChanged) as error:
        return type(error), error.key
    return None


async def everything(rows: Rows) -> list[Row]:
    return await collect(rows.scan("things"))


class RowTransactions:
    async def test_a_transaction_does_all_of_it(self, rows: Rows) -> None:
        replaced = await rows.create(key("replaced"), {"v": 1, "old": True})
        deleted = await rows.create(key("deleted"), {})
        await rows.create(key("deleted blindly"), {})
        await rows.transaction(
            [
                Create(key("created"), {"v": 2**40, "yes": True, "text": "ü"}),
                Replace(key("replaced"), {"v": 2}, replaced),
                Delete(key("deleted"), deleted),
                Delete(key("deleted blindly")),
            ]
        )
        assert [(row.key.row, row.values) for row in await everything(rows)] == [
            ("created", {"v": 2**40, "yes": True, "text": "ü"}),
            ("replaced", {"v": 2}),
        ]

    @pytest.mark.parametrize(
        ("failing", "error"),
        [
            (Create(key("b"), {}), RowExists),
            (Replace(key("b"), {}, STALE), RowChanged),
            (Replace(key("gone"), {}, STALE), RowChanged),
            (Delete(key("b"), STALE), RowChanged),
            (Delete(key("gone"), STALE), RowChanged),
            (Delete(key("gone")), RowChanged),
        ],
        ids=[
            "created twice",
            "replaced stale",
            "replaced gone",
            "deleted stale",
            "deleted gone",
            "deleted gone blindly",
        ],
    )
    async def test_a_transaction_that_fails_does_nothing(
        self, rows: Rows, failing: Write, error: type[Exception]
    ) -> None:
        replaced = await rows.create(key("a"), {"v": 1})
        await rows.create(key("b"), {"v": 1})
        before = await everything(rows)
        writes: Sequence[Write] = [
            Create(key("c"), {}),
            Replace(key("a"), {"v": 2}, replaced),
            failing,
            Create(key("d"), {}),
        ]
        assert await refusal(rows, writes) == (error, failing.key)
        assert await everything(rows) == before

    async def test_a_transaction_starts_the_etags_of_its_rows(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"v": 1})
        await rows.transaction([Replace(key("a"), {"v": 2}, etag)])
        with pytest.raises(RowChanged):
            await rows.replace(key("a"), {"v": 3}, etag=etag)
        found = await rows.find(key("a"))
        assert found is not None
        await rows.replace(key("a"), {"v": 3}, etag=found.etag)

    async def test_a_transaction_takes_a_hundred_writes(self, rows: Rows) -> None:
        await rows.transaction([Create(key(f"{number:03}"), {}) for number in range(100)])
        assert len(await everything(rows)) == 100

    @pytest.mark.parametrize("name", STRANGE_NAMES)
    async def test_strange_keys_are_keys_in_a_transaction(self, rows: Rows, name: str) -> None:
        first, second = key(name, name), key(f"{name} too", name)
        etag = await rows.create(first, {})
        await rows.transaction([Replace(first, {"name": name}, etag), Create(second, {})])
        await rows.transaction([Delete(second)])
        found = await collect(rows.query(Span("things", name)))
        assert [(row.key, row.values) for row in found] == [(first, {"name": name})]

    @pytest.mark.parametrize(
        "writes",
        [
            [],
            [Create(key(f"{number}"), {}) for number in range(101)],
            [Create(key("a"), {}), Delete(key("a"))],
            [Create(key("a"), {}), Create(key("b", partition="q"), {})],
            [Create(key("a"), {}), Create(Key("others", "p", "b"), {})],
            [Create(key("a"), {}), Create(key("b#"), {})],
            [Create(key("a"), {}), Create(key("b"), {"v": 2**63})],
            [Create(key(f"{number}"), {"v": "x" * 32768}) for number in range(65)]
            + [
                Create(key(f"{number}"), {"v": "x" * 32768, "w": "x" * 32768})
                for number in range(65, 100)
            ],
        ],
        ids=[
            "none",
            "101",
            "one row twice",
            "two partitions",
            "two tables",
            "impossible key",
            "impossible value",
            "4 MiB",
        ],
    )
    async def test_an_impossible_transaction_is_refused(
        self, rows: Rows, writes: Sequence[Write]
    ) -> None:
        with pytest.raises(BeyondLimits):
            await rows.transaction(writes)
        assert await everything(rows) == []
