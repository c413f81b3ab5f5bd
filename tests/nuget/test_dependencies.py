from collections.abc import Mapping

import pytest

from feed.nuget.manifest import Dependency, DependencyGroup
from tests.builders import Ranges
from tests.nuget import manifests


def groups_of(dependencies: Ranges | Mapping[str, Ranges]) -> tuple[DependencyGroup, ...]:
    return manifests.parsed(dependencies=dependencies).dependency_groups


def faults_of(inside: str) -> tuple[str, ...]:
    return manifests.faults_of(metadata=f"<dependencies>{inside}</dependencies>")


def test_dependencies_without_groups_are_one_group_for_any_framework() -> None:
    assert groups_of({"A": "1.0", "B.C": " (, 2.0] "}) == (
        DependencyGroup(
            target_framework=None,
            dependencies=(
                Dependency(id="A", range="[1.0.0, )"),
                Dependency(id="B.C", range="(, 2.0.0]"),
            ),
        ),
    )


def test_a_group_without_dependencies_is_kept() -> None:
    """It says that the package supports the framework and needs nothing there."""
    assert groups_of({"net8.0": {}, "": {"A": "1.0"}, ".NETStandard2.0": {}}) == (
        DependencyGroup(target_framework="net8.0"),
        DependencyGroup(dependencies=(Dependency(id="A", range="[1.0.0, )"),)),
        DependencyGroup(target_framework=".NETStandard2.0"),
    )


def test_no_dependencies_are_no_groups() -> None:
    assert manifests.parsed(metadata="<dependencies/>").dependency_groups == ()


@pytest.mark.parametrize("package_id", ["a..b", "", "a b", "a" * 101])
def test_an_invalid_id_is_refused(package_id: str) -> None:
    (fault,) = faults_of(f"<dependency id='{package_id}' version='1.0'/>")
    assert f"': package id '{package_id[:80]}" in fault


def test_a_dependency_stands_once_in_its_group() -> None:
    assert faults_of("<dependency id='A' version='1.0'/><dependency id='a' version='2.0'/>") == (
        "dependency 'a' stands 2 times in one group",
    )


def test_a_dependency_may_stand_in_several_groups() -> None:
    assert len(groups_of({"net8.0": {"A": "1.0"}, "net9.0": {"A": "2.0"}})) == 2


def test_a_dependency_without_a_version_takes_any() -> None:
    [group] = groups_of({"A": None, "B": " "})
    assert group.dependencies == (Dependency(id="A", range=""), Dependency(id="B", range=""))


@pytest.mark.parametrize(
    "text", ["[2,1]", "(1.0)", "[1,1)", "(,)", "1.0,2.0", "latest", "[1.0.0-01, )"]
)
def test_a_range_that_does_not_parse_is_refused(text: str) -> None:
    (fault,) = faults_of(f"<dependency id='A' version='{text}'/>")
    assert fault.startswith(f"dependency 'A': version range '{text}': ")


@pytest.mark.parametrize("text", ["*", "1.*", "1.0.0-*", "[1.*, )"])
def test_a_floating_range_is_refused(text: str) -> None:
    (fault,) = faults_of(f"<dependency id='A' version='{text}'/>")
    assert fault.endswith("a floating version is for project files, not for packages")


def test_a_range_has_256_characters_at_most() -> None:
    (fault,) = faults_of(f"<dependency id='A' version='[1.0,{' ' * 252}]'/>")
    assert fault.endswith("it has 258 characters, 256 are allowed")


def test_a_bound_with_build_metadata_is_refused() -> None:
    assert faults_of("<dependency id='A' version='[1.0.0, 2.0.0+b]'/>") == (
        "dependency 'A': version range '[1.0.0, 2.0.0+b]': "
        "a bound has no build metadata, since no order depends on it",
    )


def test_a_bound_may_have_a_label_that_is_a_number() -> None:
    [group] = groups_of({"A": "1.0.0-20241231"})
    assert group.dependencies == (Dependency(id="A", range="[1.0.0-20241231, )"),)


def test_an_unknown_framework_is_refused() -> None:
    assert faults_of("<group targetFramework='cobol85'/>") == (
        "dependencies: target framework 'cobol85' is not known to NuGet",
    )


@pytest.mark.parametrize(
    ("first", "second"), [("net8.0", ".NETCoreApp8.0"), ("net45", ".NETFramework4.5"), ("", "")]
)
def test_a_framework_has_one_group(first: str, second: str) -> None:
    groups = f"<group targetFramework='{first}'/><group targetFramework='{second}'/>"
    assert faults_of(groups) == (
        f"dependencies has 2 groups for {first or 'any framework'!r}, "
        f"also called {second or 'any framework'!r}",
    )


def test_groups_and_loose_dependencies_do_not_mix() -> None:
    """Clients would read the groups, and ignore the others without a word."""
    assert faults_of("<group targetFramework='net8.0'/><dependency id='A' version='1.0'/>") == (
        "dependencies has groups, and dependencies outside them",
    )


def test_all_dependencies_together_have_32767_characters_at_most() -> None:
    inside = "".join(f"<dependency id='A{n:05}' version='1.0'/>" for n in range(1900))
    assert faults_of(inside) == ("dependencies has 34199 characters, 32767 are allowed",)
