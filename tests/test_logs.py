import logging

import pytest

from feed.logs import FieldsInText, set_up_logging


def test_the_text_of_a_line_says_its_fields() -> None:
    record = logging.makeLogRecord({"msg": "pushed %s", "args": ("it",), "package": "Tiny"})
    assert FieldsInText().filter(record)
    assert record.getMessage() == "pushed it package=Tiny"


def test_the_fields_are_there_once_however_often_logging_is_set_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_up_logging()
    set_up_logging()
    logging.getLogger("feed").info("pushed", extra={"package": "Tiny"})
    assert caplog.messages == ["pushed package=Tiny"]
