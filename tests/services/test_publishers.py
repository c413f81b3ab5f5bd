"""What the names of those who are trusted may look like."""

import pytest

from feed.errors import InvalidRequest
from feed.services.publishers import Entra, GitHub
from tests.issuers import CLIENT, TENANT


def test_a_workflow_is_a_file_of_a_repository() -> None:
    parsed = GitHub.parse("contoso/Tools.Net", "release.yaml", "production")
    assert parsed == GitHub("contoso/Tools.Net", "release.yaml", "production")
    assert parsed.title == "contoso/Tools.Net release.yaml"


def test_a_repository_may_be_of_a_user_whom_an_enterprise_manages() -> None:
    assert GitHub.parse("ada_contoso/tools", "release.yml").repository == "ada_contoso/tools"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("contoso", "release.yml"), "'contoso' is no repository such as contoso/tools"),
        (("contoso/tools/x", "release.yml"), "is no repository"),
        (("../tools", "release.yml"), "is no repository"),
        (("contoso/tools", "release"), "'release' is no workflow file such as release.yml"),
        (("contoso/tools", "../release.yml"), "is no workflow file"),
        (("contoso/tools", "release.yml", "a\nb"), "is no environment such as production"),
    ],
)
def test_names_that_github_has_not_are_refused(names: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        GitHub.parse(*names)


def test_ids_of_entra_id_are_kept_in_lower_case() -> None:
    assert Entra.parse(TENANT.upper(), CLIENT.upper()) == Entra(TENANT, CLIENT)


@pytest.mark.parametrize("ids", [("contoso.com", CLIENT), (TENANT, "common"), (TENANT, "")])
def test_names_are_no_ids_of_entra_id(ids: tuple[str, str]) -> None:
    with pytest.raises(InvalidRequest, match="is no id: one is 36 characters long"):
        Entra.parse(*ids)
