"""The lines to copy, by what a package is."""

import pytest

from feed.nuget.manifest import Manifest, PackageType
from feed.web.snippets import snippets

REFERENCE = [
    "dotnet add package Tiny --version 1.0.0",
    '<PackageReference Include="Tiny" Version="1.0.0" />',
    '<PackageVersion Include="Tiny" Version="1.0.0" />',
    '<PackageReference Include="Tiny" />',
    '<package id="Tiny" version="1.0.0" />',
]
TOOL = [
    "dotnet tool install --global Tiny --version 1.0.0",
    "dotnet tool install Tiny --version 1.0.0",
]


def lines(*types: str, development: bool = False) -> list[str]:
    manifest = Manifest(
        id="Tiny",
        version="1.0.0",
        authors="A",
        description="D",
        package_types=tuple(PackageType(name=each) for each in types),
        development_dependency=development,
    )
    return [line for _, line in snippets("Tiny", "1.0.0", manifest)]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((), REFERENCE),
        (("Dependency",), REFERENCE),
        (("Unheard",), REFERENCE),
        (("DotnetTool",), TOOL),
        (("dotnettool", "dependency"), [*TOOL, *REFERENCE]),
        (("Template",), ["dotnet new install Tiny@1.0.0"]),
        (("MSBuildSdk",), ['<Sdk Name="Tiny" Version="1.0.0" />']),
    ],
)
def test_a_package_is_added_as_what_it_is(types: tuple[str, ...], expected: list[str]) -> None:
    assert lines(*types) == expected


def test_what_only_builds_need_is_kept_from_others() -> None:
    assert lines(development=True)[1:] == [
        '<PackageReference Include="Tiny" Version="1.0.0" PrivateAssets="all" />',
        '<PackageVersion Include="Tiny" Version="1.0.0" />',
        '<PackageReference Include="Tiny" PrivateAssets="all" />',
        '<package id="Tiny" version="1.0.0" developmentDependency="true" />',
    ]
