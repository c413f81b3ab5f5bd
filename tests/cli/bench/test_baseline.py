"""What we compare ourselves with sends what it was given, and our client reads it."""

import pytest

from feed.cli.bench.baseline import WITHOUT_NGINX, sending
from feed.cli.bench.fetching import Connection
from feed.cli.bench.load import requests_per_second

FILES = {"/v3/content/a/index.json": b'{"versions":["1.0.0"]}', "/b": b"x" * 300_000}

pytestmark = pytest.mark.process


@pytest.mark.parametrize("nginx", [True, False])
def test_sends_files_and_404_for_all_else(nginx: bool) -> None:
    with sending(FILES, uses_nginx=nginx) as baseline, Connection(baseline.port) as connection:
        for path, body in FILES.items():
            answer = connection.get(path)
            assert (answer.status, answer.body, answer.location) == (200, body, None)
        assert connection.get("/c").status == 404
    assert nginx or baseline.name == WITHOUT_NGINX


def test_load_needs_answers_and_gets_them() -> None:
    with sending(FILES) as baseline:
        assert requests_per_second(baseline.port, "/v3/content/a/index.json", 0.1) > 0
