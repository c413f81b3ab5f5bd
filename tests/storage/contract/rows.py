import asyncio

import pytest

from feed.storage.limits import BeyondLimits
from feed.storage.rows import Key, Row, RowChanged, RowExists, Rows, Value
from tests.storage.contract.samples import STRANGE_NAMES, key


class RowBasics:
    async def test_finds_no_row_before_create(self, rows: Rows) -> None:
        assert await rows.find(key("a")) is None

    async def test_gives_back_the_row_that_was_created(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"name": "value"})
        assert await rows.find(key("a")) == Row(key("a"), {"name": "value"}, etag)

    @pytest.mark.parametrize(
        "value",
        [
            "",
            " ",
            "text",
            "2026-01-02T03:04:05Z",
            "00000000-0000-0000-0000-000000000000",
            "quoted 'and' \"more\" \\ / \r\n\t",
            "grün 日本 😀",
            "x" * 32768,
            True,
            False,
            0,
            1,
            -1,
            2**31,
            -(2**31) - 1,
            2**53 + 1,
            2**63 - 1,
            -(2**63),
        ],
        ids=lambda value: repr(value)[:40],
    )
    async def test_a_value_comes_back_as_it_was_given(self, rows: Rows, value: Value) -> None:
        await rows.create(key("a"), {"it": value})
        found = await rows.find(key("a"))
        assert found is not None
        assert [(type(each), each) for each in found.values.values()] == [(type(value), value)]

    async def test_a_row_may_hold_nothing_and_much(self, rows: Rows) -> None:
        much: dict[str, Value] = {f"property{number}": number for number in range(252)}
        for row, values in (("nothing", {}), ("much", much)):
            etag = await rows.create(key(row), values)
            assert await rows.find(key(row)) == Row(key(row), values, etag)

    async def test_tables_and_partitions_are_apart(self, rows: Rows) -> None:
        keys = [Key("things", "p", "r"), Key("things", "q", "r"), Key("others", "p", "r")]
        etags = [await rows.create(each, {"at": "/".join(each)}) for each in keys]
        assert [await rows.find(each) for each in keys] == [
            Row(each, {"at": "/".join(each)}, etag) for each, etag in zip(keys, etags, strict=True)
        ]

    async def test_create_refuses_a_second_row(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"v": 1})
        with pytest.raises(RowExists, match="things/p/a exists") as raised:
            await rows.create(key("a"), {"v": 2})
        assert raised.value.key == key("a")
        assert await rows.find(key("a")) == Row(key("a"), {"v": 1}, etag)

    async def test_one_of_many_row_creates_wins(self, rows: Rows) -> None:
        done = await asyncio.gather(
            *(rows.create(key("a"), {"v": number}) for number in range(8)), return_exceptions=True
        )
        winners = [
            Row(key("a"), {"v": number}, etag)
            for number, etag in enumerate(done)
            if isinstance(etag, str)
        ]
        assert [await rows.find(key("a"))] == winners
        assert sum(isinstance(each, RowExists) for each in done) == 7

    async def test_a_row_etag_stands_for_one_state(self, rows: Rows) -> None:
        first = await rows.create(key("a"), {"v": 1})
        second = await rows.replace(key("a"), {"v": 1}, etag=first)
        await rows.delete(key("a"))
        third = await rows.create(key("a"), {"v": 1})
        assert len({first, second, third}) == 3

    async def test_replace_leaves_nothing_of_the_old_row(self, rows: Rows) -> None:
        old = await rows.create(key("a"), {"v": 1, "old": True})
        etag = await rows.replace(key("a"), {"v": 2, "new": True}, etag=old)
        assert await rows.find(key("a")) == Row(key("a"), {"v": 2, "new": True}, etag)

    async def test_row_replace_refuses_a_stale_etag(self, rows: Rows) -> None:
        stale = await rows.create(key("a"), {"v": 1})
        etag = await rows.replace(key("a"), {"v": 2}, etag=stale)
        with pytest.raises(RowChanged, match="things/p/a is not what it was") as raised:
            await rows.replace(key("a"), {"v": 3}, etag=stale)
        assert raised.value.key == key("a")
        assert await rows.find(key("a")) == Row(key("a"), {"v": 2}, etag)

    async def test_row_replace_refuses_what_is_gone(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"v": 1})
        await rows.delete(key("a"))
        with pytest.raises(RowChanged):
            await rows.replace(key("a"), {"v": 2}, etag=etag)
        assert await rows.find(key("a")) is None

    async def test_one_of_many_row_replaces_wins(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {"v": -1})
        done = await asyncio.gather(
            *(rows.replace(key("a"), {"v": number}, etag=etag) for number in range(8)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, str) for each in done) == 1
        assert sum(isinstance(each, RowChanged) for each in done) == 7

    async def test_put_asks_for_nothing(self, rows: Rows) -> None:
        await rows.put(key("a"), {"v": 1, "old": True})
        first = await rows.find(key("a"))
        await rows.put(key("a"), {"v": 2})
        second = await rows.find(key("a"))
        assert first == Row(key("a"), {"v": 1, "old": True}, first.etag if first else "")
        assert second == Row(key("a"), {"v": 2}, second.etag if second else "")
        assert first != second

    async def test_deletes_a_row_as_often_as_it_is_told(self, rows: Rows) -> None:
        await rows.create(key("a"), {})
        await rows.delete(key("a"))
        await rows.delete(key("a"))
        assert await rows.find(key("a")) is None

    async def test_delete_heeds_an_etag(self, rows: Rows) -> None:
        stale = await rows.create(key("a"), {"v": 1})
        etag = await rows.replace(key("a"), {"v": 2}, etag=stale)
        with pytest.raises(RowChanged) as raised:
            await rows.delete(key("a"), etag=stale)
        assert raised.value.key == key("a")
        assert await rows.find(key("a")) == Row(key("a"), {"v": 2}, etag)
        await rows.delete(key("a"), etag=etag)
        assert await rows.find(key("a")) is None

    async def test_delete_with_an_etag_misses_what_is_gone(self, rows: Rows) -> None:
        etag = await rows.create(key("a"), {})
        await rows.delete(key("a"))
        with pytest.raises(RowChanged):
            await rows.delete(key("a"), etag=etag)

    @pytest.mark.parametrize("name", [*STRANGE_NAMES, "", "x" * 512])
    async def test_strange_keys_are_keys(self, rows: Rows, name: str) -> None:
        strange = key(name, partition=name)
        etag = await rows.create(strange, {"name": name})
        assert await rows.find(strange) == Row(strange, {"name": name}, etag)
        etag = await rows.replace(strange, {"v": 2}, etag=etag)
        await rows.delete(strange, etag=etag)
        await rows.put(strange, {})
        await rows.delete(strange)
        assert await rows.find(strange) is None

    @pytest.mark.parametrize("name", ["a/b", "a\\b", "a#b", "a?b", "a\tb", "a\x7f", "x" * 513])
    async def test_an_impossible_key_is_refused_and_never_found(
        self, rows: Rows, name: str
    ) -> None:
        for each in (key(name), key("r", partition=name)):
            with pytest.raises(BeyondLimits):
                await rows.create(each, {})
            with pytest.raises(BeyondLimits):
                await rows.replace(each, {}, etag="W/1")
            with pytest.raises(BeyondLimits):
                await rows.put(each, {})
            with pytest.raises(BeyondLimits):
                await rows.delete(each)
            assert await rows.find(each) is None

    async def test_an_oversized_row_is_refused(self, rows: Rows) -> None:
        for values in ({"v": "x" * 32769}, {"v": 2**63}, {f"p{n}": n for n in range(253)}):
            with pytest.raises(BeyondLimits):
                await rows.create(key("a"), values)
            with pytest.raises(BeyondLimits):
                await rows.put(key("a"), values)
        assert await rows.find(key("a")) is None
