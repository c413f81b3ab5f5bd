"""The page of a licence."""

import pytest

from tests.builders import Elements, nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, received


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"license": "MIT OR Apache-2.0"}, "https://licenses.nuget.org/MIT%20OR%20Apache-2.0"),
        ({"license_file": "You may.\n<b>Nothing</b> else."}, "&lt;b&gt;Nothing&lt;/b&gt; else."),
        ({"license_url": "https://contoso.example/l"}, 'href="https://contoso.example/l"'),
        ({}, "The package names none."),
    ],
)
async def test_a_licence_is_shown_as_the_package_has_it(said: Elements, shown: str) -> None:
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", "1.0.0", **said)), ADMIN)
    async with client(feed) as http:
        answer = await http.get("/packages/tiny/1.0.0/license")
        package = (await http.get("/packages/tiny/1.0.0")).text
    assert answer.status_code == 200
    assert shown in answer.text
    assert ('href="/packages/Tiny/1.0.0/license"' in package) == ("license_file" in said)


async def test_a_licence_in_markdown_is_rendered() -> None:
    manifest = (
        '<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>'
        "<id>Tiny</id><version>1.0.0</version><authors>A</authors><description>D</description>"
        '<license type="file">LICENSE.md</license></metadata></package>'
    )
    feed = memory_feed()
    package = nupkg("Tiny", manifest=manifest, files={"LICENSE.md": "# Terms\n<script>x</script>"})
    await feed.publishing.push(received(package), ADMIN)
    async with client(feed) as http:
        text = (await http.get("/packages/tiny/1.0.0/license")).text
    assert "<h3>Terms</h3>" in text
    assert "<script>x" not in text


@pytest.mark.parametrize("path", ["/packages/Tiny/1.0.0/license", "/packages/None/1.0.0/license"])
async def test_a_version_that_there_is_not_has_no_licence(path: str) -> None:
    async with client(memory_feed()) as http:
        assert (await http.get(path)).status_code == 404
