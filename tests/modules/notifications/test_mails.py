"""Mails about fines and payments: written once, sent once, and tried again when the mail server is away."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Event
from contracts.finance import FineIssued, FineReminderDue, PaymentSucceeded
from contracts.users import UsersDeleted
from kernel.models import Delivery, DeliveryState
from modules.notifications import mails, texts
from modules.notifications.models import EmailDelivery, EmailState, StudentNotification
from tests.modules.notifications.fakes import NO_ADDRESS, ODD_ADDRESS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Tell = Callable[[Event], None]


def fine(student_id: int = 701) -> FineIssued:
    return FineIssued(
        fine_id=12,
        student_id=student_id,
        amount=Decimal(500),
        reason="Late book",
        due_date=date(2026, 4, 1),
        at=AT,
    )


def test_a_fined_student_gets_a_mail_with_all_that_matters(tell: Tell) -> None:
    tell(fine())
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["s701@school.example"], "Fine no. 12")
    for part in ("Dear Asha Rao", "₹500.00", "Late book", "1 Apr 2026"):
        assert part in message.body
    delivery = EmailDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == (EmailState.SENT, 1)
    assert delivery.sent_at is not None


def test_a_payment_is_confirmed_by_mail(tell: Tell) -> None:
    tell(PaymentSucceeded(fine_id=12, student_id=701, payment_id=3, amount=Decimal(500), at=AT))
    (message,) = mail.outbox
    assert message.subject == "Payment received for fine no. 12"
    assert "₹500.00" in message.body


@pytest.mark.parametrize(
    ("overdue", "subject"), [(False, "Fine no. 12 is due on 1 Apr 2026"), (True, "Fine no. 12 is still unpaid")]
)
def test_a_reminder_says_in_its_subject_what_it_is_about(tell: Tell, overdue: bool, subject: str) -> None:
    tell(FineReminderDue(**fine().model_dump(), overdue=overdue))
    (message,) = mail.outbox
    assert message.subject == subject
    assert "Late book" in message.body


def test_repeated_deliveries_send_no_second_mail(tell: Tell, replay: Callable[..., None]) -> None:
    tell(fine())
    replay()
    replay(forgotten=True)
    assert len(mail.outbox) == 1
    assert EmailDelivery.objects.count() == 1


@pytest.mark.parametrize("student_id", [NO_ADDRESS, ODD_ADDRESS, 9999])
def test_without_an_address_there_is_a_notice_and_no_mail(tell: Tell, student_id: int) -> None:
    tell(fine(student_id))
    assert StudentNotification.objects.get().student_id == student_id
    assert not EmailDelivery.objects.exists()
    assert mail.outbox == []


def test_a_mail_that_the_server_does_not_take_is_tried_again_and_leaves_a_trace(
    tell: Tell, replay: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: EmailBackend, messages: Any) -> int:
        raise SMTPServerDisconnected("try later")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        tell(fine())
    delivery = EmailDelivery.objects.get()
    assert (delivery.state, delivery.last_error) == (EmailState.FAILED, "SMTPServerDisconnected: try later")
    waiting = Delivery.objects.get(consumer="notifications.hand_to_mail_server")
    assert waiting.state == DeliveryState.PENDING

    Delivery.objects.update(due_at=AT)
    replay()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error, delivery.attempts) == (EmailState.SENT, "", 2)
    assert len(mail.outbox) == 1
    assert StudentNotification.objects.count() == 1


def test_a_mail_that_is_handed_over_twice_can_be_recognised(tell: Tell) -> None:
    tell(fine())
    mails.hand_to_server(EmailDelivery.objects.get())
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_mails_go_with_their_person(tell: Tell) -> None:
    tell(fine())
    tell(UsersDeleted(entity="users.User", ids=(31,), at=AT))
    assert not EmailDelivery.objects.exists()


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_a_number_is_written_without_idle_zeroes_and_keeps_its_value(value: Decimal) -> None:
    written = texts.number(value)
    assert Decimal(written) == value
    assert "." not in written or not written.endswith(("0", "."))
