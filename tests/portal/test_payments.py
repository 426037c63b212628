"""Paying a fine: the order, the checkouts of both providers, and what settles it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import urllib3
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.finance import signatures
from modules.finance.models import Fine, FinePayment
from modules.finance.sandbox import keys
from tests.modules.finance.sandbox import SECRET, Choice, Fault, Sandbox, deliver
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import School, login, make_account

OWN, CALLBACK = "/student_view_fines/", "/student/payment_callback/"
SUCCESS = "success: Payment successful! A confirmation email has been sent."
CONFIRMING = "info: Your payment is being confirmed by the payment provider. The fine is marked as paid when it is."
FAILED = "error: Payment verification failed: "

Values = dict[str, str]

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def fine(school: School) -> Fine:
    """What the student owes."""
    return school.fine_of(school.student)


def pay_url(fine: Fine) -> str:
    return f"/student/initialize_payment/{fine.pk}/"


def status_of(fine: Fine) -> str:
    fine.refresh_from_db()
    return fine.status


def order_of(client: Client, fine: Fine) -> str:
    """Press the button; the order that was made."""
    assert client.post(pay_url(fine)).status_code == 200
    return FinePayment.objects.get(fine=fine).order_id


def returned(client: Client, fine: Fine, sandbox: Sandbox, choice: Choice = Choice.PAY) -> Values:
    """Go through the checkout; what it sends the browser back with."""
    return sandbox.checkout(order_of(client, fine), choice)


def successes() -> int:
    return OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count()


# --- the order --------------------------------------------------------------------------------------------------------


def test_the_legacys_link_shows_the_fine_and_orders_nothing(fine: Fine, as_student: Client) -> None:
    page = as_student.get(pay_url(fine))
    assert page.status_code == 200
    assert "Amount ₹25.50 Reason Late book" in text_of(page)
    assert not FinePayment.objects.exists()


def test_the_button_orders_once_however_often_it_is_pressed(fine: Fine, as_student: Client) -> None:
    for _press in range(2):
        page = as_student.post(pay_url(fine))
        assert "Payments go to a sandbox" in text_of(page)
    order = FinePayment.objects.get()
    assert (order.fine_id, order.payment_status, order.order_amount) == (fine.pk, "created", fine.amount)
    assert status_of(fine) == "unpaid"


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_students_fine_is_not_there(school: School, as_student: Client, method: str) -> None:
    for fine_id in (school.fine_of(school.classmates[1]).pk, 999999):
        response = getattr(as_student, method)(f"/student/initialize_payment/{fine_id}/")
        assert (response.status_code, response["Location"]) == (302, OWN)
        assert flashes(response)[-1] == "error: Fine not found or already paid"
    assert not FinePayment.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("status", ["paid", "cancelled"])
def test_what_is_settled_cannot_be_paid(fine: Fine, as_student: Client, method: str, status: str) -> None:
    Fine.objects.update(status=status)
    response = getattr(as_student, method)(pay_url(fine))
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == ["error: Fine not found or already paid"]
    assert not FinePayment.objects.exists()


def test_an_amount_that_nobody_can_pay_is_refused_with_the_reason(fine: Fine, as_student: Client) -> None:
    Fine.objects.update(amount=0)
    (flash,) = flashes(as_student.post(pay_url(fine)))
    assert flash.startswith("error: Error initializing payment: ")


@pytest.mark.parametrize("fault", ["none", "down"])
def test_without_a_provider_the_student_is_told(
    fine: Fine, as_student: Client, settings: Settings, sandbox: Sandbox, fault: str
) -> None:
    if fault == "none":
        settings.PAYMENT_PROVIDER = ""
    sandbox.fault = Fault(status=503)
    response = as_student.post(pay_url(fine))
    assert (response.status_code, response["Location"]) == (302, OWN)
    (flash,) = flashes(response)
    assert flash.startswith("error: Error initializing payment: Online payment is not available")
    assert not FinePayment.objects.exists()


def test_a_student_without_profile_can_pay_nothing(fine: Fine, browse: Browse) -> None:
    client = browse(make_account("No", "Profile", Role.STUDENT))
    assert client.get(pay_url(fine))["Location"] == OWN
    assert client.post(pay_url(fine))["Location"] == OWN
    assert not FinePayment.objects.exists()


# --- the sandbox's checkout -------------------------------------------------------------------------------------------


def test_the_page_hands_over_to_the_checkout_and_gives_it_no_token(
    fine: Fine, as_student: Client, sandbox: Sandbox
) -> None:
    page: Any = as_student.post(pay_url(fine))
    sent = fields_of(page, f"{sandbox.url}/v1/checkout/embedded".replace("localhost", "testserver"))
    assert (sent["key_id"], sent["amount"], sent["currency"]) == (keys.KEY_ID, "2550", "INR")
    assert (sent["order_id"], sent["callback_url"]) == (
        *(FinePayment.objects.get().order_id, f"http://testserver{CALLBACK}"),
    )
    assert "csrfmiddlewaretoken" not in sent
    address = sandbox.url.replace("localhost", "testserver")
    assert f"form-action 'self' {address};" in page["Content-Security-Policy"] + ";"
    assert "form-action 'self';" in as_student.get(pay_url(fine))["Content-Security-Policy"] + ";"


def through_the_checkout(page: Any, sandbox: Sandbox, choice: str) -> tuple[str, Values]:
    """What a browser does on the sandbox's own pages; where it then posts, and what."""
    sent = fields_of(page, f"{sandbox.url}/v1/checkout/embedded".replace("localhost", "testserver"))
    at_checkout = _post(f"{sandbox.url}/v1/checkout/embedded", sent)
    hidden = _form(at_checkout)[1] | {"choice": choice}
    return _form(_post(f"{sandbox.url}/v1/checkout/pay", hidden))


