"""The packages that the golden documents are about."""

from collections.abc import Sequence
from dataclasses import replace

from feed.nuget.leaf import Deprecation, Leaf, VersionState
from feed.nuget.manifest import (
    Dependency,
    DependencyGroup,
    Manifest,
    PackageType,
    Repository,
)
from feed.nuget.registration_document import Change
from feed.nuget.timestamps import parse_ticks
from tests.nuget.versions import leaf, plain, state

_UTILS = Manifest(
    id="Contoso.Utils",
    version="1.0",
    title="Contoso Utilities",
    authors="Contoso, Fabrikam",
    description='Small things.\nAnd "quoted" ones: åéî.',
    summary="Small things",
    release_notes="First release",
    copyright="© Contoso",
    language="en-US",
    tags=("tools", "utilities"),
    project_url="https://contoso.example/utils?a=1&b=2",
    license_expression="MIT OR Apache-2.0",
    license_url="https://licenses.nuget.org/MIT%20OR%20Apache-2.0",
    icon="images/icon.png",
    icon_url="https://contoso.example/old.png",
    readme="docs/README.md",
    require_license_acceptance=True,
    development_dependency=True,
    serviceable=True,
    min_client_version="3.6.0",
    repository=Repository(
        type="git", url="https://contoso.example/utils.git", branch="main", commit="5114f85"
    ),
    dependency_groups=(
        DependencyGroup(
            target_framework="net8.0",
            dependencies=(
                Dependency(id="Newtonsoft.Json", range="[13.0.3, )"),
                Dependency(id="Contoso.Core", range="[1.0.0, 1.0.0]"),
            ),
        ),
        DependencyGroup(target_framework=".NETStandard2.0"),
    ),
)

_BETA = Manifest(
    id="contoso.utils",
    version="1.1.0.0-Beta.1+sha.5114f85",
    authors="Contoso",
    description="Small things",
    license_file="LICENSE.txt",
    license_url="https://aka.ms/deprecateLicenseUrl",
    icon_url="https://contoso.example/icon.png",
    dependency_groups=(DependencyGroup(dependencies=(Dependency(id="Contoso.Core", range=""),)),),
)

_TOOL = Manifest(
    id="Fabrikam.Tool",
    version="2.0.0",
    authors="Fabrikam",
    description="Does one thing",
    license_url="https://fabrikam.example/license",
    package_types=(PackageType(name="DotnetTool", version="1.0"), PackageType(name="Template")),
    repository=Repository(type="git"),
)

_DEPRECATION = Deprecation(
    reasons=("Legacy", "CriticalBugs"),
    message="Loses data",
    alternate_id="Contoso.More",
    alternate_range="[2.0.0, )",
)


def _state(version: str, change: str, pushed: str, changed: str, of: Leaf) -> VersionState:
    return replace(
        state(version, package_id=of.manifest.id),
        change=change * 16,
        published=parse_ticks(f"2024-03-{pushed}Z"),
        revision=parse_ticks(f"2024-03-{changed}Z"),
        files=of.files,
    )


UTILS = leaf(_UTILS, "icon.png", "readme.md")
UTILS_STATE = replace(
    _state("1.0.0", "a3", "01T10:00:00.5", "05T08:15:30.1234567", UTILS), deprecation=_DEPRECATION
)
BETA = leaf(_BETA, "license.txt")
BETA_STATE = replace(
    _state("1.1.0-Beta.1+sha.5114f85", "b4", "02T11:30:00", "02T12:00:00.0000001", BETA),
    listed=False,
)
GONE_STATE = replace(
    _state("0.9.0", "c5", "01T09:00:00", "04T18:00:00", plain("0.9.0")), deleted=True
)
TOOL = leaf(_TOOL)
TOOL_STATE = _state("2.0.0", "d6", "06T07:00:00.25", "06T07:00:00.25", TOOL)

CONTOSO_UTILS: Sequence[Change] = (
    (UTILS_STATE, UTILS),
    (BETA_STATE, BETA),
    (GONE_STATE, None),
)
FABRIKAM_TOOL: Sequence[Change] = ((TOOL_STATE, TOOL),)
