"""What `serve` says on the terminal while it runs: one line for each request and each event."""

import logging


def log_to_terminal() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("{asctime} {message}", "%H:%M:%S", style="{"))
    logging.getLogger().addHandler(handler)
