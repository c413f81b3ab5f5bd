"""The pages in a real browser, as people see them and as they get about in them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.clients.serving import ADMIN_KEY, ServedFeed

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/?q=tiny",
    "/profiles/Contoso",
    "/packages/Contoso.Tiny",
    "/packages/Hostile/1.0.0",
    "/packages/Contoso.Tiny/1.0.0/license",
    "/packages/Contoso.Tiny/1.0.0/report",
    "/?uses=Contoso.Tiny",
    "/?q=nothing.like.it",
    "/statistics",
    "/setup",
    "/sign-in",
    "/sign-out",
)
ABSENT = ("/packages/Contoso.Tny", "/packages/Contoso.Tiny/9.9.9", "/packages/a%20b")
"""What browsers count as an error."""

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
_VIOLATIONS = "axe.run().then(found => found.violations.map(each => [each.id, each.nodes[0].html]))"


@pytest.mark.parametrize("path", PATHS)
def test_a_page_loads_without_errors_and_from_this_feed_only(
    path: str, feed: ServedFeed, page: Page
) -> None:
    errors: list[str] = []
    elsewhere: list[str] = []

    def note_error(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            errors.append(message.text)

    def note_request(request: Request) -> None:
        if not request.url.startswith(feed.url):
            elsewhere.append(request.url)

    page.on("console", note_error)
    page.on("request", note_request)
    page.goto(feed.url + path, wait_until="networkidle")
    assert (errors, elsewhere) == ([], [])


@pytest.mark.parametrize("path", PATHS + ABSENT)
@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_nothing_is_wider_than_the_screen(
    width: int, path: str, feed: ServedFeed, page: Page
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(feed.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PATHS + ABSENT)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everybody_can_use_it(mode: str, path: str, feed: ServedFeed, chromium: Browser) -> None:
    dark = mode == "dark"
    context = chromium.new_context(color_scheme="dark" if dark else "light", bypass_csp=True)
    page = context.new_page()
    page.goto(feed.url + path)
    page.add_script_tag(path=AXE)
    found = page.evaluate(_VIOLATIONS)
    context.close()
    assert found == []


def test_a_page_follows_the_mode_of_the_system(feed: ServedFeed, page: Page) -> None:
    colours = []
    for mode in (False, True):
        page.emulate_media(color_scheme="dark" if mode else "light")
        page.goto(feed.url)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 23, 22)"]


def test_a_package_is_found_by_keyboard(feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.get_by_role("combobox", name="Search packages").focus()
    page.keyboard.type("contoso.tiny")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Contoso.Tiny").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contoso.Tiny 1.2.0")


@pytest.mark.parametrize("path", ["/", "/setup"])
def test_a_suggestion_is_reached_with_arrows(path: str, feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url + path)
    box = page.get_by_role("combobox", name="Search packages")
    box.press_sequentially("conto")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text(["Contoso.Tiny", "Contoso.User"])
    expect(box).to_have_attribute("aria-expanded", "true")
    for key, chosen in (
        *(("ArrowDown", "Contoso.Tiny"), ("ArrowDown", "Contoso.User"), ("ArrowDown", None)),
        *(("ArrowUp", "Contoso.User"), ("ArrowUp", "Contoso.Tiny")),
    ):
        page.keyboard.press(key)
        assert _chosen(page) == ([chosen] if chosen else [])
        expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contoso.Tiny 1.2.0")


def _chosen(page: Page) -> list[str]:
    """The option that assistive technology is told of, which is the one that looks so."""
    told: list[str] = page.locator("[role=option][aria-selected=true]").all_inner_texts()
    active = page.get_by_role("combobox", name="Search packages").get_attribute(
        "aria-activedescendant"
    )
    assert told == (page.locator(f"#{active}").all_inner_texts() if active else [])
    return told


def test_suggestions_go_away_and_are_in_no_way(feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url)
    box = page.get_by_role("combobox", name="Search packages")
    box.press_sequentially("conto")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("conto")
    box.press_sequentially("s")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("2 packages")


def test_a_suggestion_is_clicked(feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url)
    page.get_by_role("combobox", name="Search packages").press_sequentially("user")
    page.get_by_role("option", name="Contoso.User").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contoso.User 1.0.0")


def test_open_suggestions_can_be_used_by_everybody(feed: ServedFeed, chromium: Browser) -> None:
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(feed.url)
    page.get_by_role("combobox", name="Search packages").press_sequentially("conto")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.add_script_tag(path=AXE)
    found = page.evaluate(_VIOLATIONS)
    context.close()
    assert found == []


def test_packages_are_searched_without_scripts(feed: ServedFeed, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(feed.url)
    page.get_by_role("searchbox", name="Search packages").fill("user")
    page.get_by_label("Show").select_option("Libraries")
    page.get_by_label("with prereleases").check()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Contoso.User").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contoso.User 1.0.0")
    context.close()


def test_a_line_is_copied_with_one_click(feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url + "/packages/Contoso.Tiny/1.0.0")
    page.get_by_role("button", name="Copy: dotnet add package").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "dotnet add package Contoso.Tiny --version 1.0.0"


def test_a_readme_is_shown_with_its_tables(feed: ServedFeed, page: Page) -> None:
    page.goto(feed.url + "/packages/Contoso.Tiny")
    readme = page.get_by_role("region", name="Readme")
    expect(readme.get_by_role("heading", name="Contoso.Tiny")).to_be_visible()
    expect(readme.get_by_role("cell", name="one")).to_be_visible()


def test_a_page_is_read_without_scripts(feed: ServedFeed, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(feed.url + "/packages/Contoso.Tiny")
    expect(page.get_by_text("dotnet add package Contoso.Tiny --version 1.2.0")).to_be_visible()
    expect(page.get_by_text("Some words")).to_be_visible()
    context.close()


def test_a_page_is_light(feed: ServedFeed, page: Page) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(feed.url + "/packages/Contoso.Tiny", wait_until="networkidle")
    assert 0 < sum(sizes) < 60_000


def test_a_person_signs_in_and_out(private_feed: ServedFeed, page: Page) -> None:
    page.goto(private_feed.url + "/packages/Contoso.Tiny")
    page.get_by_label("Key").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Key").fill(ADMIN_KEY)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contoso.Tiny 1.0.0")
    assert page.evaluate("document.querySelector('img.icon').naturalWidth") == 1
    page.get_by_role("combobox", name="Search packages").press_sequentially("tiny")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["Contoso.Tiny"])
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(private_feed.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
