"""Paying a fine: the order, the checkouts of both providers, and what settles it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.finance.models import Fine, FinePayment
from modules.finance.providers.base import sign
from tests.modules.finance.test_providers import FakeRazorpay
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import School, login, make_account

OWN, CALLBACK, SANDBOX = "/student_view_fines/", "/student/payment_callback/", "/student/sandbox_checkout/"
SUCCESS = "success: Payment successful! A confirmation email has been sent."

Values = dict[str, str]


@pytest.fixture(autouse=True)
def _sandbox(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "sandbox"
    settings.SANDBOX_PAYMENT_SECRET = "tests only"


@pytest.fixture
def fine(school: School) -> Fine:
    """What the student owes."""
    return school.fine_of(school.student)


def pay_url(fine: Fine) -> str:
    return f"/student/initialize_payment/{fine.pk}/"


def status_of(fine: Fine) -> str:
    fine.refresh_from_db()
    return fine.status


def returned(client: Client, fine: Fine) -> Values:
    """Go through the sandbox's checkout; what it sends the browser back with."""
    sent = fields_of(client.post(pay_url(fine)), SANDBOX)
    response = client.post(SANDBOX, sent | {"decision": "pay"})
    assert response.status_code == 302
    back = urlsplit(response["Location"])
    assert back.path == CALLBACK
    return {name: values[0] for name, values in parse_qs(back.query).items()}


# --- the order --------------------------------------------------------------------------------------------------------


def test_the_legacys_link_shows_the_fine_and_orders_nothing(fine: Fine, as_student: Client) -> None:
    page = as_student.get(pay_url(fine))
    assert page.status_code == 200
    assert "Amount ₹25.50 Reason Late book" in text_of(page)
    assert not FinePayment.objects.exists()


def test_the_button_orders_once_however_often_it_is_pressed(fine: Fine, as_student: Client) -> None:
    for _press in range(2):
        page = as_student.post(pay_url(fine))
        assert "This is a sandbox" in text_of(page)
    order = FinePayment.objects.get()
    assert (order.fine_id, order.payment_status, order.order_amount) == (fine.pk, "created", fine.amount)
    assert fields_of(page, SANDBOX)["razorpay_order_id"] == order.order_id
    assert status_of(fine) == "unpaid"


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_students_fine_is_not_there(school: School, as_student: Client, method: str) -> None:
    for fine_id in (school.fine_of(school.classmates[1]).pk, 999999):
        assert getattr(as_student, method)(f"/student/initialize_payment/{fine_id}/").status_code == 404
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


