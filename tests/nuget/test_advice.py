import pytest

from feed.nuget.advice import list_warnings
from tests.builders import PNG, Elements
from tests.nuget.manifests import parsed

NO_LICENSE = "the package has no license"
NO_README = "the package has no readme"
LICENSE_URL = "licenseUrl is deprecated: use license, with an expression or a file"
ICON_URL = "iconUrl is deprecated: use icon, with a file of the package"
COMPLETE: Elements = {"license": "MIT", "readme": "# Hi"}


@pytest.mark.parametrize(
    ("given", "warnings"),
    [
        ({}, [NO_LICENSE, NO_README]),
        (COMPLETE, []),
        ({"license_file": "MIT", "readme": "# Hi"}, []),
        ({"license": "MIT"}, [NO_README]),
        ({"readme": "# Hi"}, [NO_LICENSE]),
        ({"readme": "# Hi", "license_url": "https://a"}, [LICENSE_URL]),
        ({**COMPLETE, "icon_url": "https://a"}, [ICON_URL]),
        ({**COMPLETE, "icon_url": "https://a", "icon": PNG}, []),
        ({**COMPLETE, "icon": PNG}, []),
    ],
)
def test_warns_of_what_is_missing_or_deprecated(given: Elements, warnings: list[str]) -> None:
    assert list(list_warnings(parsed(**given))) == warnings


@pytest.mark.parametrize("url", ["https://a/b", "HTTP://a/b", "git://a/b", "ssh://git@a/b", ""])
def test_is_content_with_a_usual_repository(url: str) -> None:
    manifest = parsed(repository={"url": url}, license="MIT", readme="# Hi")
    assert list(list_warnings(manifest)) == []


@pytest.mark.parametrize("url", ["file:///src", "git@a:b", "C:\\src", "svn://a/b"])
def test_warns_of_a_repository_that_a_browser_cannot_open(url: str) -> None:
    manifest = parsed(repository={"url": url}, license="MIT", readme="# Hi")
    assert list(list_warnings(manifest)) == [
        f"the repository url {url!r} begins with none of git, http, https, ssh"
    ]


def test_warns_of_text_that_is_not_in_normal_form_c() -> None:
    composed = parsed(title="Zoë", license="MIT", readme="# Hi")
    decomposed = parsed(title="Zoe\N{COMBINING DIAERESIS}", license="MIT", readme="# Hi")
    assert list(list_warnings(composed)) == []
    assert list(list_warnings(decomposed)) == [
        "the nuspec has text that is not in Unicode's normal form C"
    ]
