import pytest

from feed.storage.rows import Create, Key, Row, Rows, Span
from tests.storage.contract.samples import STRANGE_NAMES, collect, key


async def fill(rows: Rows, names: list[str], partition: str = "p") -> None:
    for start in range(0, len(names), 100):
        batch = names[start : start + 100]
        await rows.transaction([Create(key(name, partition), {"name": name}) for name in batch])


async def names_in(rows: Rows, span: Span) -> list[str]:
    return [row.key.row async for row in rows.query(span)]


class RowQueries:
    async def test_a_query_over_nothing_is_empty(self, rows: Rows) -> None:
        assert await collect(rows.query(Span("things", "p"))) == []
        assert await collect(rows.scan("things")) == []

    async def test_a_query_gives_whole_rows(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"n": 2**40, "yes": True, "text": ""})
        assert await collect(rows.query(Span("things", "p"))) == [
            Row(key("a"), {"n": 2**40, "yes": True, "text": ""}, etag)
        ]

    @pytest.mark.parametrize(
        ("low", "high", "expected"),
        [
            ("", None, "1.0.0 1.0.0-beta 10 9 A _ a b ü"),
            ("10", None, "10 9 A _ a b ü"),
            ("10", "a", "10 9 A _"),
            ("2", "9", ""),
            ("", "10", "1.0.0 1.0.0-beta"),
            ("b", "a", ""),
            ("a", "a", ""),
            ("a", "a~", "a"),
            ("~", None, "ü"),
            ("", "", ""),
        ],
    )
    async def test_a_span_is_read_in_ordinal_order(
        self, rows: Rows, low: str, high: str | None, expected: str
    ) -> None:
        await fill(rows, ["b", "_", "A", "ü", "9", "a", "10", "1.0.0-beta", "1.0.0"])
        assert await names_in(rows, Span("things", "p", low, high)) == expected.split()

    async def test_a_query_stays_in_its_partition(self, rows: Rows) -> None:
        for partition in ("o", "p", "p!", "q"):
            await fill(rows, [f"in {partition}"], partition)
        await rows.create(Key("others", "p", "elsewhere"), {})
        assert await names_in(rows, Span("things", "p")) == ["in p"]

    async def test_strange_bounds_are_bounds(self, rows: Rows) -> None:
        await fill(rows, STRANGE_NAMES, partition="it's 100%")
        for index, name in enumerate(STRANGE_NAMES):
            low = Span("things", "it's 100%", name)
            high = Span("things", "it's 100%", "", name)
            assert await names_in(rows, low) == STRANGE_NAMES[index:]
            assert await names_in(rows, high) == STRANGE_NAMES[:index]

    async def test_an_impossible_partition_is_empty(self, rows: Rows) -> None:
        assert await collect(rows.query(Span("things", "a/b"))) == []

    async def test_only_what_is_selected_comes(self, rows: Rows) -> None:
        first = await rows.create(key("a"), {"n": 1, "yes": True, "text": "x"})
        second = await rows.create(key("b"), {"text": "y"})
        selected = rows.query(Span("things", "p"), select=["n", "yes"])
        assert await collect(selected) == [
            Row(key("a"), {"n": 1, "yes": True}, first),
            Row(key("b"), {}, second),
        ]

    async def test_pages_follow_each_other(self, rows: Rows) -> None:
        names = [f"{number:05}" for number in range(1100)]
        await fill(rows, names)
        assert await names_in(rows, Span("things", "p")) == names
        assert await names_in(rows, Span("things", "p", "00050", "01070")) == names[50:1070]
        assert [row.key.row async for row in rows.scan("things")] == names

    async def test_a_query_can_be_left_early(self, rows: Rows) -> None:
        await fill(rows, ["a", "b", "c"])
        query = rows.query(Span("things", "p"))
        assert (await anext(query)).key.row == "a"

    async def test_a_scan_reads_every_partition_of_its_table(self, rows: Rows) -> None:
        for partition in ("b", "a", "c"):
            await fill(rows, ["2", "1"], partition)
        await rows.create(Key("others", "a", "elsewhere"), {})
        keys = [row.key async for row in rows.scan("things")]
        assert keys == [key(row, partition) for partition in "abc" for row in "12"]
