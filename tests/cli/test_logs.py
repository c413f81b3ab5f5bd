import logging

from feed.cli.logs import FieldsFormatter


def test_a_line_ends_with_the_fields_it_was_given() -> None:
    record = logging.makeLogRecord({"msg": "pushed", "package": "Tiny", "bytes": 1024})
    assert FieldsFormatter().format(record) == "pushed package=Tiny bytes=1024"
