"""The page with Razorpay's checkout in a real browser, with a checkout of ours in the place of theirs."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, Request, Route, expect, sync_playwright

from modules.finance.models import FinePayment
from tests.modules.finance.sandbox import Sandbox
from tests.plugins.missing_browser import find_browser
from tests.portal.school import School

pytestmark = pytest.mark.browser

SITE = "http://school.test"
CHECKOUT = "https://checkout.razorpay.com/v1/checkout.js"
PAYS = """
window.Razorpay = class {
  constructor(options) { this.options = options; }
  on() {}
  open() {
    const { handler, order_id } = this.options;
    handler({ razorpay_payment_id: "pay_1", razorpay_order_id: order_id, razorpay_signature: "s" });
  }
};
"""
FAILS = """
window.Razorpay = class {
  on(event, listener) { this.listener = listener; }
  open() { this.listener({ error: {} }); }
};
"""


class Site:
    """Answers the browser: the page as it was drawn, with its policy, our static files, and their script."""

    def __init__(self, html: str, policy: str) -> None:
        self.html, self.policy, self.script = html, policy, ""
        self.order_id = FinePayment.objects.get().order_id
        self.posted: dict[str, list[str]] = {}

    def answer(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(SITE)
        if request.url == CHECKOUT:
            route.fulfill(body=self.script, content_type="text/javascript", status=200 if self.script else 503)
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert isinstance(found, str), path
            route.fulfill(path=Path(found))
        elif request.method == "POST":
            self.posted = {"path": [path], **parse_qs(request.post_data or "")}
            route.fulfill(body="thank you", content_type="text/html")
        else:
            route.fulfill(body=self.html, headers={"Content-Security-Policy": self.policy}, content_type="text/html")


@pytest.fixture
def site(school: School, as_student: Client, razorpay: Sandbox) -> Site:
    page = as_student.post(f"/student/initialize_payment/{school.fine_of(school.student).pk}/")
    return Site(page.content.decode(), page["Content-Security-Policy"])


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """The page, once its script is set. Whatever its policy forbids is a complaint, and fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = browser.new_page()
        page.route("**/*", site.answer)
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def test_what_the_checkout_returns_is_posted_with_the_pages_token(site: Site, page: Page) -> None:
    site.script = PAYS
    page.goto(f"{SITE}/pay/")
    with page.expect_navigation():
        page.get_by_role("button", name="Pay ₹25.50 with Razorpay").click()
    assert site.posted["path"] == ["/student/payment_callback/"]
    assert site.posted["razorpay_payment_id"] == ["pay_1"]
    assert site.posted["razorpay_order_id"] == [site.order_id]
    assert site.posted["razorpay_signature"] == ["s"]
    assert site.posted["csrfmiddlewaretoken"]


def test_a_payment_that_failed_is_said_and_can_be_repeated(site: Site, page: Page) -> None:
    site.script = FAILS
    page.goto(f"{SITE}/pay/")
    button = page.get_by_role("button", name="Pay ₹25.50 with Razorpay")
    button.click()
    expect(page.get_by_text("The payment failed, and nothing was paid.")).to_be_visible()
    expect(button).to_be_enabled()
    assert site.posted == {}


def test_a_checkout_that_does_not_load_is_said(site: Site, page: Page) -> None:
    page.goto(f"{SITE}/pay/")
    page.get_by_role("button", name="Pay ₹25.50 with Razorpay").click()
    expect(page.get_by_text("The payment provider cannot be reached just now.")).to_be_visible()
    assert site.posted == {}
