"""`dotnet`, where there is one."""

import pytest

from tests.builders import nupkg as build
from tests.clients.dotnet import Dotnet
from tests.clients.machines import SOURCE, Machine, credentials
from tests.clients.packages import LEAF, MID, TOP, files, leaf, library, restored, shelved
from tests.clients.programs import get_dotnet
from tests.clients.serving import ADMIN_KEY, ServedFeed
from tests.clients.traces import INDEX, PUSH, challenged, nupkg, registration, versions

pytestmark = pytest.mark.client

TO_LARDER = ("--source", SOURCE, "--api-key", ADMIN_KEY)
CHAIN = [
    each
    for name in ("contoso.top", "contoso.mid", "contoso.leaf")
    for each in (versions(name), nupkg(name))
]


@pytest.fixture
def dotnet(machine: Machine) -> Dotnet:
    return Dotnet(get_dotnet(), machine)


def good(package_id: str) -> bytes:
    """Make a package that the feed has nothing to say about."""
    return build(package_id, "1.0.0", readme="# Hi", license="MIT")


def test_a_push_says_that_it_is_done(dotnet: Dotnet, feed: ServedFeed) -> None:
    dotnet.machine.save("Dotnet.1.0.0.nupkg", good("Dotnet"))
    pushed = dotnet.run("nuget", "push", "Dotnet.1.0.0.nupkg", *TO_LARDER)
    assert pushed.exit_code == 0
    assert "Your package was pushed.\n" in pushed.output
    assert "warn" not in pushed.output
    assert feed.requests() == [INDEX, PUSH]


def test_a_second_push_fails_and_can_be_skipped(dotnet: Dotnet, feed: ServedFeed) -> None:
    feed.push(good("Dotnet.Twice"))
    feed.requests()
    dotnet.machine.save("Twice.nupkg", good("Dotnet.Twice"))
    refused = dotnet.run("nuget", "push", "Twice.nupkg", *TO_LARDER)
    assert refused.exit_code == 1
    assert "Dotnet.Twice 1.0.0 is already on this feed" in refused.output
    skipped = dotnet.run("nuget", "push", "Twice.nupkg", *TO_LARDER, "--skip-duplicate")
    assert skipped.exit_code == 0
    assert feed.requests() == [INDEX, *["PUT /api/v2/package/ 409"] * 2]


def test_a_push_without_a_key_of_the_feed_says_so(dotnet: Dotnet, feed: ServedFeed) -> None:
    dotnet.machine.save("Keyless.nupkg", good("Keyless"))
    push = ("nuget", "push", "Keyless.nupkg", "--source", SOURCE, "--api-key", "something")
    refused = dotnet.run(*push)
    assert refused.exit_code == 1
    assert "the API key is no key of this feed" in refused.output
    assert "401 (Unauthorized)" in refused.output


def test_a_restore_brings_what_packages_depend_on(dotnet: Dotnet, feed: ServedFeed) -> None:
    done = dotnet.restore({"Contoso.Top": "1.0.0"})
    assert done.exit_code == 0
    assert "warn" not in done.output
    assert files(dotnet.machine.packages) == restored(shelved(TOP, MID, LEAF))
    assert sorted(feed.requests()) == sorted([INDEX, *CHAIN])


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("1.*", "1.2.0"), ("*-*", "2.0.0-beta.2"), ("[1.2.0]", "1.2.0")]
)
def test_ranges_and_floating_versions_choose(wanted: str, chosen: str, dotnet: Dotnet) -> None:
    assert dotnet.restore({"Contoso.Leaf": wanted}).exit_code == 0
    assert files(dotnet.machine.packages) == restored(shelved(leaf(chosen)))


@pytest.mark.parametrize(
    ("package_id", "version", "code"),
    [("Contoso.None", "1.0.0", "NU1101"), ("Contoso.Leaf", "9.0.0", "NU1102")],
)
def test_what_is_missing_is_said_to_be(
    package_id: str, version: str, code: str, dotnet: Dotnet
) -> None:
    failed = dotnet.restore({package_id: version})
    assert failed.exit_code == 1
    assert f"error {code}: Unable to find package {package_id}" in failed.output


def test_an_added_package_is_the_newest_stable_one(dotnet: Dotnet, feed: ServedFeed) -> None:
    dotnet.refer({})
    added = dotnet.run("add", "package", "Contoso.Leaf")
    assert added.exit_code == 0
    assert 'Include="Contoso.Leaf" Version="1.2.0"' in dotnet.project.read_text("utf-8-sig")
    assert files(dotnet.machine.packages) == restored(shelved(leaf("1.2.0")))
    requests = feed.requests()
    assert registration("contoso.leaf") in requests
    assert {each.rpartition(" ")[2] for each in requests} == {"200"}


def test_an_added_prerelease_is_the_newest_of_all(dotnet: Dotnet) -> None:
    dotnet.refer({})
    assert dotnet.run("add", "package", "Contoso.Leaf", "--prerelease").exit_code == 0
    assert 'Version="2.0.0-beta.2"' in dotnet.project.read_text("utf-8-sig")


def test_a_deleted_version_is_still_restored(dotnet: Dotnet, feed: ServedFeed) -> None:
    package = library("Dotnet.Hidden", "1.0.0")
    feed.push(package)
    delete = ("nuget", "delete", "Dotnet.Hidden", "1.0.0", *TO_LARDER, "--non-interactive")
    assert dotnet.run(*delete).exit_code == 0
    assert dotnet.restore({"Dotnet.Hidden": "1.0.0"}).exit_code == 0
    assert files(dotnet.machine.packages) == restored({("Dotnet.Hidden", "1.0.0"): package})


def test_a_search_lists_what_was_pushed(dotnet: Dotnet, feed: ServedFeed) -> None:
    feed.push(library("Dotnet.Searched", "1.2.3"))
    found = dotnet.run("package", "search", "searched", "--source", SOURCE)
    assert found.exit_code == 0
    assert "Dotnet.Searched" in found.output
    assert "1.2.3" in found.output
    assert "GET /v3/search 200" in feed.requests()


class TestPrivateFeed:
    @pytest.fixture
    def feed(self, private_feed: ServedFeed) -> ServedFeed:
        private_feed.requests()
        return private_feed

    def test_a_key_in_the_configuration_restores(self, dotnet: Dotnet, feed: ServedFeed) -> None:
        dotnet.machine.configure(credentials(ADMIN_KEY))
        assert dotnet.restore({"Contoso.Top": "1.0.0"}).exit_code == 0
        assert files(dotnet.machine.packages) == restored(shelved(TOP, MID, LEAF))
        requests = set(feed.requests())
        assert requests >= {INDEX, *CHAIN}
        assert requests <= {*challenged(INDEX, *CHAIN)}

    def test_a_key_in_the_configuration_pushes(self, dotnet: Dotnet, feed: ServedFeed) -> None:
        dotnet.machine.configure(credentials(ADMIN_KEY))
        dotnet.machine.save("Private.nupkg", good("Dotnet.Private"))
        push = ("nuget", "push", "Private.nupkg", "--source", SOURCE, "--api-key", "AzureDevOps")
        assert dotnet.run(*push).exit_code == 0
        assert feed.requests()[-1] == PUSH

    def test_without_a_key_it_gives_up_and_says_so(self, dotnet: Dotnet) -> None:
        failed = dotnet.restore({"Contoso.Leaf": "1.0.0"})
        assert failed.exit_code == 1
        assert "error NU1301: " in failed.output
        assert "401 (Unauthorized)" in failed.output
