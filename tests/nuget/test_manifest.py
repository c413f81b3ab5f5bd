import pytest

from tests.nuget.manifests import parsed


@pytest.mark.parametrize("version", ["1.0.0-rc.1", "1.0.0+build"])
def test_a_package_is_semver2_by_its_own_version(version: str) -> None:
    assert parsed(version=version).is_semver2


@pytest.mark.parametrize(
    "bounds", ["1.0.0-rc.1", "[1.0.0-rc.1, )", "(, 2.0.0-rc.1]", "[1.0.0-a.1]"]
)
def test_a_package_is_semver2_by_a_bound_of_any_dependency(bounds: str) -> None:
    assert parsed(dependencies={"net8.0": {"A": "1.0"}, "net9.0": {"B": bounds}}).is_semver2


def test_any_other_package_is_for_all_clients() -> None:
    assert not parsed(version="1.0.0-rc1", dependencies={"A": "[1.0.0-rc1, 2.0)"}).is_semver2
