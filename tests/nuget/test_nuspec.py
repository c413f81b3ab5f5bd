import pytest

from feed.errors import InvalidManifest
from feed.nuget.manifest import (
    Dependency,
    DependencyGroup,
    FrameworkAssembly,
    Manifest,
    PackageType,
    Repository,
)
from tests.builders import PNG
from tests.nuget.manifests import faults_of, parsed


def test_reads_every_element() -> None:
    manifest = parsed(
        "Contoso.Tiny",
        "1.0.0-Beta.1+build",
        title="Tiny",
        authors="Ann, Bob",
        owners="nobody reads these",
        description="It is tiny.",
        summary="Tiny",
        release_notes="Smaller.",
        copyright="© Contoso",
        language="en-GB",
        tags="one two,three;four|five\tone",
        project_url="https://contoso.example/tiny",
        icon=PNG,
        icon_url="http://contoso.example/tiny.png",
        readme="# Tiny",
        license="MIT OR Apache-2.0",
        license_url="https://licenses.nuget.org/MIT%20OR%20Apache-2.0",
        require_license_acceptance=True,
        development_dependency="TRUE",
        serviceable="True",
        min_client_version="2.12",
        repository={"type": "git", "url": "https://git.example/tiny", "branch": "b", "commit": "c"},
        package_types={"DotnetTool": None, "Contoso.Kind": "1.2"},
        dependencies={"net8.0": {"Json": "[1.0,2.0)", "Log": "1.0"}, "netstandard2.0": {}},
        framework_assemblies={"System.Net": "net45, net46", "System.Web": ""},
        references=("A.dll", "B.dll"),
    )
    assert manifest == Manifest(
        id="Contoso.Tiny",
        version="1.0.0-Beta.1+build",
        title="Tiny",
        authors="Ann, Bob",
        description="It is tiny.",
        summary="Tiny",
        release_notes="Smaller.",
        copyright="© Contoso",
        language="en-GB",
        tags=("one", "two", "three", "four", "five", "one"),
        project_url="https://contoso.example/tiny",
        license_expression="MIT OR Apache-2.0",
        icon="icon.png",
        icon_url="http://contoso.example/tiny.png",
        readme="readme.md",
        require_license_acceptance=True,
        development_dependency=True,
        serviceable=True,
        min_client_version="2.12",
        repository=Repository(type="git", url="https://git.example/tiny", branch="b", commit="c"),
        package_types=(
            PackageType(name="DotnetTool"),
            PackageType(name="Contoso.Kind", version="1.2"),
        ),
        dependency_groups=(
            DependencyGroup(
                target_framework="net8.0",
                dependencies=(
                    Dependency(id="Json", range="[1.0.0, 2.0.0)"),
                    Dependency(id="Log", range="[1.0.0, )"),
                ),
            ),
            DependencyGroup(target_framework="netstandard2.0"),
        ),
        framework_assemblies=(
            FrameworkAssembly(name="System.Net", target_frameworks=("net45", "net46")),
            FrameworkAssembly(name="System.Web"),
        ),
        references=("A.dll", "B.dll"),
    )


def test_what_is_absent_is_none_and_what_is_blank_too() -> None:
    bare = Manifest(
        id="Tiny", version="1.0.0", authors="Contoso", description="A package for tests."
    )
    assert parsed() == bare
    assert parsed(title=" ", tags="", project_url="\n", metadata="<repository/>") == bare


def test_text_is_stripped() -> None:
    manifest = parsed(" Tiny\n", "\t1.0 ", title=" A\nB ")
    assert (manifest.id, manifest.version, manifest.title) == ("Tiny", "1.0", "A\nB")


def test_references_may_stand_in_groups() -> None:
    grouped = (
        "<references><group targetFramework='net45'><reference file='A.dll'/></group></references>"
    )
    assert parsed(metadata=grouped).references == ("A.dll",)


def test_all_faults_are_reported_at_once() -> None:
    assert faults_of("-a", "1.0.0-01", authors=None, description=" ", serviceable="maybe") == (
        "package id '-a': an id is ASCII letters, digits and _ in groups joined by a single . or -",
        "version '1.0.0-01': a number in its label has a leading zero",
        "description is missing",
        "serviceable is 'maybe', neither true nor false",
        "authors is missing",
    )


def test_a_message_has_one_line_that_names_twenty_faults_at_most() -> None:
    metadata = "".join(f"<a{n}/><a{n}/>" for n in range(23))
    with pytest.raises(InvalidManifest) as refused:
        parsed(metadata=metadata)
    assert str(refused.value).endswith("element 'a19' stands there 2 times; and 3 more")
    assert len(refused.value.faults) == 23
