"""`trust`, as it is typed."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from feed.cli.azurite import local_storage
from feed.cli.commands import larder
from feed.errors import FeedError, InvalidRequest, InvalidTerms, PolicyNotFound
from tests.cli.processes import needs_azurite
from tests.issuers import CLIENT, TENANT

GITHUB = ("trust", "add", "github", "contoso/tools", "--workflow", "release.yml")
ENTRA = ("trust", "add", "entra", "--tenant", TENANT.upper(), "--client", CLIENT)
OURS = ("--packages", "Contoso.*")


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

    def run(self, *arguments: str) -> Result:
        runner = CliRunner(env={name: None for name in os.environ if name.startswith("FEED_")})
        return runner.invoke(larder(), [*arguments, "--data", str(self.directory)])

    def test_who_is_trusted_is_added_listed_and_removed(self) -> None:
        said = self.run(*GITHUB, "--environment", "production", *OURS).stdout
        github = re.match(r"contoso/tools release\.yml \((\w+)\) gets keys for Contoso\.\*", said)
        assert github
        entra = json.loads(self.run(*ENTRA, "--packages", "*", "--scope", "push", "--json").stdout)
        listed = json.loads(self.run("trust", "list", "--json").stdout)
        assert [{**each, "created": None} for each in listed] == [
            {
                "id": github[1],
                "kind": "github",
                "repository": "contoso/tools",
                "workflow": "release.yml",
                "environment": "production",
                "scopes": ["push", "push-new"],
                "packages": ["Contoso.*"],
                "created": None,
                "pinned": None,
            },
            {
                "id": entra["id"],
                "kind": "entra",
                "tenant": TENANT,
                "client": CLIENT,
                "scopes": ["push"],
                "packages": ["*"],
                "created": None,
                "pinned": None,
            },
        ]
        self.run("trust", "remove", github[1])
        header, line = self.run("trust", "list").stdout.splitlines()
        assert header.split() == ["ID", "WHO", "ENVIRONMENT", "SCOPES", "PACKAGES", "IDS"]
        assert line.startswith(f"{entra['id']}  application {CLIENT}  -            push    *  ")
        assert re.findall(r"(add-policy|remove-policy) ", self.run("log").stdout) == [
            "add-policy",
            "add-policy",
            "remove-policy",
        ]

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ((*GITHUB, "--packages", "[a-z]"), InvalidTerms),
            (("trust", "remove", "nobody"), PolicyNotFound),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, arguments: tuple[str, ...], error: type[FeedError]
    ) -> None:
        assert isinstance(self.run(*arguments).exception, error)


@pytest.mark.parametrize(
    "arguments",
    [
        ("trust", "add", "github", "contoso", "--workflow", "release.yml", *OURS),
        ("trust", "add", "github", "contoso/tools/x", "--workflow", "release.yml", *OURS),
        ("trust", "add", "github", "contoso/tools", "--workflow", "../release.yml", *OURS),
        ("trust", "add", "github", "contoso/tools", "--workflow", "release", *OURS),
        (*GITHUB, *OURS, "--environment", "a\nb"),
        ("trust", "add", "entra", "--tenant", "contoso.com", "--client", CLIENT, *OURS),
        ("trust", "add", "entra", "--tenant", TENANT, "--client", "common", *OURS),
    ],
)
def test_names_that_cannot_be_are_refused(arguments: tuple[str, ...]) -> None:
    assert isinstance(CliRunner().invoke(larder(), arguments).exception, InvalidRequest)


def test_packages_have_to_be_said() -> None:
    assert CliRunner().invoke(larder(), GITHUB).exit_code == 2
