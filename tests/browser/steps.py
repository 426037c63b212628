"""What people do on many pages."""

from playwright.sync_api import Page, expect

from tests.portal.school import PASSWORD


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")


def follow(page: Page, name: str) -> None:
    """By the navigation at the side."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    """A button of the page, or a link that looks like one."""
    button = page.get_by_role("main").get_by_role("button", name=name, exact=True)
    button.or_(page.get_by_role("main").get_by_role("link", name=name, exact=True)).first.click()


def reload_until(page: Page, text: str) -> None:
    """Events arrive soon, but not at once."""
    for _ in range(50):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(200)
        page.reload()
    expect(page.get_by_text(text)).to_be_visible()
