"""What the marks of a class amount to: the figures for any marks, and who may ask."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.assessments import AssessmentsService, Assignment
from contracts.base import Actor
from contracts.errors import Forbidden, NotFound
from modules.assessments.mark_statistics import summary
from modules.assessments.models import AssignmentSubmission, StudentResult
from tests import actors
from tests.modules.assessments.conftest import LATER

marks = st.lists(st.decimals(min_value=0, max_value=100, places=1), min_size=1, max_size=30)
STRANGERS = [actors.teacher(user_id=11, staff_id=502), actors.student(), actors.anonymous()]


@given(marks, st.integers(1, 12))
def test_the_figures_of_any_marks_are_in_order_and_the_bands_hold_all_of_them(given: list[Decimal], bands: int) -> None:
    found = summary(given, passed=0, top=Decimal(100), bands=bands)
    assert found.lowest is not None
    assert found.median is not None
    assert found.average is not None
    assert found.highest is not None
    assert found.lowest <= found.median <= found.highest
    assert found.lowest <= found.average <= found.highest
    assert sum(band.count for band in found.bands) == found.count == len(given)
    assert (found.bands[0].low, found.bands[-1].high, len(found.bands)) == (Decimal(0), Decimal(100), bands)
    for band in found.bands[:-1]:
        assert band.count == sum(band.low <= mark < band.high for mark in given)


def test_without_marks_there_are_no_figures() -> None:
    found = summary([], passed=0, top=Decimal(10), bands=5)
    assert {found.average, found.median, found.lowest, found.highest, found.pass_rate} == {None}
    assert (found.count, [band.count for band in found.bands]) == (0, [0] * 5)


@pytest.mark.django_db
def test_the_report_of_a_class_has_grades_and_figures(
    assessments: AssessmentsService, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for student_id, exam, duplicate in ((701, 80, 0), (701, 10, 1), (702, 20, 0)):
        StudentResult.objects.create(
            student_id=student_id, subject_id=1, exam_marks=exam, assignment_marks=exam, duplicate=duplicate
        )
    with django_assert_num_queries(2):
        found = assessments.subject_report(actor=actors.teacher(), subject_id=1, student_ids=(701, 702, 799))
    assert {i: result.exam_marks for i, result in found.results.items()} == {701: 80, 702: 20}
    assert [(grade.letter, grade.passed) for grade in found.grades.values()] == [("A+", True), ("F", False)]
    figures = found.figures
    assert (figures.count, figures.passed, figures.pass_rate) == (2, 1, Decimal("50.00"))
    assert (figures.average, figures.median, figures.lowest, figures.highest) == tuple(map(Decimal, (50, 50, 20, 80)))
    assert [band.count for band in figures.bands] == [0, 0, 1, 0, 0, 0, 0, 0, 1, 0]


def test_an_assignment_is_told_in_figures(
    assessments: AssessmentsService, essay: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    AssignmentSubmission.objects.bulk_create(
        AssignmentSubmission(
            assignment_id=essay.id,
            student_id=student_id,
            marks=mark,
            submission_file="essay.txt",
            submitted_at=LATER.replace(year=LATER.year + late),
        )
        for student_id, mark, late in ((701, 4, 0), (702, 3.9, 1), (703, None, 0), (704, math.inf, 0))
    )
    with django_assert_num_queries(3):
        found = assessments.assignment_statistics(actor=actors.hod(), assignment_id=essay.id)
    assert (found.submitted, found.late, found.ungraded) == (4, 1, 1)
    assert (found.figures.count, found.figures.passed, found.figures.pass_rate) == (3, 2, Decimal("66.67"))
    assert (found.figures.average, found.figures.median, found.figures.lowest) == (
        Decimal("5.97"),
        Decimal(4),
        Decimal("3.90"),
    )
    assert found.figures.highest == 10, "old marks off the scale count as its end"


@pytest.mark.parametrize("actor", STRANGERS)
def test_only_the_teacher_and_the_head_see_figures(
    assessments: AssessmentsService, essay: Assignment, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        assessments.assignment_statistics(actor=actor, assignment_id=essay.id)
    with pytest.raises(Forbidden):
        assessments.subject_report(actor=actor, subject_id=1, student_ids=(701,))


@pytest.mark.django_db
def test_an_unknown_assignment_is_not_found(assessments: AssessmentsService) -> None:
    with pytest.raises(NotFound):
        assessments.assignment_statistics(actor=actors.hod(), assignment_id=99)