def _post(url: str, fields: Values) -> str:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = urllib3.request("POST", url, body=urlencode(fields), headers=form, retries=False)
    assert response.status == 200, response.data
    return response.data.decode()


def _form(html: str) -> tuple[str, Values]:
    action = re.search(r'<form method="post" action="([^"]*)"', html)
    assert action, html
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html)
    return unescape(action.group(1)), {unescape(name): unescape(value) for name, value in fields}


def test_paying_at_the_sandbox_settles_the_fine(fine: Fine, as_student: Client, sandbox: Sandbox) -> None:
    address, values = through_the_checkout(as_student.post(pay_url(fine)), sandbox, "pay")
    assert urlsplit(address).path == CALLBACK
    assert status_of(fine) == "unpaid", "the checkout alone settles nothing"

    response = as_student.post(CALLBACK, values)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == [SUCCESS]
    assert status_of(fine) == "paid"
    payment = FinePayment.objects.get()
    assert (payment.payment_status, payment.payment_id) == ("success", values["razorpay_payment_id"])
    assert payment.amount_paid == fine.amount
    assert successes() == 1


def test_a_refusal_at_the_sandbox_pays_nothing(fine: Fine, as_student: Client, sandbox: Sandbox) -> None:
    _address, values = through_the_checkout(as_student.post(pay_url(fine)), sandbox, "refuse")
    response = as_student.post(CALLBACK, values)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == ["error: The payment was declined. Nothing was paid."]
    assert status_of(fine) == "unpaid"


# --- what comes back --------------------------------------------------------------------------------------------------


def test_the_legacys_return_by_get_is_asked_to_be_confirmed(fine: Fine, as_student: Client, sandbox: Sandbox) -> None:
    values = returned(as_student, fine, sandbox)
    page = as_student.get(CALLBACK, values)
    assert "Complete the payment" in text_of(page)
    assert status_of(fine) == "unpaid"
    sent = fields_of(page)
    assert {name: sent[name] for name in values} == values
    assert flashes(as_student.post(CALLBACK, sent)) == [SUCCESS]
    assert status_of(fine) == "paid"


def test_a_return_that_another_site_posts_finds_its_student_after_a_redirect(
    fine: Fine, as_student: Client, client: Client, sandbox: Sandbox
) -> None:
    """Browsers keep the session to themselves when another site posts, and send it with the redirect."""
    values = returned(as_student, fine, sandbox)
    response = client.post(CALLBACK, values)
    assert response.status_code == 302
    assert client.get(response["Location"])["Location"] == "/"
    assert "Complete the payment" in text_of(as_student.get(response["Location"]))
    assert status_of(fine) == "unpaid"