def test_without_a_provider_the_student_is_told(fine: Fine, as_student: Client, settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = ""
    response = as_student.post(pay_url(fine))
    assert (response.status_code, response["Location"]) == (302, OWN)
    (flash,) = flashes(response)
    assert flash.startswith("error: Error initializing payment: Online payment is not available")


# --- the sandbox ------------------------------------------------------------------------------------------------------


def test_paying_in_the_sandbox_settles_the_fine_after_the_confirmation(fine: Fine, as_student: Client) -> None:
    values = returned(as_student, fine)
    assert status_of(fine) == "unpaid", "the checkout alone settles nothing"

    page = as_student.get(CALLBACK, values)
    assert "Complete the payment" in text_of(page)
    assert status_of(fine) == "unpaid", "nor does its return"
    sent = fields_of(page)
    assert {name: sent[name] for name in values} == values

    response = as_student.post(CALLBACK, sent)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == [SUCCESS]
    assert status_of(fine) == "paid"
    payment = FinePayment.objects.get()
    assert (payment.payment_status, payment.payment_id) == ("success", values["razorpay_payment_id"])
    assert payment.amount_paid == fine.amount
    assert OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count() == 1


def test_a_return_that_is_posted_twice_counts_once(fine: Fine, as_student: Client) -> None:
    values = returned(as_student, fine)
    for _time in range(2):
        assert flashes(as_student.post(CALLBACK, values))[-1] == SUCCESS
    assert FinePayment.objects.count() == 1
    assert OutboxEvent.objects.filter(type_id="finance.payment_succeeded.v1").count() == 1


def test_declining_in_the_sandbox_pays_nothing(fine: Fine, as_student: Client) -> None:
    sent = fields_of(as_student.post(pay_url(fine)), SANDBOX)
    for decision in ({"decision": "decline"}, {"decision": "nonsense"}, {}):
        response = as_student.post(SANDBOX, sent | decision)
        assert (response.status_code, response["Location"]) == (302, OWN)
        assert flashes(response)[-1] == "error: The payment was declined. Nothing was paid."
    assert status_of(fine) == "unpaid"


def test_the_sandbox_signs_only_orders_of_ones_own(
    school: School, fine: Fine, as_student: Client, browse: Browse
) -> None:
    sent = fields_of(as_student.post(pay_url(fine)), SANDBOX) | {"decision": "pay"}
    assert browse(school.classmates[1]).post(SANDBOX, sent).status_code == 404
    for order_id in ("order_sandbox_0", "", "\x00", "x" * 500):
        assert as_student.post(SANDBOX, sent | {"razorpay_order_id": order_id}).status_code == 404


def test_the_sandbox_signs_nothing_where_another_provider_is_in_use(
    fine: Fine, as_student: Client, settings: Settings
) -> None:
    sent = fields_of(as_student.post(pay_url(fine)), SANDBOX) | {"decision": "pay"}
    settings.PAYMENT_PROVIDER, settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "razorpay", "rzp_1", "s3cret"
    response = as_student.post(SANDBOX, sent)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response)[-1].startswith("error: Error initializing payment: ")


# --- what comes back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["razorpay_payment_id", "razorpay_order_id", "razorpay_signature"])
def test_a_return_that_was_tampered_with_is_refused(fine: Fine, as_student: Client, name: str) -> None:
    values = returned(as_student, fine)
    response = as_student.post(CALLBACK, values | {name: values[name][:-1] + ("0" if values[name][-1] != "0" else "1")})
    assert (response.status_code, response["Location"]) == (302, OWN)
    (flash,) = flashes(response)
    assert flash.startswith("error: Payment verification failed: ")
    assert status_of(fine) == "unpaid"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_return_that_lacks_something_is_refused(fine: Fine, as_student: Client, method: str) -> None:
    values = returned(as_student, fine)
    for broken in (
        *({k: v for k, v in values.items() if k != missing} for missing in values),
        *(values | {name: bad} for name in values for bad in ("", "x" * 300, "a\x00b")),
        {},
    ):
        response = getattr(as_student, method)(CALLBACK, broken)
        assert (response.status_code, response["Location"]) == (302, OWN)
        assert flashes(response)[-1].startswith("error: Payment verification failed: ")
    assert status_of(fine) == "unpaid"


def test_a_signature_made_without_the_secret_is_refused(fine: Fine, as_student: Client) -> None:
    values = returned(as_student, fine)
    order_id, payment_id = values["razorpay_order_id"], values["razorpay_payment_id"]
    for secret in ("", "guess"):
        forged = sign(order_id=order_id, payment_id=payment_id, secret=secret)
        response = as_student.post(CALLBACK, values | {"razorpay_signature": forged})
        assert flashes(response)[-1].startswith("error: Payment verification failed: ")
    assert status_of(fine) == "unpaid"


def test_somebody_elses_return_settles_nothing(school: School, fine: Fine, as_student: Client, browse: Browse) -> None:
    values = returned(as_student, fine)
    response = browse(school.classmates[1]).post(CALLBACK, values)
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response)[-1].startswith("error: Payment verification failed: ")
    assert status_of(fine) == "unpaid"


def test_a_payment_for_what_was_cancelled_meanwhile_is_kept_and_told(fine: Fine, as_student: Client) -> None:
    values = returned(as_student, fine)
    Fine.objects.filter(pk=fine.pk).update(status="cancelled")
    failed, hint = flashes(as_student.post(CALLBACK, values))
    assert failed == "error: Payment verification failed: This fine was cancelled."
    assert hint == "warning: Your payment is on record, but settles nothing. Ask the office."
    assert status_of(fine) == "cancelled"
    assert FinePayment.objects.get().payment_status == "success"


