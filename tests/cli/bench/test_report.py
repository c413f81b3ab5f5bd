"""How a table looks, on the terminal and on a page."""

from feed.cli.bench.machine import describe
from feed.cli.bench.report import Table, left_out, markdown, plain
from feed.cli.bench.timing import milliseconds

TABLE = Table("Title", ("what", "measured"), (("one", "1"), ("seventeen", "17")), ("A note.",))


def test_a_table_for_the_terminal() -> None:
    assert list(plain(TABLE)) == [
        "Title",
        "",
        "  what       measured",
        "  one        1",
        "  seventeen  17",
        "",
        "  A note.",
        "",
    ]


def test_a_table_for_a_page() -> None:
    assert list(markdown(TABLE)) == [
        "## Title",
        "",
        "| what | measured |",
        "| --- | --- |",
        "| one | 1 |",
        "| seventeen | 17 |",
        "",
        "A note.",
        "",
    ]


def test_what_was_not_measured_says_why() -> None:
    assert left_out("Title", "no Node").rows == (("not measured", "no Node", ""),)


def test_the_machine_is_described_without_its_name() -> None:
    assert "cores" in describe()
    assert "Python" in describe()


def test_times_are_the_median_and_the_95th_percentile() -> None:
    assert milliseconds([n / 1000 for n in range(101)]) == "50.0 / 95.0 ms"
    assert milliseconds([0.0021]) == "2.1 / 2.1 ms"
