"""Manifests made from their elements, read, or refused with all their faults."""

from typing import Unpack

import pytest

from feed.errors import InvalidManifest
from feed.nuget.manifest import Manifest
from feed.nuget.nuspec import parse_manifest
from tests.builders import Elements, nuspec


def parsed(package_id: str = "Tiny", version: str = "1.0.0", **given: Unpack[Elements]) -> Manifest:
    return parse_manifest(nuspec(package_id, version, **given).encode())


def faults_of(
    package_id: str = "Tiny", version: str = "1.0.0", **given: Unpack[Elements]
) -> tuple[str, ...]:
    with pytest.raises(InvalidManifest) as refused:
        parsed(package_id, version, **given)
    return refused.value.faults
