"""Large packages, both ways."""

from collections.abc import Iterator

import pytest

from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.packages import files, installed, large
from tests.clients.serving import ServedFeed, served
from tests.clients.traces import INDEX, PUSH, nupkg, registration

pytestmark = pytest.mark.client


def test_a_package_of_150_mb_is_pushed_and_installed(nuget: NuGet, feed: ServedFeed) -> None:
    package = large("Huge", 150)
    nuget.machine.save("Huge.nupkg", package)
    assert nuget.run("push", "Huge.nupkg", *TO_LARDER).exit_code == 0
    assert nuget.run("install", "Huge", "-OutputDirectory", "packages").exit_code == 0
    assert files(nuget.folder / "packages") == installed({("Huge", "1.0.0"): package})
    assert feed.requests() == [INDEX, PUSH, registration("huge"), nupkg("huge")]


class TestBeyondTheLimit:
    @pytest.fixture
    def feed(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFeed]:
        folder = tmp_path_factory.mktemp("small")
        with served(folder, "--memory", max_package_mb="1") as feed:
            yield feed

    def test_a_push_ends_with_the_limit(self, nuget: NuGet, feed: ServedFeed) -> None:
        nuget.machine.save("Large.nupkg", large("Large", 20))
        refused = nuget.run("push", "Large.nupkg", *TO_LARDER)
        assert refused.exit_code == 1
        assert "WARNING: the package is too large: this feed takes up to 1 MB\n" in refused.output
        assert "Response status code does not indicate success: 413 " in refused.output
        assert feed.requests() == [INDEX, "PUT /api/v2/package/ 413"]
