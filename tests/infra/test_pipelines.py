"""What deploys: the same Python everywhere, no secret, and no file that the app does not need."""

import re
from pathlib import Path

import pytest

from tests.infra.deployment import deploy
from tests.infra.syntax import MAIN, ROOT, read

GITHUB = ROOT / ".github/workflows"
PIPELINES = [GITHUB / "check.yml", GITHUB / "release.yml", ROOT / "azure-pipelines.yml"]
RELEASES = [GITHUB / "release.yml", ROOT / "azure-pipelines.yml"]
DEPLOY = ROOT / ".ci/deploy"

RUNTIME = str(deploy().get("site").at("properties.functionAppConfig.runtime.version"))
DEPLOYED = {"feed", "function_app.py", "host.json", "requirements.txt"}


def names(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", RELEASES, ids=names)
def test_a_release_is_built_with_the_python_that_azure_runs(path: Path) -> None:
    versions = re.findall(r'(?:python-version|versionSpec): "([\d.]+)"', path.read_text("utf-8"))
    assert versions == [RUNTIME]


@pytest.mark.parametrize("path", [GITHUB / "check.yml", ROOT / "azure-pipelines.yml"], ids=names)
def test_a_change_is_tested_with_the_oldest_python_and_with_azures(path: Path) -> None:
    oldest = re.findall(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    tested = re.findall(r'python:([\d.]+)-|"(3\.\d+)"', path.read_text("utf-8").split("Package")[0])
    assert {first or second for first, second in tested} == {*oldest, RUNTIME}


def test_the_documentation_names_the_python_that_azure_runs() -> None:
    assert f"for Python {RUNTIME}" in (ROOT / "docs/deploying.md").read_text("utf-8")


@pytest.mark.parametrize("path", [*PIPELINES, DEPLOY], ids=names)
def test_no_pipeline_holds_a_secret(path: Path) -> None:
    found = re.findall(r"(?i)secrets\.|password|client-secret|_key\b", path.read_text("utf-8"))
    assert found == []


def test_github_signs_in_by_oidc_and_only_where_it_deploys() -> None:
    release = (GITHUB / "release.yml").read_text("utf-8")
    before, _, deploying = release.partition("\n  deploy:\n")
    assert "id-token: write" in deploying
    assert "id-token" not in before + (GITHUB / "check.yml").read_text("utf-8")


@pytest.mark.parametrize("path", RELEASES, ids=names)
def test_nothing_is_deployed_that_was_not_checked_and_packaged(path: Path) -> None:
    text = path.read_text("utf-8")
    steps = [
        text.index(each) for each in ("./larder package", "environment: production", ".ci/deploy")
    ]
    assert steps == sorted(steps)
    assert "CHANGELOG.md" in text[: steps[0]]
    assert "needs: [check, package]" in text or "dependsOn: Package" in text


def test_deploying_asks_for_parameters_and_outputs_that_there_are() -> None:
    script = DEPLOY.read_text("utf-8")
    main = read(MAIN)
    (given,) = re.findall(r"^parameters=\((.*)\)$", script, re.M)
    assert {*re.findall(r"(\w+)=", given)} <= {*main.of("param")}
    assert {*re.findall(r"\$\(outputs (\w+)\)", script)} <= {*main.outputs}


def ignored() -> list[str]:
    lines = (ROOT / ".funcignore").read_text("utf-8").splitlines()
    return [each for each in lines if each and not each.startswith("#")]


def test_what_tools_leave_out_is_written_as_all_of_them_understand_it() -> None:
    # `/*` and a slash at the end mean something else to each of them.
    anchored = [each for each in ignored() if each not in (".*", "__pycache__")]
    assert [each for each in anchored if not re.fullmatch(r"/[\w./-]*\w", each)] == []


def test_a_checkout_is_sent_with_what_the_app_needs_and_nothing_else() -> None:
    gone = {each.removeprefix("/") for each in ignored()}
    there = {each.name for each in ROOT.iterdir() if not each.name.startswith(".")}
    assert there - gone == DEPLOYED
    assert {"feed/cli", "feed/__main__.py"} <= gone
