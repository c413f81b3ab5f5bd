"""The dependencies of a nuspec, for each target framework or for all.

https://learn.microsoft.com/nuget/reference/nuspec#dependencies-element
"""

from collections import Counter
from xml.etree.ElementTree import Element

from feed.errors import InvalidRange, shown
from feed.nuget.frameworks import Framework
from feed.nuget.identity import PackageId
from feed.nuget.manifest import Dependency, DependencyGroup
from feed.nuget.nuspec_xml import Metadata, attribute, children
from feed.nuget.ranges import VersionRange

MAX_RANGE = 256
MAX_FLATTENED = 32767
"""Characters of all dependencies, written as `id:range:framework|id:range:framework`."""


def read_dependency_groups(metadata: Metadata) -> tuple[DependencyGroup, ...]:
    element = metadata.find("dependencies")
    if element is None:
        return ()
    groups, loose = children(element, "group"), children(element, "dependency")
    if groups and loose:
        # Clients would ignore those outside, without a word.
        metadata.faults.append("dependencies has groups, and dependencies outside them")
    read = [_read_group(metadata, group) for group in groups]
    if loose:
        read.append(DependencyGroup(dependencies=_read_dependencies(metadata, element)))
    _check_frameworks(metadata, read)
    metadata.limit("dependencies", _flattened(read), MAX_FLATTENED)
    return tuple(read)


def _read_group(metadata: Metadata, element: Element) -> DependencyGroup:
    return DependencyGroup(
        target_framework=attribute(element, "targetFramework"),
        dependencies=_read_dependencies(metadata, element),
    )


def _read_dependencies(metadata: Metadata, element: Element) -> tuple[Dependency, ...]:
    found = [_read_dependency(metadata, each) for each in children(element, "dependency")]
    ids = Counter(dependency.id.lower() for dependency in found)
    metadata.faults += [
        f"dependency {shown(each)} stands {count} times in one group"
        for each, count in ids.items()
        if count > 1
    ]
    return tuple(found)


def _read_dependency(metadata: Metadata, element: Element) -> Dependency:
    package_id, text = attribute(element, "id") or "", attribute(element, "version")
    where = f"dependency {shown(package_id)}"
    metadata.parsed(PackageId.parse, package_id, where)
    if text is None:  # NuGet, nuspec: any version will do, and packing such a package works
        return Dependency(id=package_id, range="")
    found = metadata.parsed(_parse_range, text, where)
    return Dependency(id=package_id, range=str(found or ""))


def _parse_range(text: str) -> VersionRange:
    if len(text) > MAX_RANGE:
        raise InvalidRange(text, f"it has {len(text)} characters, {MAX_RANGE} are allowed")
    found = VersionRange.parse(text)
    for bound in found.bounds:
        if bound.metadata:
            raise InvalidRange(text, "a bound has no build metadata, since no order depends on it")
    return found


def _check_frameworks(metadata: Metadata, groups: list[DependencyGroup]) -> None:
    names: dict[Framework | None, list[str]] = {}
    for group in groups:
        name = group.target_framework
        framework = metadata.parsed(Framework.parse, name, "dependencies") if name else None
        if framework or not name:
            names.setdefault(framework, []).append(name or "any framework")
    metadata.faults += [
        f"dependencies has {len(same)} groups for {shown(same[0])}, also called {shown(same[1])}"
        for same in names.values()
        if len(same) > 1
    ]


def _flattened(groups: list[DependencyGroup]) -> str:
    return "|".join(
        f"{each.id}:{each.range}:{group.target_framework or ''}"
        for group in groups
        for each in group.dependencies
    )
