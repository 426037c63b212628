"""Paying a fine in a browser, through the sandbox that `make run` starts beside the school."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Visit
from tests.portal.school import Somebody

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.slow]

PAYMENTS = (
    "SELECT p.payment_status, f.status FROM finance_finepayment p JOIN finance_fine f ON f.id = p.fine_id"
    " WHERE f.student_id = ?"
)
OUTCOMES = (
    "SELECT e.event, e.outcome FROM finance_providerevent e JOIN finance_finepayment p ON p.order_id = e.order_id"
    " JOIN finance_fine f ON f.id = p.fine_id WHERE f.student_id = ? ORDER BY e.event"
)


def at_the_checkout(page: Page, site: str = "") -> Page:
    """From the list of fines to the provider's page; `site` as the browser calls it, if otherwise than usual."""
    page.goto(f"{site}/student_view_fines/")
    page.get_by_role("link", name="Pay Now").click()
    page.get_by_role("button", name="Pay ₹25.50").click()
    page.get_by_role("button", name="Go to the checkout").click()
    expect(page.get_by_role("heading", name="Sandbox checkout")).to_be_visible()
    return page


def until(page: Page, house: House, sql: str, person: Somebody, expected: list[tuple[str, str]]) -> None:
    """Webhooks arrive soon, but not at once."""
    for _ in range(100):
        if house.rows(sql, person.profile_id) == expected:
            return
        page.wait_for_timeout(100)
    assert house.rows(sql, person.profile_id) == expected


def test_a_student_pays_and_comes_back_to_a_fine_that_is_paid(house: House, visit: Visit) -> None:
    person = house.school.students[0]
    page = at_the_checkout(visit(person))
    page.get_by_role("button", name="Pay", exact=True).click()

    expect(page.get_by_text("Payment successful! A confirmation email has been sent.")).to_be_visible()
    assert page.url == f"{house.url}/student_view_fines/"
    expect(page.get_by_text("You have no unpaid fines.")).to_be_visible()
    assert house.rows(PAYMENTS, person.profile_id) == [("success", "paid")]
    until(page, house, OUTCOMES, person, [("order.paid", "settled"), ("payment.captured", "settled")])


def test_a_refused_payment_is_said_and_can_be_repeated(house: House, visit: Visit) -> None:
    person = house.school.students[1]
    page = at_the_checkout(visit(person))
    page.get_by_role("button", name="Let the bank refuse").click()
    expect(page.get_by_text("The payment was declined. Nothing was paid.")).to_be_visible()
    until(page, house, OUTCOMES, person, [("payment.failed", "failed")])

    at_the_checkout(page).get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("Payment successful!")).to_be_visible()
    assert house.rows(PAYMENTS, person.profile_id) == [("success", "paid")]


def test_a_browser_that_never_comes_back_is_not_needed(house: House, visit: Visit) -> None:
    person = house.school.students[2]
    page = at_the_checkout(visit(person))
    page.get_by_role("button", name="Pay, and do not return").click()
    expect(page.get_by_text("the school is told without you")).to_be_visible()
    until(page, house, PAYMENTS, person, [("success", "paid")])


def test_the_checkout_works_without_scripts_and_under_another_name_of_this_machine(house: House, visit: Visit) -> None:
    person = house.school.students[3]
    site = house.url.replace("localhost", "127.0.0.1")
    page = visit(java_script_enabled=False)
    page.context.add_cookies([{"name": "sessionid", "value": house.school.sessions[person.user_id], "url": site}])
    at_the_checkout(page, site).get_by_role("button", name="Pay", exact=True).click()
    page.get_by_role("button", name="Return to the school").click()
    expect(page.get_by_text("Payment successful!")).to_be_visible()
    assert page.url == f"{site}/student_view_fines/"
