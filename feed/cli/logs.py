"""What `serve` says on the terminal while it runs: one line for each request and each event."""

import logging

# What every record has; the rest are the fields that a log line was given.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class FieldsFormatter(logging.Formatter):
    """The message, then the record's own fields as `name=value`."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        fields = [f"{k}={v}" for k, v in vars(record).items() if k not in _STANDARD]
        return " ".join([super().formatMessage(record), *fields])


def log_to_terminal() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(FieldsFormatter("{asctime} {message}", "%H:%M:%S", style="{"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("feed").setLevel(logging.INFO)
