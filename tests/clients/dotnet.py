"""`dotnet`, where there is one, as a person at a shell uses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.clients.machines import Machine, Outcome

# Nothing that a restore would fetch by itself: packs, reference assemblies, an app host.
_PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
{references}  </ItemGroup>
</Project>
"""
_REFERENCE = '    <PackageReference Include="{}" Version="{}" />\n'
_ENVIRONMENT = {
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DOTNET_CLI_UI_LANGUAGE": "en",
    "DOTNET_CLI_USE_MSBUILD_SERVER": "0",
    "DOTNET_GENERATE_ASPNET_CERTIFICATE": "false",
    "DOTNET_NOLOGO": "1",
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
    "MSBUILDDISABLENODEREUSE": "1",
}


@dataclass(frozen=True, slots=True)
class Dotnet:
    command: str
    machine: Machine

    @property
    def project(self) -> Path:
        return self.machine.folder / "App.csproj"

    def run(self, *arguments: str, **environment: str) -> Outcome:
        return self.machine.run([self.command, *arguments], **_ENVIRONMENT, **environment)

    def refer(self, references: Mapping[str, str]) -> None:
        """Write a project with these package references."""
        listed = "".join(_REFERENCE.format(*each) for each in references.items())
        self.machine.save(self.project.name, _PROJECT.format(references=listed))

    def restore(self, references: Mapping[str, str], **environment: str) -> Outcome:
        self.refer(references)
        return self.run("restore", **environment)
