"""`nuget search`, which new clients have and old ones do not."""

import pytest

from tests.clients.machines import SOURCE
from tests.clients.nuget import NuGet
from tests.clients.packages import library
from tests.clients.serving import ServedFeed
from tests.clients.traces import INDEX

pytestmark = pytest.mark.client

SEARCHING = ("-Source", SOURCE)
FOUND = "GET /v3/search 200"


def test_a_search_lists_what_was_pushed(nuget: NuGet, feed: ServedFeed) -> None:
    feed.push(library("Fabrikam.Searched", "1.0.0"))
    feed.push(library("Fabrikam.Searched", "2.0.0-beta.1"))
    feed.requests()
    stable = nuget.run("search", "searched", *SEARCHING)
    assert stable.exit_code == 0
    assert "> Fabrikam.Searched | 1.0.0" in stable.output
    newest = nuget.run("search", "fabrikam searched", "-PreRelease", *SEARCHING)
    assert "> Fabrikam.Searched | 2.0.0-beta.1" in newest.output
    assert feed.requests() == [INDEX, FOUND, FOUND]


def test_a_search_that_finds_nothing_is_no_failure(nuget: NuGet, feed: ServedFeed) -> None:
    nothing = nuget.run("search", "packageid:Contoso.Absent", *SEARCHING)
    assert nothing.exit_code == 0
    assert "No results found." in nothing.output
    assert feed.requests() == [INDEX, FOUND]
