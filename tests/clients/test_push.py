"""Push from a shell, and what the person reads."""

import pytest

from tests.builders import nupkg
from tests.clients.machines import Outcome
from tests.clients.nuget import TO_LARDER, NuGet
from tests.clients.serving import ADMIN_KEY, ServedFeed
from tests.clients.traces import INDEX, PUSH

pytestmark = pytest.mark.client


def good(package_id: str, version: str = "1.0.0") -> bytes:
    """Make a package that the feed has nothing to say about."""
    return nupkg(package_id, version, readme="# Hi", license="MIT")


def test_a_push_says_that_it_is_done(nuget: NuGet, feed: ServedFeed) -> None:
    nuget.machine.save("Pushed.1.0.0.nupkg", good("Pushed"))
    pushed = nuget.run("push", "Pushed.1.0.0.nupkg", *TO_LARDER)
    assert pushed == Outcome(
        0,
        "Pushing Pushed.1.0.0.nupkg to 'FEED/api/v2/package'...\n"
        "  PUT FEED/api/v2/package/\n"
        "  Created FEED/api/v2/package/ 0 ms\n"
        "Your package was pushed.\n",
    )
    assert feed.requests() == [INDEX, PUSH]


def test_a_push_advises_about_the_package(nuget: NuGet) -> None:
    nuget.machine.save("Bare.1.0.0.nupkg", nupkg("Bare"))
    pushed = nuget.run("push", "Bare.1.0.0.nupkg", *TO_LARDER)
    assert pushed.exit_code == 0
    assert "WARNING: the package has no license | the package has no readme\n" in pushed.output


def test_a_second_push_of_a_version_fails_and_says_why(nuget: NuGet, feed: ServedFeed) -> None:
    feed.push(good("Twice"))
    feed.requests()
    nuget.machine.save("Twice.1.0.0.nupkg", good("TWICE", "1.0"))
    refused = nuget.run("push", "Twice.1.0.0.nupkg", *TO_LARDER)
    assert refused == Outcome(
        1,
        "Pushing Twice.1.0.0.nupkg to 'FEED/api/v2/package'...\n"
        "  PUT FEED/api/v2/package/\n"
        "WARNING: TWICE 1.0.0 is already on this feed\n"
        "  Conflict FEED/api/v2/package/ 0 ms\n"
        "To skip already published packages, use the option -SkipDuplicate\n"
        "Response status code does not indicate success: 409 (Conflict).\n",
    )
    assert feed.requests() == [INDEX, "PUT /api/v2/package/ 409"]


def test_a_second_push_of_a_version_can_be_skipped(nuget: NuGet, feed: ServedFeed) -> None:
    feed.push(good("Skipped"))
    feed.requests()
    nuget.machine.save("Skipped.1.0.0.nupkg", good("Skipped"))
    skipped = nuget.run("push", "Skipped.1.0.0.nupkg", *TO_LARDER, "-SkipDuplicate")
    assert skipped.exit_code == 0
    assert "Skipped.1.0.0.nupkg' already exists at feed 'FEED/api/v2/package'.\n" in skipped.output
    assert feed.requests() == [INDEX, "PUT /api/v2/package/ 409"]


def test_many_packages_are_pushed_with_one_command(nuget: NuGet, feed: ServedFeed) -> None:
    for number in range(5):
        nuget.machine.save(f"Many.1.0.{number}.nupkg", good("Many", f"1.0.{number}"))
    pushed = nuget.run("push", "Many.*.nupkg", *TO_LARDER)
    assert pushed.exit_code == 0
    assert pushed.output.count("Your package was pushed.") == 5
    assert feed.requests() == [INDEX, *[PUSH] * 5]


def test_a_key_can_be_kept(nuget: NuGet, feed: ServedFeed) -> None:
    kept = nuget.run("setApiKey", ADMIN_KEY, "-Source", nuget.machine.index)
    assert kept.exit_code == 0
    nuget.machine.save("Kept.1.0.0.nupkg", good("Kept"))
    assert nuget.run("push", "Kept.1.0.0.nupkg", "-Source", "larder").exit_code == 0
    assert feed.requests() == [INDEX, PUSH]


@pytest.mark.parametrize(
    ("key", "words", "answers"),
    [
        ((), "a key of this feed is needed, as X-NuGet-ApiKey or as the password", [401, 401]),
        (("-ApiKey", "something"), "the API key is no key of this feed", [401, 401]),
        (("-ApiKey", "lrd_mistyped"), "the key is incomplete, mistyped or of another feed", [403]),
    ],
    ids=["none", "foreign", "mistyped"],
)
def test_without_a_good_key_a_push_ends_and_says_why(
    key: tuple[str, ...], words: str, answers: list[int], nuget: NuGet, feed: ServedFeed
) -> None:
    nuget.machine.save("Keyless.1.0.0.nupkg", good("Keyless"))
    refused = nuget.run("push", "Keyless.1.0.0.nupkg", "-Source", "larder", *key)
    assert refused.exit_code == 1
    assert f"WARNING: {words}\n" in refused.output
    assert refused.output.endswith(("401 (Unauthorized).\n", "403 (Forbidden).\n"))
    assert feed.requests() == [INDEX, *[f"PUT /api/v2/package/ {each}" for each in answers]]


def test_a_push_of_what_is_no_package_names_every_fault(nuget: NuGet, feed: ServedFeed) -> None:
    nuget.machine.save("Faulty.1.0.0.nupkg", nupkg("-Faulty", "one", authors=None))
    refused = nuget.run("push", "Faulty.1.0.0.nupkg", *TO_LARDER)
    assert refused.exit_code == 1
    assert "WARNING: the nuspec is invalid: package id '-Faulty': " in refused.output
    assert "; version 'one': " in refused.output
    assert "; authors is missing\n" in refused.output
    assert feed.requests() == [INDEX, "PUT /api/v2/package/ 400"]