def test_a_return_that_comes_twice_counts_once(fine: Fine, as_student: Client, sandbox: Sandbox) -> None:
    values = returned(as_student, fine, sandbox)
    for _time in range(2):
        assert flashes(as_student.post(CALLBACK, values))[-1] == SUCCESS
    assert FinePayment.objects.count() == 1
    assert successes() == 1


def test_until_the_provider_confirms_the_fine_is_shown_as_being_confirmed(
    fine: Fine, as_student: Client, sandbox: Sandbox
) -> None:
    values = returned(as_student, fine, sandbox, Choice.LATER)
    assert flashes(as_student.post(CALLBACK, values)) == [CONFIRMING]
    assert status_of(fine) == "unpaid"
    own = text_of(as_student.get(OWN))
    assert "Payment being confirmed" in own
    assert "Check the payment" in own
    assert "Pay Now" not in own
    assert "Check the payment" in text_of(as_student.get(pay_url(fine)))
    (still,) = flashes(as_student.post(pay_url(fine)))
    assert still.startswith("info: A payment is being confirmed")

    sandbox.capture(values["razorpay_payment_id"])
    assert flashes(as_student.post(pay_url(fine)))[-1] == "success: Your payment is confirmed: this fine is paid."
    assert status_of(fine) == "paid"


def test_a_provider_that_cannot_be_asked_leaves_it_to_the_webhook(
    fine: Fine, as_student: Client, sandbox: Sandbox
) -> None:
    values = returned(as_student, fine, sandbox)
    sandbox.fault = Fault(status=500)
    assert flashes(as_student.post(CALLBACK, values)) == [CONFIRMING]
    assert status_of(fine) == "unpaid"
    assert deliver(sandbox.told[0]) == (200, {"outcome": "settled"})
    assert status_of(fine) == "paid"


@pytest.mark.parametrize("name", ["razorpay_payment_id", "razorpay_order_id", "razorpay_signature"])
def test_a_return_that_was_tampered_with_is_refused(
    fine: Fine, as_student: Client, sandbox: Sandbox, name: str
) -> None:
    values = returned(as_student, fine, sandbox)
    response = as_student.post(CALLBACK, values | {name: values[name][:-1] + ("0" if values[name][-1] != "0" else "1")})
    assert (response.status_code, response["Location"]) == (302, OWN)
    (flash,) = flashes(response)
    assert flash.startswith(FAILED)
    assert status_of(fine) == "unpaid"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_return_that_lacks_something_is_refused(
    fine: Fine, as_student: Client, sandbox: Sandbox, method: str
) -> None:
    values = returned(as_student, fine, sandbox)
    for broken in (
        *({k: v for k, v in values.items() if k != missing} for missing in values),
        *(values | {name: bad} for name in values for bad in ("", "x" * 300, "a\x00b")),
        {},
    ):
        response = getattr(as_student, method)(CALLBACK, broken)
        assert (response.status_code, response["Location"]) == (302, OWN)
        assert flashes(response)[-1].startswith(FAILED)
    assert status_of(fine) == "unpaid"


def test_a_signature_made_without_the_secret_is_refused(fine: Fine, as_student: Client, sandbox: Sandbox) -> None:
    values = returned(as_student, fine, sandbox)
    order_id, payment_id = values["razorpay_order_id"], values["razorpay_payment_id"]
    for secret in ("", "guess"):
        forged = signatures.of_payment(order_id=order_id, payment_id=payment_id, secret=secret)
        response = as_student.post(CALLBACK, values | {"razorpay_signature": forged})
        assert flashes(response)[-1].startswith(FAILED)
    assert status_of(fine) == "unpaid"


def test_somebody_elses_return_settles_nothing(
    school: School, fine: Fine, as_student: Client, sandbox: Sandbox, browse: Browse
) -> None:
    values = returned(as_student, fine, sandbox)
    response = browse(school.classmates[1]).post(CALLBACK, values)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response)[-1].startswith(FAILED)
    assert status_of(fine) == "unpaid"


