"""The `license` element, and the `licenseUrl` that packers write beside it."""

import pytest

from tests.nuget.manifests import faults_of, parsed

FILE_URL = "https://aka.ms/deprecateLicenseUrl"


def license_of(metadata: str) -> tuple[str | None, str | None, str | None]:
    manifest = parsed(metadata=metadata)
    return manifest.license_expression, manifest.license_file, manifest.license_url


@pytest.mark.parametrize(
    ("metadata", "read"),
    [
        ("", (None, None, None)),
        ("<license type='expression'>MIT</license>", ("MIT", None, None)),
        ("<license type='expression' version='1.0.0'> MIT </license>", ("MIT", None, None)),
        ("<license type='file'>docs\\LICENSE</license>", (None, "docs\\LICENSE", None)),
        ("<licenseUrl>https://a/b</licenseUrl>", (None, None, "https://a/b")),
    ],
)
def test_a_license_is_an_expression_a_file_or_an_address(
    metadata: str, read: tuple[str | None, str | None, str | None]
) -> None:
    assert license_of(metadata) == read


@pytest.mark.parametrize(
    ("license_type", "text", "url"),
    [
        ("expression", "MIT", "https://licenses.nuget.org/MIT"),
        ("expression", "MIT OR (A AND B)", "https://licenses.nuget.org/MIT%20OR%20(A%20AND%20B)"),
        ("expression", "GPL-2.0+", "https://licenses.nuget.org/GPL-2.0%2B"),
        ("file", "LICENSE", FILE_URL),
    ],
)
def test_the_address_that_only_stands_in_for_a_license_is_left_out(
    license_type: str, text: str, url: str
) -> None:
    element = f"<license type='{license_type}'>{text}</license>"
    assert license_of(f"{element}<licenseUrl>{url}</licenseUrl>") == license_of(element)


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        (
            "<license type='expression'>MIT</license><licenseUrl>https://a/b</licenseUrl>",
            "licenseUrl is 'https://a/b', but license means 'https://licenses.nuget.org/MIT'",
        ),
        (
            f"<license type='expression'>MIT</license><licenseUrl>{FILE_URL}</licenseUrl>",
            f"licenseUrl is '{FILE_URL}', but license means 'https://licenses.nuget.org/MIT'",
        ),
        (
            "<license type='file'>L</license><licenseUrl>https://a/b</licenseUrl>",
            f"licenseUrl is 'https://a/b', but license means '{FILE_URL}'",
        ),
        (
            f"<licenseUrl>{FILE_URL}</licenseUrl>",
            f"licenseUrl is '{FILE_URL}', but there is no license",
        ),
        (
            "<licenseUrl>https://licenses.nuget.org/MIT</licenseUrl>",
            "licenseUrl is 'https://licenses.nuget.org/MIT', but there is no license",
        ),
    ],
)
def test_an_address_that_contradicts_the_license_is_refused(metadata: str, fault: str) -> None:
    assert faults_of(metadata=metadata) == (fault,)


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ("<license>MIT</license>", "license has the type '', not expression or file"),
        ("<license type='x'>MIT</license>", "license has the type 'x', not expression or file"),
        (
            "<license type='file' version='2.0.0'>L</license>",
            "license has the version '2.0.0', not 1.0.0",
        ),
        ("<license type='file'>L<b/></license>", "license has elements inside, not only text"),
        ("<license type='file'/>", "license names no file"),
        (
            f"<license type='file'>{'a' * 501}</license>",
            "license has 501 characters, 500 are allowed",
        ),
        (
            "<license type='expression'>MIT OR</license>",
            "license expression 'MIT OR': it ends too early",
        ),
        ("<license type='expression'/>", "license expression '': it ends too early"),
    ],
)
def test_a_license_that_breaks_a_rule_is_refused(metadata: str, fault: str) -> None:
    assert faults_of(metadata=metadata) == (fault,)
