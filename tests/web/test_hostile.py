"""A package whose every field is written to break the page that shows it."""

from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from feed.nuget.deprecation import DeprecationRequest
from feed.nuget.leaf import Deprecation
from tests.builders import nupkg
from tests.feeds import client, memory_feed
from tests.services.pushes import ADMIN, identity, received

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\u2066",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "A" * 4000,
]
OURS = {"script", "link", "meta", "img", "form", "input", "button"}


class Page(HTMLParser):
    """Which elements and attributes a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def package(text: str) -> bytes:
    return nupkg(
        "Tiny",
        "1.0.0",
        title=text[:256],
        authors=text,
        owners=text,
        description=text,
        summary=text,
        release_notes=text,
        copyright=text,
        tags=text,
        readme=text,
        license_file=text,
        project_url="https://contoso.example/" + text.replace(" ", "/")[:1000],
        dependencies={"Used": "1.0.0"},
        repository={"type": text[:100], "url": text, "branch": text, "commit": text},
        files={f"lib/{text[:20].replace('/', '_')}/a.dll": b"x"},
    )


PATHS = (
    "/",
    "/?q=packageid:tiny",
    "/?uses=Used",
    "/packages/Tiny",
    "/packages/Used",
    "/packages/Tiny/1.0.0/license",
)


async def pages(body: bytes) -> list[str]:
    feed = memory_feed()
    for each in (body, nupkg("Used", "1.0.0")):
        await feed.publishing.push(received(each), ADMIN)
    async with client(feed) as http:
        return [(await http.get(path)).text for path in PATHS]


def shape(text: str) -> list[str]:
    """The elements that only we write."""
    return sorted(name for name in Page(text).names if name in OURS | {"svg", "iframe", "style"})


@pytest.mark.parametrize("attack", ATTACKS)
async def test_no_field_adds_an_element_or_a_handler(attack: str) -> None:
    for harmless, hostile in zip(
        await pages(package("plain")), await pages(package(attack)), strict=True
    ):
        assert shape(hostile) == shape(harmless)
        found = Page(hostile).attributes
        assert [name for name, _ in found if name.startswith("on") or name == "style"] == []
        assert [value for _, value in found if value.lower().startswith("javascript:")] == []
        assert len(hostile) < 150_000


@pytest.mark.parametrize("attack", ATTACKS[:3])
async def test_a_deprecation_is_text_too(attack: str) -> None:
    feed = memory_feed()
    await feed.publishing.push(received(nupkg("Tiny", "1.0.0")), ADMIN)
    package_id, version = identity("Tiny", "1.0.0")
    advice = DeprecationRequest((version,), Deprecation(("Other",), attack))
    await feed.changes.deprecate(package_id, advice, ADMIN)
    async with client(feed) as http:
        text = (await http.get("/packages/Tiny")).text
    assert attack not in text


@pytest.mark.parametrize("attack", ATTACKS[:4])
async def test_what_somebody_asks_for_is_text_too(attack: str) -> None:
    async with client(memory_feed()) as http:
        http.headers["Accept"] = "text/html"
        asked = [f"?page=2&{name}={{}}" for name in ("q", "packageType", "uses", "prerelease")]
        paths = ["packages/{}", "profiles/{}", "packages/Tiny/{}", "packages/{}/1/report", *asked]
        spelled = quote(attack, safe="")
        answers = [await http.get("/" + path.format(spelled)) for path in paths]
    assert [each.url for each in answers if attack in each.text] == []
