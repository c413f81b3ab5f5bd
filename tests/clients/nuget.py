"""nuget.exe under Mono, as a person at a shell uses it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.clients.machines import SOURCE, Machine, Outcome
from tests.clients.serving import ADMIN_KEY

FRAMEWORK = "net45"
TO_LARDER = ("-Source", SOURCE, "-ApiKey", ADMIN_KEY)


@dataclass(frozen=True, slots=True)
class NuGet:
    command: tuple[str, ...]
    machine: Machine

    @property
    def folder(self) -> Path:
        return self.machine.folder

    def run(self, *arguments: str, **environment: str) -> Outcome:
        return self.machine.run([*self.command, *arguments, "-NonInteractive"], **environment)

    def restore(
        self, references: Mapping[str, str], *arguments: str, **environment: str
    ) -> Outcome:
        """Restore a project with these package references, without MSBuild: from its graph."""
        project = self.machine.save("App.csproj", "<Project />")
        graph = dependency_graph(project, self.machine, references)
        self.machine.save("App.dg", json.dumps(graph))
        return self.run("restore", "App.dg", *arguments, **environment)

    def resolved(self) -> list[str]:
        """Say what the last restore chose: `Id/Version` of every package."""
        assets = json.loads((self.folder / "obj/project.assets.json").read_bytes())
        return sorted(assets["libraries"])


def dependency_graph(
    project: Path, machine: Machine, references: Mapping[str, str]
) -> dict[str, object]:
    """Say what MSBuild tells restore about a project, which keeps a lock file."""
    name = str(project)
    restore = {
        "projectUniqueName": name,
        "projectName": project.stem,
        "projectPath": name,
        "packagesPath": f"{machine.packages}/",
        "outputPath": f"{machine.folder / 'obj'}/",
        "projectStyle": "PackageReference",
        "originalTargetFrameworks": [FRAMEWORK],
        "sources": {machine.index: {}},
        "configFilePaths": [str(machine.folder / "nuget.config")],
        "frameworks": {FRAMEWORK: {"targetAlias": FRAMEWORK, "projectReferences": {}}},
        "restoreLockProperties": {"restorePackagesWithLockFile": "true"},
    }
    dependencies = {
        each: {"target": "Package", "version": wanted} for each, wanted in references.items()
    }
    return {
        "format": 1,
        "restore": {name: {}},
        "projects": {
            name: {
                "version": "1.0.0",
                "restore": restore,
                "frameworks": {FRAMEWORK: {"targetAlias": FRAMEWORK, "dependencies": dependencies}},
            }
        },
    }
