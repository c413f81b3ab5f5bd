import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.azurite import give_up
from tests.builders import PNG, nupkg
from tests.clients.serving import ServedFeed, served

_ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_README = """# Contoso.Tiny

Some *words*, a [link](https://contoso.example) and `code`.

| what | how much |
|---|---:|
| one | 1 |

```csharp
var tiny = new Tiny(); // a line of code that is much longer than a telephone is wide
```
"""
_HOSTILE = "\u202e<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's browser; Playwright keeps an event loop running, which no later test can have."""
    program = shutil.which("chromium")
    if program is None:
        give_up("needs chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFeed]:
    with served(tmp_path_factory.mktemp("pages"), "--memory", contact="a@b.example") as feed:
        for number in range(3):
            feed.push(_tiny(f"1.{number}.0"))
        feed.push(nupkg("Contoso.User", dependencies={"Contoso.Tiny": "1.0.0"}))
        feed.push(
            nupkg(
                "Hostile",
                "1.0.0",
                title=_HOSTILE,
                authors=_HOSTILE + "A" * 3000,
                description=_HOSTILE + "B" * 3900,
                tags=_HOSTILE,
                release_notes="C" * 30_000,
                readme=_HOSTILE + "\n\n" + "D" * 65_536,
            )
        )
        yield feed


@pytest.fixture(scope="package")
def private_feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFeed]:
    with served(tmp_path_factory.mktemp("private"), "--memory", read="private") as feed:
        feed.push(_tiny("1.0.0"))
        yield feed


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _tiny(version: str) -> bytes:
    return nupkg(
        "Contoso.Tiny",
        version,
        description="Small things.",
        tags="small things",
        icon=PNG,
        readme=_README,
        license="MIT",
        repository={"type": "git", "url": "https://contoso.example/tiny.git", "commit": "0" * 40},
        dependencies={"net8.0": {"Contoso.Other": "1.0.0"}},
    )
