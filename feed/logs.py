"""Log lines whose text says everything: `pushed package=Tiny version=1.0.0`.

A line is logged as a word and its fields. The Functions worker passes on the text
of a record and nothing else, so the fields are put there; they stay on the record
too, for whoever reads records.
"""

import logging

# What every record has; the rest are the fields that a log line was given.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldsInText(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        fields = [f"{k}={v}" for k, v in vars(record).items() if k not in _STANDARD]
        record.msg, record.args = " ".join([record.getMessage(), *fields]), None
        return True


_FIELDS_IN_TEXT = FieldsInText()


def set_up_logging() -> None:
    """Log what the feed does, and of Azure's SDK only what is wrong: it logs every request."""
    logging.getLogger("feed").addFilter(_FIELDS_IN_TEXT)
    logging.getLogger("feed").setLevel(logging.INFO)
    logging.getLogger("azure").setLevel(logging.WARNING)
