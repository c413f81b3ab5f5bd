"""What people are told to paste, and whom to tell when something is wrong."""

from xml.etree import ElementTree

import orjson
import pytest

from feed.settings import InvalidSettings
from feed.web.setup import GITHUB, azure_pipeline, nuget_config
from tests.api.holders import by_password
from tests.feeds import ADMIN_KEY, client, memory_feed, settings


@pytest.mark.parametrize("is_private", [True, False])
def test_the_configuration_is_whole(is_private: bool) -> None:
    index = "https://feed.example/v3/index.json"
    root = ElementTree.fromstring(nuget_config(index, is_private=is_private).encode())  # noqa: S314  (ours)
    sources = {each.get("key"): each.get("value") for each in root.iter("add")}
    assert sources["larder"] == index
    assert (sources.get("ClearTextPassword") == "%LARDER_KEY%") == is_private
    mapped = [each.get("key") for each in root.iter("packageSource")]
    assert mapped == ["nuget.org", "larder"]


def test_a_feed_without_tls_is_allowed_in_the_configuration() -> None:
    config = nuget_config("http://127.0.0.1:7071/v3/index.json", is_private=False)
    assert 'allowInsecureConnections="true"' in config


def test_a_pipeline_hands_on_the_key_where_reading_needs_it() -> None:
    assert azure_pipeline(is_private=True).count("LARDER_KEY: $(LARDER_KEY)") == 2
    assert azure_pipeline(is_private=False).count("LARDER_KEY: $(LARDER_KEY)") == 1
    assert "${{ secrets.LARDER_KEY }}" in GITHUB


@pytest.mark.parametrize("read", ["private", "public"])
async def test_the_page_speaks_of_keys_where_reading_needs_one(read: str) -> None:
    async with client(memory_feed(read=read)) as http:
        text = (await http.get("/setup", headers=by_password(ADMIN_KEY))).text
    assert "https://feed.example/v3/index.json" in text
    assert ("This feed is private." in text) == (read == "private")
    assert ("%LARDER_KEY%" in text) == (read == "private")


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("feed@contoso.example", '<a href="mailto:feed@contoso.example">feed@contoso.example</a>'),
        ("https://contoso.example/help", '<a href="https://contoso.example/help">'),
        ('"><script>@x', "&lt;script&gt;@x</a>"),
    ],
)
async def test_a_package_is_reported_to_who_is_named(contact: str, shown: str) -> None:
    async with client(memory_feed(contact=contact)) as http:
        assert shown in (await http.get("/packages/Tiny/1.0.0/report")).text


@pytest.mark.parametrize("contact", ["feed@contoso.example", ""])
async def test_clients_offer_to_report_only_where_somebody_is_named(contact: str) -> None:
    async with client(memory_feed(contact=contact)) as http:
        index = orjson.loads((await http.get("/v3/index.json")).content)
        page = (await http.get("/packages/Tiny/1.0.0/report")).text
    types = {each["@type"].partition("/")[0] for each in index["resources"]}
    assert ("ReportAbuseUriTemplate" in types) == bool(contact)
    assert ("The feed names no address" in page) == (not contact)


@pytest.mark.parametrize("contact", ["nobody", "javascript:alert(1)", "a b@c"])
def test_a_contact_is_an_address(contact: str) -> None:
    with pytest.raises(InvalidSettings, match="FEED_CONTACT"):
        settings(contact=contact)
