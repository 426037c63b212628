"""Two people at the same moment, each on a connection of their own."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.assessments import AssessmentsService, Assignment
from contracts.base import Upload
from contracts.errors import Conflict, DomainError, NotFound
from modules.assessments.models import AssessmentTotal, AssignmentSubmission, MarkChange, StudentResult
from tests import actors
from tests.modules.assessments import files
from tests.modules.races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ESSAY = Upload(name="essay.pdf", content=files.PDF)


def test_of_two_attempts_to_hand_in_one_counts(assessments: AssessmentsService, essay: Assignment, media: Path) -> None:
    def submit() -> object:
        return assessments.submit(actor=actors.student(), assignment_id=essay.id, file=ESSAY)

    outcomes = at_once(submit, submit, submit)
    assert sum(isinstance(o, Conflict) for o in outcomes) == 2
    assert AssignmentSubmission.objects.count() == 1
    assert len([p for p in media.rglob("*") if p.is_file()]) == 1
    assert AssessmentTotal.differences() == {}


def test_grading_and_deleting_do_not_block_each_other(
    assessments: AssessmentsService, essay: Assignment, media: Path
) -> None:
    submissions = [
        assessments.submit(actor=actors.student(student_id=i), assignment_id=essay.id, file=ESSAY) for i in (701, 702)
    ]

    def grade(submission_id: int) -> Callable[[], object]:
        return lambda: assessments.grade(actor=actors.teacher(), submission_id=submission_id, marks=Decimal(7))

    def delete() -> object:
        return assessments.delete_assignment(actor=actors.hod(), assignment_id=essay.id)

    *graded, deleted = at_once(*(grade(s.id) for s in submissions), delete)
    assert deleted is None
    assert all(not isinstance(o, DomainError) or isinstance(o, NotFound) for o in graded)
    assert not AssignmentSubmission.objects.exists()
    assert AssessmentTotal.differences() == {}


def test_two_entries_of_one_result_make_one_row(assessments: AssessmentsService) -> None:
    def enter(marks: int) -> Callable[[], object]:
        return lambda: assessments.record_result(
            actor=actors.teacher(),
            subject_id=1,
            student_id=701,
            exam_marks=Decimal(marks),
            assignment_marks=Decimal(marks),
        )

    outcomes = at_once(enter(50), enter(60), enter(70))
    assert not any(isinstance(o, DomainError) for o in outcomes)
    row = StudentResult.objects.get()
    last = MarkChange.objects.filter(field="exam_marks").order_by("id").last()
    assert last is not None
    assert (MarkChange.objects.count(), last.new) == (6, row.exam_marks)
