"""Publishing, withholding and cancelling semester results, promotion by decision, and places in the class."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.assessments import AssessmentsService, SemesterResult, SemesterStatus
from contracts.base import Actor
from contracts.errors import Forbidden, Invalid
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments import grade_rules as rules
from modules.assessments.models import SemesterDecision, StudentResult
from tests import actors
from tests.modules.assessments.fakes import FakeAcademics

HOD = actors.hod()
BOTH = (701, 702)
percentages = st.dictionaries(st.integers(1, 99), st.decimals(min_value=0, max_value=100, places=2), max_size=9)


@given(percentages)
def test_a_rank_is_one_more_than_how_many_are_better(marks: dict[int, Decimal]) -> None:
    found = rules.ranks(marks)
    assert found == {i: 1 + sum(other > mark for other in marks.values()) for i, mark in marks.items()}


def enter(student_id: int, *exams: float, withheld: bool = False) -> None:
    """Marks in the three subjects of course 1."""
    StudentResult.objects.bulk_create(
        StudentResult(
            student_id=student_id, subject_id=subject, exam_marks=exam, assignment_marks=exam, withheld=withheld
        )
        for subject, exam in enumerate(exams, start=1)
    )


@pytest.fixture
def complete(db: None) -> None:
    """Two students with all results: the second failed a subject."""
    enter(701, 80, 70, 60)
    enter(702, 90, 80, 20)


def seen_by_student(assessments: AssessmentsService) -> SemesterResult:
    return assessments.semester_results(actor=actors.student(), student_ids=(701,))[701]


def told() -> list[Any]:
    """Of whom something was told: student, status, promoted."""
    bodies = OutboxEvent.objects.filter(type_id="assessments.semester_result_decided.v1").order_by("id")
    return [(e.body["student_id"], e.body["status"], e.body["promoted"]) for e in bodies]


@pytest.mark.usefixtures("complete")
def test_students_see_and_hear_of_what_is_published(assessments: AssessmentsService) -> None:
    before = seen_by_student(assessments)
    assert (before.status, before.percentage, before.gpa, before.promoted) == (SemesterStatus.OPEN, None, None, None)
    assert (before.subjects, before.missing_subject_ids) == ((), ())
    for changed in (2, 0):
        assert assessments.publish_semester_results(actor=HOD, student_ids=BOTH) == changed
    after = seen_by_student(assessments)
    assert (after.status, after.percentage, after.promoted) == (SemesterStatus.PUBLISHED, Decimal("70.00"), True)
    assert told() == [(701, "published", True), (702, "published", False)]
    assert AuditEntry.objects.filter(action="assessments.semester_results_published", target="Course:1").count() == 1


@pytest.mark.django_db
def test_nothing_incomplete_is_published(assessments: AssessmentsService) -> None:
    enter(701, 80, 70)
    enter(702, 80, 70, 60, withheld=True)
    assert assessments.publish_semester_results(actor=HOD, student_ids=(*BOTH, 999)) == 0
    assert not SemesterDecision.objects.exists()


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize("status", [SemesterStatus.WITHHELD, SemesterStatus.CANCELLED])
def test_students_read_why_there_is_no_result(assessments: AssessmentsService, status: SemesterStatus) -> None:
    assessments.publish_semester_results(actor=HOD, student_ids=(701,))
    take_back = {
        SemesterStatus.WITHHELD: assessments.withhold_semester_results,
        SemesterStatus.CANCELLED: assessments.cancel_semester_results,
    }[status]
    for changed in (1, 0):
        assert take_back(actor=HOD, student_ids=(701,), reason=" Fees are due ") == changed
    seen = seen_by_student(assessments)
    assert (seen.status, seen.reason, seen.percentage, seen.subjects) == (status, "Fees are due", None, ())
    assert told()[1:] == [(701, status, status is SemesterStatus.WITHHELD)]
    kept = assessments.semester_results(actor=HOD, student_ids=(701,))[701]
    assert kept.percentage == Decimal("70.00"), "it is kept, and can be published again"
    assert assessments.publish_semester_results(actor=HOD, student_ids=(701,)) == 1
    assert (seen_by_student(assessments).reason, seen_by_student(assessments).promoted) == ("", True)


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_result_is_not_taken_back_without_a_reason(assessments: AssessmentsService, reason: str) -> None:
    for take_back in (assessments.withhold_semester_results, assessments.cancel_semester_results):
        with pytest.raises(Invalid) as refused:
            take_back(actor=HOD, student_ids=(701,), reason=reason)
        assert set(refused.value.fields) == {"reason"}


@pytest.mark.usefixtures("complete")
def test_a_cancelled_result_promotes_nobody_and_has_no_rank(assessments: AssessmentsService) -> None:
    assessments.cancel_semester_results(actor=HOD, student_ids=(701,), reason="Copied")
    first, second = assessments.class_semester_results(actor=HOD, course_id=1)
    assert (first.promoted, first.rank, second.rank) == (False, None, 1)


@pytest.mark.usefixtures("complete")
def test_promotion_is_the_heads_to_decide_and_told_once_the_result_is_published(
    assessments: AssessmentsService,
) -> None:
    for changed in (1, 0):
        assert assessments.decide_promotion(actor=HOD, student_ids=(702,), promoted=True) == changed
    found = assessments.semester_results(actor=HOD, student_ids=(702,))[702]
    assert (found.promoted, found.promotion_decided, found.passed) == (True, True, False)
    assert told() == []
    assessments.publish_semester_results(actor=HOD, student_ids=(702,))
    assert assessments.decide_promotion(actor=HOD, student_ids=(702,), promoted=None) == 1
    assert told() == [(702, "published", True), (702, "published", False)]


@pytest.mark.django_db
def test_the_class_is_ranked_among_those_whose_result_is_complete(assessments: AssessmentsService) -> None:
    enter(701, 80, 70, 60)
    enter(702, 90, 80)
    enter(703, 90, 80, 70)  # of another course
    first, second = assessments.class_semester_results(actor=actors.teacher(), course_id=1, session_year_id=1)
    assert [(r.student_id, r.rank) for r in (first, second)] == [(701, 1), (702, None)]
    assert assessments.class_semester_results(actor=HOD, course_id=99) == ()


@pytest.mark.usefixtures("complete")
def test_a_decision_is_about_one_course_and_year(assessments: AssessmentsService, academics: FakeAcademics) -> None:
    assessments.publish_semester_results(actor=HOD, student_ids=(701,))
    academics.enrolled[701] = 2
    assert seen_by_student(assessments).status is SemesterStatus.OPEN
    academics.enrolled[701] = 1
    assert seen_by_student(assessments).status is SemesterStatus.PUBLISHED


@pytest.mark.usefixtures("complete")
def test_what_was_decided_is_counted(assessments: AssessmentsService) -> None:
    assessments.publish_semester_results(actor=HOD, student_ids=BOTH)
    assessments.withhold_semester_results(actor=HOD, student_ids=(702,), reason="Fees")
    found = assessments.semester_counts(actor=HOD)
    assert (found.published, found.withheld, found.cancelled) == (1, 1, 0)
    with pytest.raises(Forbidden):
        assessments.semester_counts(actor=actors.teacher())


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize("actor", [actors.teacher(), actors.student(), actors.anonymous()])
def test_nobody_but_the_head_decides(assessments: AssessmentsService, actor: Actor) -> None:
    for operation, more in (
        (assessments.publish_semester_results, {}),
        (assessments.withhold_semester_results, {"reason": "Fees"}),
        (assessments.cancel_semester_results, {"reason": "Fees"}),
        (assessments.decide_promotion, {"promoted": True}),
    ):
        with pytest.raises(Forbidden):
            operation(actor=actor, student_ids=(701,), **more)


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [actors.student(), actors.anonymous()])
def test_no_student_asks_for_a_class(assessments: AssessmentsService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        assessments.class_semester_results(actor=actor, course_id=1)


@pytest.mark.usefixtures("complete")
def test_a_class_takes_three_queries(
    assessments: AssessmentsService, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        assert len(assessments.class_semester_results(actor=HOD, course_id=1)) == 2