def test_the_steps_need_the_token(school: School, fine: Fine) -> None:
    client = login(Client(enforce_csrf_checks=True), school.student)
    assert client.post(pay_url(fine)).status_code == 403
    token = {"csrfmiddlewaretoken": fields_of(client.get(pay_url(fine)))["csrfmiddlewaretoken"]}
    order = fields_of(client.post(pay_url(fine), token), SANDBOX) | {"decision": "pay"}
    without = {name: value for name, value in order.items() if name not in token}
    assert client.post(SANDBOX, without).status_code == 403
    back = client.post(SANDBOX, order)["Location"]
    values = {name: found[0] for name, found in parse_qs(urlsplit(back).query).items()}
    assert client.post(CALLBACK, values).status_code == 403
    assert status_of(fine) == "unpaid"
    assert client.post(CALLBACK, values | token)["Location"] == OWN
    assert status_of(fine) == "paid"


def test_a_student_without_profile_can_pay_nothing(school: School, fine: Fine, browse: Browse) -> None:
    client = browse(make_account("No", "Profile", Role.STUDENT))
    assert client.get(pay_url(fine)).status_code == 404
    assert client.post(pay_url(fine)).status_code == 404
    assert client.post(SANDBOX, {"decision": "pay", "razorpay_order_id": "x"}).status_code == 403


# --- razorpay ---------------------------------------------------------------------------------------------------------


def signed(order_id: str) -> Values:
    signature = sign(order_id=order_id, payment_id="pay_1", secret="s3cret")
    return {"razorpay_payment_id": "pay_1", "razorpay_order_id": order_id, "razorpay_signature": signature}


def test_razorpays_checkout_gets_what_it_needs(
    school: School, fine: Fine, as_student: Client, razorpay: FakeRazorpay
) -> None:
    page: Any = as_student.post(pay_url(fine))
    html = page.content.decode()
    for said in (
        'data-key="rzp_1"',
        'data-order="order_Abc123"',
        'data-amount="2550"',
        'data-currency="INR"',
        'data-description="Late book"',
        f'data-email="{school.student.email}"',
        'src="https://checkout.razorpay.com/v1/checkout.js"',
    ):
        assert said in html
    assert [body["amount"] for _path, _auth, body in razorpay.asked] == [2550]
    assert set(fields_of(page, CALLBACK)) == {*signed("x"), "csrfmiddlewaretoken"}
    assert "s3cret" not in html


def test_only_razorpays_page_may_load_anything_from_there(
    fine: Fine, as_student: Client, razorpay: FakeRazorpay
) -> None:
    page = as_student.post(pay_url(fine))
    policy = page["Content-Security-Policy"]
    assert "script-src 'self' https://checkout.razorpay.com https://cdn.razorpay.com" in policy
    assert "unsafe-inline" not in policy
    assert page["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    for other in (as_student.get(pay_url(fine)), as_student.get(OWN)):
        assert "razorpay" not in other["Content-Security-Policy"]
        assert other["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_payment_that_razorpay_signed_settles_the_fine(
    fine: Fine, as_student: Client, razorpay: FakeRazorpay
) -> None:
    as_student.post(pay_url(fine))
    values = signed("order_Abc123")
    assert "pay_1" in text_of(as_student.get(CALLBACK, values))
    assert status_of(fine) == "unpaid"
    assert flashes(as_student.post(CALLBACK, values)) == [SUCCESS]
    assert status_of(fine) == "paid"


def test_a_razorpay_that_is_down_orders_nothing(fine: Fine, as_student: Client, razorpay: FakeRazorpay) -> None:
    razorpay.status = 500
    (flash,) = flashes(as_student.post(pay_url(fine)))
    assert flash.startswith("error: Error initializing payment: Online payment is not available")
    assert not FinePayment.objects.exists()
