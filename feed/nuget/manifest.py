"""What a package says about itself: the nuspec's elements as values.

https://learn.microsoft.com/nuget/reference/nuspec
"""

from pydantic import BaseModel, ConfigDict

from feed.nuget.ranges import VersionRange
from feed.nuget.version import Version

DEFAULT_PACKAGE_TYPE = "Dependency"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PackageType(_Value):
    name: str
    version: str | None = None


class Repository(_Value):
    """Where the source lies."""

    type: str | None = None
    url: str | None = None
    branch: str | None = None
    commit: str | None = None


class Dependency(_Value):
    id: str
    range: str
    """Normalised, as `[1.0.0, )`; empty for any version."""


class DependencyGroup(_Value):
    target_framework: str | None = None
    """As the nuspec spells it; None for any framework."""

    dependencies: tuple[Dependency, ...] = ()


class FrameworkAssembly(_Value):
    name: str
    target_frameworks: tuple[str, ...] = ()


class Manifest(_Value):
    """A valid nuspec. Texts that are absent are None, never empty."""

    id: str
    version: str
    """Verbatim: `Version.parse` gives its normalised and full spelling."""

    title: str | None = None
    authors: str
    description: str
    summary: str | None = None
    release_notes: str | None = None
    copyright: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    project_url: str | None = None
    license_expression: str | None = None
    license_file: str | None = None
    license_url: str | None = None
    """None where it only stands in for an expression or a file."""

    icon: str | None = None
    icon_url: str | None = None
    readme: str | None = None
    require_license_acceptance: bool = False
    development_dependency: bool = False
    serviceable: bool = False
    min_client_version: str | None = None
    repository: Repository | None = None
    package_types: tuple[PackageType, ...] = ()
    """Empty when the nuspec names none, which means `Dependency`."""

    dependency_groups: tuple[DependencyGroup, ...] = ()
    framework_assemblies: tuple[FrameworkAssembly, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def is_semver2(self) -> bool:
        """Whether clients from before SemVer 2.0.0 must not see the package."""
        # NuGet: so it is by its own version, or by a bound of any dependency's range.
        ranges = (each.range for group in self.dependency_groups for each in group.dependencies)
        return Version.parse(self.version).is_semver2 or any(
            VersionRange.parse(text).is_semver2 for text in ranges if text
        )