def test_a_payment_for_what_was_cancelled_meanwhile_is_kept_and_told(
    fine: Fine, as_student: Client, sandbox: Sandbox
) -> None:
    values = returned(as_student, fine, sandbox)
    Fine.objects.filter(pk=fine.pk).update(status="cancelled")
    failed, hint = flashes(as_student.post(CALLBACK, values))
    assert failed == f"{FAILED}This fine was cancelled."
    assert hint == "warning: Your payment is on record, but settles nothing. Ask the office."
    assert status_of(fine) == "cancelled"
    assert FinePayment.objects.get().payment_status == "success"


def test_ordering_needs_the_token_and_the_return_the_signature(school: School, fine: Fine, sandbox: Sandbox) -> None:
    client = login(Client(enforce_csrf_checks=True), school.student)
    assert client.post(pay_url(fine)).status_code == 403
    token = {"csrfmiddlewaretoken": fields_of(client.get(pay_url(fine)))["csrfmiddlewaretoken"]}
    client.post(pay_url(fine), token)
    values = sandbox.checkout(FinePayment.objects.get().order_id, Choice.PAY)
    assert flashes(client.post(CALLBACK, values | {"razorpay_signature": "0" * 64}))[-1].startswith(FAILED)
    assert status_of(fine) == "unpaid"
    assert client.post(CALLBACK, values)["Location"] == OWN
    assert status_of(fine) == "paid"


# --- razorpay ---------------------------------------------------------------------------------------------------------


def test_razorpays_checkout_gets_what_it_needs(
    school: School, fine: Fine, as_student: Client, razorpay: Sandbox
) -> None:
    page: Any = as_student.post(pay_url(fine))
    html = page.content.decode()
    for said in (
        f'data-key="{keys.KEY_ID}"',
        f'data-order="{FinePayment.objects.get().order_id}"',
        'data-amount="2550"',
        'data-currency="INR"',
        'data-description="Late book"',
        f'data-email="{school.student.email}"',
        'src="https://checkout.razorpay.com/v1/checkout.js"',
    ):
        assert said in html
    names = {"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}
    assert set(fields_of(page, CALLBACK)) == {*names, "csrfmiddlewaretoken"}
    assert SECRET not in html


def test_only_razorpays_page_may_load_anything_from_there(fine: Fine, as_student: Client, razorpay: Sandbox) -> None:
    page = as_student.post(pay_url(fine))
    policy = page["Content-Security-Policy"]
    assert "script-src 'self' https://checkout.razorpay.com https://cdn.razorpay.com" in policy
    assert "unsafe-inline" not in policy
    assert page["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    for other in (as_student.get(pay_url(fine)), as_student.get(OWN)):
        assert "razorpay" not in other["Content-Security-Policy"]
        assert other["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_payment_that_razorpay_signed_and_confirms_settles_the_fine(
    fine: Fine, as_student: Client, razorpay: Sandbox
) -> None:
    values = returned(as_student, fine, razorpay)
    assert flashes(as_student.post(CALLBACK, values)) == [SUCCESS]
    assert status_of(fine) == "paid"
    for webhook in razorpay.told:
        assert deliver(webhook, to="/payments/webhook/razorpay/") == (200, {"outcome": "settled"})
        assert deliver(webhook)[0] == 404, "the sandbox's address answers only while the sandbox is in use"
    assert successes() == 1


def test_a_payment_that_is_never_confirmed_is_told_and_can_be_made_again(
    fine: Fine, as_student: Client, sandbox: Sandbox
) -> None:
    as_student.post(pay_url(fine))
    reported_at = timezone.now() - timedelta(hours=1)
    FinePayment.objects.update(payment_status="pending", payment_id="pay_dreamt", reported_at=reported_at)
    (said,) = flashes(as_student.post(pay_url(fine)))
    assert said.startswith("error: The payment provider does not know of this payment")
    own = text_of(as_student.get(OWN))
    assert "Payment not confirmed" in own
    assert "Pay Now" in own
    assert "does not know of the payment that was reported" in text_of(as_student.get(pay_url(fine)))
    assert as_student.post(pay_url(fine)).status_code == 200
