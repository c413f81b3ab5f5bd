"""What nuget.org asks of each element on a push."""

import pytest

from feed.nuget.manifest import Repository
from tests.builders import Elements
from tests.nuget.manifests import faults_of, parsed


class TestNames:
    def test_no_element_stands_there_twice(self) -> None:
        assert faults_of(metadata="<title>a</title><title>b</title>") == (
            "element 'title' stands there 2 times",
        )

    @pytest.mark.parametrize(
        "name",
        [
            *("created", "dependencyGroups", "isPrerelease", "lastEdited", "listed"),
            *("packageEntries", "packageHash", "packageHashAlgorithm", "packageSize"),
            *("published", "supportedFrameworks", "verbatimVersion"),
        ],
    )
    def test_what_only_the_feed_can_say_is_refused(self, name: str) -> None:
        assert faults_of(metadata=f"<{name}/>") == (
            f"element {name!r} is not for a nuspec to have",
        )

    @pytest.mark.parametrize("name", ["Tags", "TAGS", "Readme", "readMe"])
    def test_tags_and_readme_are_spelled_in_lower_case(self, name: str) -> None:
        assert faults_of(metadata=f"<{name}>x</{name}>") == (
            f"element {name!r} must be spelled {name.lower()!r}",
        )


class TestIdentity:
    @pytest.mark.parametrize("package_id", ["a..b", "-a", "a b", "a" * 101, "$id$", "Füße", "a."])
    def test_an_invalid_id_is_refused(self, package_id: str) -> None:
        (fault,) = faults_of(package_id)
        assert fault.startswith("package id ")

    @pytest.mark.parametrize("version", ["1.0.0.0.0", "a.b", "1.0.0-01", "1.0.0-", "1.0.0-a..b"])
    def test_an_invalid_version_is_refused(self, version: str) -> None:
        (fault,) = faults_of(version=version)
        assert fault.startswith(f"version {version!r}: ")

    def test_id_and_version_are_required(self) -> None:
        assert faults_of("", "") == ("id is missing", "version is missing")

    @pytest.mark.parametrize(
        "version",
        ["1", "1.0.0-1", "1.0.0-20241231", "1.0.0-a", "1.0.0-1.a", "1.0.0-1+b", "1.0.0-a-1"],
    )
    def test_a_version_that_they_read_or_are_not_shown_is_accepted(self, version: str) -> None:
        assert parsed(version=version).version == version

    def test_a_version_has_64_characters_at_most(self) -> None:
        parsed(version="1.0.0-" + "a" * 58)
        (fault,) = faults_of(version="1.0.0-" + "a" * 59)
        assert fault.endswith("it has 65 characters, at most 64 can be pushed")

    def test_id_and_version_have_160_characters_together(self) -> None:
        parsed("a" * 100, "1.0.0-" + "a" * 54)
        (fault,) = faults_of("a" * 100, "1.0.0-" + "a" * 55)
        assert fault.endswith("it has 161 characters, 160 are allowed")


LIMITS = {
    "title": 256,
    "authors": 4000,
    "description": 4000,
    "summary": 4000,
    "releaseNotes": 35000,
    "copyright": 4000,
    "language": 20,
    "tags": 4000,
}


def with_text(name: str, length: int) -> Elements:
    given: Elements = {"metadata": f"<{name}>{'a' * length}</{name}>"}
    if name == "authors":
        given["authors"] = None
    if name == "description":
        given["description"] = None
    return given


@pytest.mark.parametrize(("name", "most"), LIMITS.items())
def test_no_text_is_longer_than_its_element_may_be(name: str, most: int) -> None:
    parsed(**with_text(name, most))
    assert faults_of(**with_text(name, most + 1)) == (
        f"{name} has {most + 1} characters, {most} are allowed",
    )


@pytest.mark.parametrize(
    "name", ["requireLicenseAcceptance", "developmentDependency", "serviceable"]
)
@pytest.mark.parametrize("text", ["yes", "1", "true false"])
def test_a_boolean_is_true_or_false(name: str, text: str) -> None:
    assert faults_of(metadata=f"<{name}>{text}</{name}>") == (
        f"{name} is {text!r}, neither true nor false",
    )


@pytest.mark.parametrize("name", ["projectUrl", "iconUrl", "licenseUrl"])
class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "http://a",
            "HTTPS://a.example:8080/b?c#d",
            "https://a/b%20c",
            "https://[::1]/",
            "https://é",
        ],
    )
    def test_http_and_https_are_accepted(self, name: str, address: str) -> None:
        parsed(metadata=f"<{name}>{address}</{name}>")

    @pytest.mark.parametrize(
        "address",
        [
            *("a.example", "/a", "ftp://a", "file:///a", "javascript:alert(1)", "https:"),
            *("https:///a", "https://a b/", "https://?a", "mailto:a@b.example", "https:\\\\a"),
        ],
    )
    def test_any_other_address_is_refused(self, name: str, address: str) -> None:
        assert faults_of(metadata=f"<{name}>{address}</{name}>") == (
            f"{name} is {address!r}, not an absolute http or https address",
        )

    def test_no_address_is_longer_than_4000_characters(self, name: str) -> None:
        assert faults_of(metadata=f"<{name}>https://{'a' * 3993}</{name}>") == (
            f"{name} has 4001 characters, 4000 are allowed",
        )


class TestMinClientVersion:
    @pytest.mark.parametrize("version", ["2.5", "7.3.1.1", "6.0.0-rc.1"])
    def test_a_client_that_exists_is_accepted(self, version: str) -> None:
        assert parsed(min_client_version=version).min_client_version == version

    def test_a_client_that_nobody_has_is_refused(self) -> None:
        assert faults_of(min_client_version="7.3.1.2") == (
            "minClientVersion is 7.3.1.2, above 7.3.1.1, the newest that is known",
        )

    def test_what_is_not_a_version_is_refused(self) -> None:
        (fault,) = faults_of(min_client_version="new")
        assert fault.startswith("minClientVersion: version 'new': ")


class TestRepository:
    def test_type_and_url_have_limits(self) -> None:
        assert faults_of(repository={"type": "a" * 101, "url": "b" * 4001}) == (
            "repository type has 101 characters, 100 are allowed",
            "repository url has 4001 characters, 4000 are allowed",
        )

    def test_an_attribute_may_be_blank(self) -> None:
        assert parsed(repository={"type": "git", "url": ""}).repository == Repository(type="git")


class TestPackageTypes:
    @pytest.mark.parametrize("name", ["a b", "", "a..b", "a" * 101])
    def test_a_name_is_spelled_like_an_id(self, name: str) -> None:
        (fault,) = faults_of(package_types={name: None})
        assert fault.startswith("packageType: package id ")

    @pytest.mark.parametrize("version", ["1", "1.0-a", "1.2.3.4.5", "x", "9999999999.0"])
    def test_a_version_is_two_to_four_numbers(self, version: str) -> None:
        assert faults_of(package_types={"Kind": version}) == (
            f"packageType 'Kind' has the version {version!r}, not 2 to 4 numbers",
        )

    @pytest.mark.parametrize("name", ["SymbolsPackage", "symbolspackage"])
    def test_symbols_are_not_pushed_as_a_package(self, name: str) -> None:
        assert faults_of(package_types={name: None}) == (
            "its package type is 'SymbolsPackage': push it to the symbol endpoint",
        )
