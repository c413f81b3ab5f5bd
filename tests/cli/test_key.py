"""`key` and `log`, as they are typed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from feed.cli import ROOT
from feed.cli.azurite import local_storage
from feed.cli.commands import larder
from feed.cli.errors import ConflictingOptions, SettingsInvalid, StorageUnusable
from feed.cli.feeds import Where, me, on_feed
from feed.cli.options import read_span
from feed.cli.tables import lines
from feed.services.clock import DAY, HOUR, MINUTE
from feed.services.key_text import KeyText
from tests.api.holders import by_key, by_password
from tests.builders import nupkg
from tests.cli.processes import needs_azurite
from tests.cli.test_serve import serving

LARDER = (sys.executable, "-P", "-m", "feed")
KEY = re.compile(r"lrd_[0-9a-z]{10}_[0-9A-Za-z]{38}")


@pytest.mark.parametrize(
    ("text", "ticks"),
    [("30m", 30 * MINUTE), ("24h", 24 * HOUR), ("90d", 90 * DAY), (" 8w ", 56 * DAY), ("0h", 0)],
)
def test_a_span_is_a_number_and_a_unit(text: str, ticks: int) -> None:
    assert read_span(text) == ticks


@pytest.mark.parametrize("text", ["", "d", "90", "9y", "-1d", "1.5h", "1d12h", "9999999d", "٣d"])
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a span of time such as 30m"):
        read_span(text)


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    assert list(lines(("ID", "NAME"), ("1", "a long name"), ("22", ""))) == [
        "ID  NAME",
        "1   a long name",
        "22",
    ]


async def nothing(_: object) -> None:
    raise AssertionError("there is no feed to work on")


def test_a_feed_is_here_or_in_azure() -> None:
    with pytest.raises(ConflictingOptions, match="goes without --data"):
        on_feed(Where(Path(), "account"), nothing)


def test_a_feed_in_memory_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_STORAGE", "memory:")
    with pytest.raises(ConflictingOptions, match="which nobody else can open"):
        on_feed(Where(None, None), nothing)


def test_a_name_that_is_no_account_is_said_to_be_none() -> None:
    with pytest.raises(SettingsInvalid, match="FEED_STORAGE_ACCOUNT"):
        on_feed(Where(None, "Not_An_Account"), nothing)


def test_a_feed_in_azure_wants_somebody_who_is_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StorageUnusable, match=r"there is no token .*; `az login` signs you in"):
        on_feed(Where(None, "nosuchaccount"), lambda feed: feed.keys.all())


def test_whoever_types_is_named_with_the_machine() -> None:
    assert re.fullmatch(r".+@.*", me().name)


@pytest.mark.azurite
@pytest.mark.process
@pytest.mark.usefixtures(needs_azurite.__name__)
class TestOnDisk:
    @pytest.fixture(autouse=True)
    def _on(self, tmp_path: Path) -> Iterator[None]:
        """Keep the storage running, so that the commands find it and need not start it."""
        self.directory = tmp_path
        with local_storage(tmp_path):
            yield

    def printed(self, *arguments: str) -> str:
        runner = CliRunner(env={name: None for name in os.environ if name.startswith("FEED_")})
        done = runner.invoke(larder(), [*arguments, "--data", str(self.directory)])
        assert done.exit_code == 0, done.exception
        return done.stdout

    def test_a_key_is_made_shown_once_listed_rotated_and_revoked(self) -> None:
        first = self.printed("key", "create", "ci", "--scope", "push", "--packages", "Contoso.*")
        text = KeyText.parse(first.strip())
        [listed] = json.loads(self.printed("key", "list", "--json"))
        assert {name: listed[name] for name in ("id", "name", "scopes", "packages", "good")} == {
            "id": text.id,
            "name": "ci",
            "scopes": ["push"],
            "packages": ["Contoso.*"],
            "good": True,
        }
        rotated = json.loads(self.printed("key", "rotate", "ci", "--grace", "0h", "--json"))
        assert KeyText.parse(rotated["key"]).id == rotated["id"]
        self.printed("key", "revoke", rotated["id"])
        assert self.printed("key", "list").splitlines() == [
            "ID  NAME  SCOPES  PACKAGES  CREATED  EXPIRES  LAST USED  STATE"
        ]
        every = self.printed("key", "list", "--all")
        assert text.secret not in every
        assert [line.split()[0] for line in every.splitlines()] == ["ID", text.id, rotated["id"]]
        log = self.printed("log")
        assert re.findall(r"([a-z]+-key) +ci \((\w+)\)", log) == [
            ("create-key", text.id),
            ("rotate-key", text.id),
            ("create-key", rotated["id"]),
            ("revoke-key", rotated["id"]),
        ]
        assert KEY.search(every + log) is None

    def test_the_environment_names_the_feed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.printed("key", "create", "ci")
        with local_storage(self.directory) as connection:
            monkeypatch.setenv("FEED_STORAGE", connection)
            done = CliRunner().invoke(larder(), ["key", "list"])
        assert " ci " in done.stdout

    def test_a_key_is_good_on_the_feed_that_is_being_served(self) -> None:
        with serving("--data", self.directory, FEED_READ="private") as served:
            text = self.printed("key", "create", "ci", "--scope", "push-new").strip()
            package = nupkg("Tiny", "1.0.0")
            answer = httpx.put(
                f"{served.address}/api/v2/package", content=package, headers=by_key(text)
            )
            assert answer.status_code == 201
            index = httpx.get(served.service_index, headers=by_password(text))
            assert (index.status_code, index.headers.get("server")) == (200, None)
            [deed] = json.loads(self.printed("log", "--package", "tiny", "--json"))
            assert "Tiny 1.0.0" in self.printed("log")
        assert (deed["what"], deed["by"]["name"], deed["by"]["key"]) == ("push", "ci", text[4:14])

    def test_what_cannot_be_done_is_said_in_one_line(self) -> None:
        done = subprocess.run(  # noqa: S603  (our own)
            [*LARDER, "key", "revoke", "nobody", "--data", str(self.directory)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (
            1,
            "",
            "larder: this feed has no key 'nobody'\n",
        )
