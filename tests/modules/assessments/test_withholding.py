"""Results that are kept back: who sees them, and what happens when they are released."""

from decimal import Decimal

import pytest

from contracts.assessments import AssessmentsService, ResultEntry
from contracts.base import Actor
from contracts.errors import Forbidden, NotFound
from kernel.models import AuditEntry, OutboxEvent
from tests import actors

pytestmark = pytest.mark.django_db

OTHER_TEACHER = actors.teacher(user_id=11, staff_id=502)


@pytest.fixture
def kept_back(assessments: AssessmentsService) -> None:
    """Two results that their students do not see yet."""
    entries = tuple(ResultEntry(student_id=i, exam_marks=Decimal(50), assignment_marks=Decimal(60)) for i in (701, 702))
    assessments.save_results(actor=actors.teacher(), subject_id=1, entries=entries, withhold=True)


def events() -> int:
    return OutboxEvent.objects.filter(type_id="assessments.result_recorded.v1").count()


@pytest.mark.usefixtures("kept_back")
def test_students_neither_see_nor_hear_of_a_result_that_is_kept_back(assessments: AssessmentsService) -> None:
    assert assessments.results(actor=actors.student(), student_id=701) == ()
    (seen,) = assessments.results(actor=actors.teacher(), student_id=701)
    assert seen.withheld
    assert events() == 0


@pytest.mark.usefixtures("kept_back")
def test_correcting_a_result_does_not_release_it(assessments: AssessmentsService) -> None:
    assessments.record_result(
        actor=actors.teacher(), subject_id=1, student_id=701, exam_marks=Decimal(70), assignment_marks=Decimal(60)
    )
    assert assessments.results(actor=actors.student(), student_id=701) == ()
    assert events() == 0


@pytest.mark.usefixtures("kept_back")
def test_released_results_are_seen_and_told_of_once(assessments: AssessmentsService) -> None:
    for changed in (2, 0):
        assert assessments.release_results(actor=actors.teacher(), subject_id=1, student_ids=(701, 702)) == changed
    (seen,) = assessments.results(actor=actors.student(), student_id=701)
    assert not seen.withheld
    assert events() == 2
    assert AuditEntry.objects.filter(action="assessments.results_released").count() == 1


@pytest.mark.usefixtures("kept_back")
def test_a_result_that_was_seen_can_be_kept_back_again(assessments: AssessmentsService) -> None:
    assessments.release_results(actor=actors.hod(), subject_id=1, student_ids=(701, 702))
    assert assessments.withhold_results(actor=actors.teacher(), subject_id=1, student_ids=(701, 799)) == 1
    assert assessments.results(actor=actors.student(), student_id=701) == ()
    assert assessments.results(actor=actors.student(user_id=32, student_id=702), student_id=702) != ()


@pytest.mark.usefixtures("kept_back")
@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_nobody_but_the_teacher_and_the_hod_decides_on_that(assessments: AssessmentsService, actor: Actor) -> None:
    for operation in (assessments.release_results, assessments.withhold_results):
        with pytest.raises(Forbidden):
            operation(actor=actor, subject_id=1, student_ids=(701,))


def test_an_unknown_subject_is_not_found(assessments: AssessmentsService) -> None:
    with pytest.raises(NotFound):
        assessments.release_results(actor=actors.hod(), subject_id=99, student_ids=(701,))
