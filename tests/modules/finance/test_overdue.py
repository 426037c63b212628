"""Fines that nobody paid in time: told once each, and only while it is news."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from contracts.finance import FinanceService, Fine
from kernel.models import OutboxEvent
from modules.finance.overdue import LATEST, tell_of_overdue_fines
from tests import actors

pytestmark = pytest.mark.django_db

Issue = Callable[..., Fine]
DAY = timedelta(days=1)


def told() -> list[int]:
    """The fines that were told of."""
    events = OutboxEvent.objects.filter(type_id="finance.fine_overdue.v1").order_by("id")
    return [event.body["fine_id"] for event in events]


def test_a_fine_is_told_of_once_from_the_day_after_its_last_day_on(issue: Issue) -> None:
    today = timezone.localdate()
    issue(due=today)
    yesterdays = issue(due=today - DAY)
    assert tell_of_overdue_fines() == 1
    assert tell_of_overdue_fines() == 0
    assert told() == [yesterdays.id]


def test_what_is_settled_or_taken_back_is_not_told_of(issue: Issue, finance: FinanceService) -> None:
    taken_back = issue(due=timezone.localdate() - DAY)
    finance.cancel_fine(actor=actors.hod(), fine_id=taken_back.id, reason="A mistake")
    assert tell_of_overdue_fines() == 0
    assert told() == []


def test_what_was_due_long_ago_is_no_news(issue: Issue) -> None:
    today = timezone.localdate()
    issue(due=today - LATEST - DAY)
    last_week = issue(due=today - LATEST)
    assert tell_of_overdue_fines() == 1
    assert told() == [last_week.id]
