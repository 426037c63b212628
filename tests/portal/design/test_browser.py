"""The gallery in a real browser: readable, operable and whole at any width, in both themes, under the strict policy."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, ViewportSize, expect, sync_playwright

from tests.plugins.missing_browser import find_browser

pytestmark = pytest.mark.browser

DIFFERENT = ("/?messages=1", "/list/?bulk=1&course=2&q=an&page=4", "/form/?errors=1", "/roll/", "/login/", "/confirm/")
PAGES = (*DIFFERENT, "/list/", "/list/?q=nobody", "/framed/404.html", "/bare/500.html")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_CHART_TABLES = "for (const table of document.querySelectorAll('.chart-table')) table.open = true"
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, gallery_url: str) -> Iterator[Page]:
    """A page that fails the test when the browser reports an error, such as a breach of the policy."""
    context = chromium.new_context(base_url=gallery_url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_no_page_breaks_a_rule_of_accessibility(
    chromium: Browser, gallery_url: str, width: int, theme: Literal["light", "dark"]
) -> None:
    # Axe is a script put into the page, which the policy would refuse.
    size: ViewportSize = {"width": width, "height": 800}
    context = chromium.new_context(base_url=gallery_url, viewport=size, color_scheme=theme, bypass_csp=True)
    page = context.new_page()
    violations = []
    for url in DIFFERENT:
        page.goto(url)
        page.evaluate(OPEN_CHART_TABLES)
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        violations += [(url, one["id"], node["target"]) for one in found for node in one["nodes"]]
    context.close()

    assert violations == []


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    too_wide = []
    for url in PAGES:
        page.goto(url)
        page.evaluate(OPEN_CHART_TABLES)
        if page.evaluate(SCROLLS_SIDEWAYS):
            too_wide.append(url)

    assert too_wide == []


@pytest.mark.parametrize("width", [360, 1280])
def test_right_to_left_and_with_texts_twice_as_long_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    too_wide = []
    for url in PAGES:
        page.goto(url)
        page.evaluate(
            """() => {
                document.documentElement.dir = "rtl";
                const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                for (let text; (text = walk.nextNode()); ) {
                    if (text.data.trim() && !text.parentElement.closest("svg")) text.data += " " + text.data;
                }
                window.dispatchEvent(new Event("resize"));
            }"""
        )
        if page.evaluate(SCROLLS_SIDEWAYS):
            too_wide.append(url)

    assert too_wide == []


def test_searching_replaces_the_results_and_the_address_and_keeps_the_cursor(page: Page) -> None:
    page.goto("/list/")
    page.locator("#list-search").press_sequentially("ann")

    expect(page.locator(".chip")).to_contain_text("Search: ann")
    assert page.url.endswith("/list/?q=ann")
    expect(page.locator("#list-search")).to_be_focused()

    page.select_option("#filter-course", "3")
    expect(page.locator(".chip")).to_have_count(2)
    assert page.url.endswith("/list/?q=ann&course=3")


def test_without_scripts_a_list_is_searched_by_its_button(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(base_url=gallery_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/list/")
    page.fill("#list-search", "ann")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".chip")).to_contain_text("Search: ann")
    context.close()


def test_a_chosen_theme_is_there_at_once_and_after_a_reload(page: Page) -> None:
    page.goto("/")
    page.locator("[data-menu] summary").click()
    page.locator("[data-theme-choice=dark]").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 16, 19)"

    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 16, 19)"


def test_menus_close_by_escape_and_by_a_click_elsewhere(page: Page) -> None:
    page.goto("/")
    menu = page.locator("[data-menu]")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")

    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.locator("main").click(position={"x": 5, "y": 5})
    expect(menu).not_to_have_attribute("open", "")


def test_on_a_phone_more_opens_the_whole_navigation_and_gives_the_focus_back(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    more = page.get_by_role("button", name="More")
    more.click()
    expect(page.get_by_role("link", name="Staff leave")).to_be_visible()
    expect(page.locator("[data-menu-close]")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Staff leave")).to_be_hidden()
    expect(more).to_be_focused()


def test_more_opens_without_scripts_too(chromium: Browser, gallery_url: str) -> None:
    context = chromium.new_context(
        base_url=gallery_url, java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="More").click()

    expect(page.get_by_role("link", name="Staff leave")).to_be_visible()
    context.close()


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/confirm/")
    page.route("**/confirm/", lambda route: route.fulfill(status=204))
    page.fill("textarea", "Two of them")
    for _ in range(3):
        page.evaluate("document.querySelector('.confirm').requestSubmit()")

    expect(page.locator("form[data-sending]")).to_have_count(1)
    assert len(sent) == 1


def test_leaving_with_unsaved_input_asks_first(page: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/form/")
    page.goto("/")
    assert asked == []

    page.goto("/form/")
    page.locator("#id_first_name").press_sequentially("Zoë")
    page.goto("/")

    assert asked == ["beforeunload"]


def test_a_message_can_be_dismissed(page: Page) -> None:
    page.goto("/?messages=1")
    expect(page.locator("[data-message]")).to_have_count(4)
    page.get_by_role("button", name="Dismiss this message").first.click()

    expect(page.locator("[data-message]")).to_have_count(3)


def test_after_an_error_the_summary_has_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/form/?errors=1")
    expect(page.locator("[data-error-summary]")).to_be_focused()

    page.get_by_role("link", name="Gender:").click()

    expect(page.locator("#id_gender_0")).to_be_focused()


def test_ticking_all_rows_ticks_every_row(page: Page) -> None:
    page.goto("/list/?bulk=1")
    page.get_by_role("checkbox", name="Tick all on this page").check()
    assert page.locator("input[name=selected]:checked").count() == 25

    page.locator("input[name=selected]").first.uncheck()

    assert page.evaluate("document.querySelector('[data-tick-all]').indeterminate") is True


def test_on_paper_there_are_no_controls(page: Page) -> None:
    page.goto("/list/")
    page.emulate_media(media="print")

    for selector in (".nav", ".header-end", ".toolbar", ".pager", ".page-actions", ".actions"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("heading", name="Students")).to_be_visible()
