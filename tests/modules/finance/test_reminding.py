"""Reminders of unpaid fines: a week before the last day, and weekly after it, each asked for once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.finance import FinanceService, Fine, PaymentMethod
from kernel.jobs import jobs
from kernel.models import OutboxEvent
from modules.finance import models
from modules.finance.overdue import tell_of_overdue_fines
from modules.finance.reminding import ask_for_reminders
from tests import actors
from tests.modules.finance.sandbox import Sandbox

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
HOD = actors.hod()
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False) as now:
        yield now


def told() -> list[tuple[int, bool]]:
    """Fine, and whether it was overdue, of each reminder so far."""
    events = OutboxEvent.objects.filter(type_id="finance.fine_reminder_due.v1").order_by("id")
    return [(event.body["fine_id"], event.body["overdue"]) for event in events]


def days_of_reminders(clock: time_machine.Traveller, days: int) -> list[int]:
    """The days from now on, counted from 0, on which a reminder is asked for, while the beat comes twice a day."""
    found = []
    for day in range(days):
        for _ in range(2):
            tell_of_overdue_fines()
            found += [day] * ask_for_reminders()
            clock.shift(DAY / 2)
    return found


def test_a_week_before_the_last_day_and_weekly_after_it_became_overdue(
    issue: Issue, clock: time_machine.Traveller
) -> None:
    fine = issue(due=timezone.localdate() + 10 * DAY)
    # The news that it is overdue, on day 11, stands for the first week.
    assert days_of_reminders(clock, 33) == [3, 18, 25, 32]
    assert told() == [(fine.id, False), (fine.id, True), (fine.id, True), (fine.id, True)]


def test_a_fine_that_is_issued_in_its_last_week_is_no_reminder_away_from_its_notice(
    issue: Issue, clock: time_machine.Traveller
) -> None:
    issue(due=timezone.localdate() + 7 * DAY)
    assert days_of_reminders(clock, 8) == []


def test_a_beat_that_did_not_come_for_days_is_made_up_for_once(issue: Issue, clock: time_machine.Traveller) -> None:
    issue(due=timezone.localdate() + 10 * DAY)
    clock.shift(9 * DAY)
    assert days_of_reminders(clock, 2) == [0]
    clock.shift(3 * DAY)
    assert days_of_reminders(clock, 1) == []  # it has fallen overdue, which is news of its own
    clock.shift(40 * DAY)
    assert days_of_reminders(clock, 8) == [0, 7]


@pytest.mark.parametrize("end", ["waived", "paid", "cancelled"])
def test_what_need_not_be_paid_any_more_is_not_reminded_of(
    finance: FinanceService, issue: Issue, clock: time_machine.Traveller, end: str
) -> None:
    soon, overdue = issue(due=timezone.localdate() + 10 * DAY), issue(due=timezone.localdate() - DAY)
    tell_of_overdue_fines()
    for fine in (soon, overdue):
        if end == "waived":
            finance.waive_fine(actor=HOD, fine_id=fine.id, reason="A hardship")
        elif end == "paid":
            finance.record_payment(actor=HOD, fine_id=fine.id, method=PaymentMethod.CASH)
        else:
            finance.cancel_fine(actor=HOD, fine_id=fine.id, reason="A mistake")
    assert days_of_reminders(clock, 10) == []


def test_whoever_has_just_paid_is_not_reminded_while_that_is_confirmed(
    finance: FinanceService, issue: Issue, sandbox: Sandbox
) -> None:
    fine = issue()
    models.Fine.objects.update(created_at=fine.issued_at - DAY)
    order = finance.start_payment(actor=actors.student(), fine_id=fine.id).order_id
    payment = models.FinePayment.objects.filter(order_id=order)
    payment.update(payment_status="pending")
    assert ask_for_reminders() == 0
    payment.update(payment_status="failed")
    assert ask_for_reminders() == 1


def test_what_was_overdue_long_before_it_came_here_is_not_reminded_of(
    issue: Issue, clock: time_machine.Traveller
) -> None:
    issue(due=timezone.localdate() - 30 * DAY)
    assert days_of_reminders(clock, 15) == []


def test_reminders_can_be_switched_off(issue: Issue, clock: time_machine.Traveller, settings: Settings) -> None:
    issue(due=timezone.localdate() + 10 * DAY)
    clock.shift(3 * DAY)
    settings.FINE_REMINDERS = False
    assert jobs["finance.remind_of_unpaid_fines"].run("default") == "switched off"
    assert told() == []
    settings.FINE_REMINDERS = True
    assert jobs["finance.remind_of_unpaid_fines"].run("default") == "1 reminders"


@pytest.mark.parametrize("fines", [1, 20])
def test_looking_for_them_takes_one_query_when_none_is_due(
    issue: Issue, clock: time_machine.Traveller, django_assert_num_queries: DjangoAssertNumQueries, fines: int
) -> None:
    for _ in range(fines):
        issue(due=timezone.localdate() + 5 * DAY)
    with django_assert_num_queries(1):
        ask_for_reminders()
