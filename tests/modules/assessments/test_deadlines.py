"""What deadlines bring about by themselves: reminders, once for each deadline, and that assignments are closed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from contracts.assessments import AssessmentsService, AssignmentStatus
from contracts.base import Upload
from contracts.errors import Conflict
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments import deadlines
from modules.assessments.models import Assignment
from tests import actors

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
Make = Callable[..., Assignment]


@pytest.fixture
def make(assessments: AssessmentsService) -> Make:
    """An assignment of subject 1, set two days ago, that is due so long from now."""

    def make_one(due_in: timedelta, **more: Any) -> Assignment:
        now = timezone.now()
        given = {"created_at": now - timedelta(days=2), "due_at": now + due_in, "title": "Essay"} | more
        return Assignment.objects.create(subject_id=1, **given)

    return make_one


def events(name: str) -> list[dict[str, Any]]:
    found = OutboxEvent.objects.filter(type_id=f"assessments.{name}.v1").order_by("id")
    return [event.body for event in found]


def change_deadline(assessments: AssessmentsService, row: Assignment, due_in: timedelta) -> None:
    assessments.update_assignment(
        actor=actors.teacher(),
        assignment_id=row.pk,
        title=row.title,
        description="",
        due_at=timezone.now() + due_in,
    )


def test_students_are_reminded_once_of_what_is_due_within_a_day(make: Make) -> None:
    due = make(HOUR * 23)
    for due_in, more in (
        (HOUR * 25, {}),
        (-HOUR, {}),
        (HOUR, {"status": "draft"}),
        (HOUR, {"status": "closed"}),
        (HOUR, {"created_at": timezone.now()}),
    ):
        make(due_in, **more)
    assert deadlines.remind_of_deadlines() == 1
    assert deadlines.remind_of_deadlines() == 0
    assert [body["assignment_id"] for body in events("assignment_due_soon")] == [due.pk]


def test_who_has_handed_in_needs_no_reminder(assessments: AssessmentsService, make: Make, media: Path) -> None:
    due = make(HOUR)
    assessments.submit(actor=actors.student(), assignment_id=due.pk, file=Upload(name="a.txt", content=b"Words."))
    deadlines.remind_of_deadlines()
    assert [body["handed_in"] for body in events("assignment_due_soon")] == [[701]]


def test_another_deadline_is_another_reminder(assessments: AssessmentsService, make: Make) -> None:
    due = make(HOUR)
    deadlines.remind_of_deadlines()
    change_deadline(assessments, due, HOUR * 20)
    assert deadlines.remind_of_deadlines() == 1


def test_what_is_past_its_deadline_is_closed_and_nothing_else(make: Make) -> None:
    past, open_still, draft, graded = (
        make(-HOUR),
        make(HOUR),
        make(-HOUR, status="draft"),
        make(-HOUR, status="graded"),
    )
    assert deadlines.close_past_deadlines() == 1
    assert deadlines.close_past_deadlines() == 0
    for row, status in ((past, "closed"), (open_still, "published"), (draft, "draft"), (graded, "graded")):
        before = row.updated_at
        row.refresh_from_db()
        assert (row.status, row.updated_at) == (status, before)
    assert [body["assignment_id"] for body in events("assignment_closed")] == [past.pk]
    assert AuditEntry.objects.filter(action="assessments.assignment_closed", actor_user_id=None).count() == 1


def test_a_later_deadline_opens_what_the_deadline_closed_but_not_what_its_teacher_closed(
    assessments: AssessmentsService, make: Make
) -> None:
    by_deadline, by_teacher = make(-HOUR), make(HOUR)
    deadlines.close_past_deadlines()
    assessments.close_assignment(actor=actors.teacher(), assignment_id=by_teacher.pk)
    for row, status in ((by_deadline, AssignmentStatus.PUBLISHED), (by_teacher, AssignmentStatus.CLOSED)):
        change_deadline(assessments, row, -HOUR * 2)
        found = assessments.assignment(actor=actors.teacher(), assignment_id=row.pk)
        assert found.status is AssignmentStatus.CLOSED
        change_deadline(assessments, row, HOUR * 2)
        assert assessments.assignment(actor=actors.teacher(), assignment_id=row.pk).status is status


def test_a_deadline_that_the_legacy_moves_opens_what_it_closed(make: Make) -> None:
    moved, past, by_teacher = make(-HOUR), make(-HOUR), make(-HOUR, status="closed")
    deadlines.close_past_deadlines()
    Assignment.objects.filter(pk__in=[moved.pk, by_teacher.pk]).update(due_at=timezone.now() + HOUR)
    assert deadlines.open_what_has_time_again() == 1
    for row, status in ((moved, "published"), (past, "closed"), (by_teacher, "closed")):
        row.refresh_from_db()
        assert row.status == status
    assert deadlines.close_past_deadlines() == 0


def test_who_comes_too_late_is_told_of_the_deadline_also_after_it_has_closed(
    assessments: AssessmentsService, make: Make
) -> None:
    past = make(-HOUR)
    deadlines.close_past_deadlines()
    with pytest.raises(Conflict) as refused:
        assessments.submit(actor=actors.student(), assignment_id=past.pk, file=Upload(name="a.txt", content=b"Words."))
    assert refused.value.reason == "deadline"


def test_one_run_closes_only_so_many(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "AT_ONCE", 2)
    for _each in range(3):
        make(-HOUR)
    assert [deadlines.close_past_deadlines() for _run in range(3)] == [2, 1, 0]
