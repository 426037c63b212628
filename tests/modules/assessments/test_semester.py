"""Grades, averages and promotion: the rules for any numbers, and who sees the semester result."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.assessments import AssessmentsService, GradeStep, GradingPolicy
from contracts.errors import Forbidden, Invalid
from kernel.models import AuditEntry
from modules.assessments import grade_rules as rules
from modules.assessments.models import StudentResult
from tests import actors

POLICY = rules.DEFAULT_POLICY
marks = st.decimals(min_value=0, max_value=100, places=2)
weights = st.decimals(min_value=0, max_value=100, places=1)
credit_points = st.decimals(min_value=Decimal("0.5"), max_value=30, places=1)


def with_weight(weight: Decimal) -> GradingPolicy:
    return POLICY.model_copy(update={"exam_weight": weight})


@given(marks, marks, weights)
def test_a_percentage_lies_between_its_two_marks(exam: Decimal, assignment: Decimal, weight: Decimal) -> None:
    found = rules.percentage(with_weight(weight), exam=exam, assignment=assignment)
    assert min(exam, assignment) <= found <= max(exam, assignment)


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_any_old_mark_makes_a_percentage_on_the_scale(mark: Decimal) -> None:
    if not mark.is_snan():
        assert 0 <= rules.percentage(POLICY, exam=mark, assignment=mark) <= 100


@pytest.mark.parametrize(("value", "read"), [("79.995", "80.00"), ("79.9949", "79.99"), ("0.005", "0.01")])
def test_averages_are_rounded_half_up_to_two_places(value: str, read: str) -> None:
    assert str(rules.rounded(Decimal(value))) == read


@given(marks, marks)
def test_more_percent_is_never_a_lower_grade(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert rules.step(POLICY, low, passed=True).points <= rules.step(POLICY, high, passed=True).points


@pytest.mark.parametrize(
    ("percentage", "letter"), [("100", "O"), ("90", "O"), ("89.99", "A+"), ("40", "C"), ("39.99", "F"), ("0", "F")]
)
def test_a_step_begins_at_its_own_percentage(percentage: str, letter: str) -> None:
    assert rules.step(POLICY, Decimal(percentage), passed=True).letter == letter
    assert rules.step(POLICY, Decimal(percentage), passed=False).letter == "F"


@pytest.mark.parametrize(
    ("exam", "percentage", "passed"), [("40", "40", True), ("39.9", "70", False), ("80", "39.99", False)]
)
def test_a_subject_needs_its_exam_and_its_percentage(exam: str, percentage: str, passed: bool) -> None:
    assert rules.is_subject_passed(POLICY, exam=Decimal(exam), percentage=Decimal(percentage)) is passed


@given(st.lists(st.tuples(marks, credit_points), min_size=1, max_size=8), st.integers(1, 9))
def test_an_average_lies_within_and_only_the_proportion_of_credits_counts(
    pairs: list[tuple[Decimal, Decimal]], times: int
) -> None:
    found = rules.average(pairs)
    assert found is not None
    values = [value for value, _weight in pairs]
    assert min(values) <= found <= max(values)
    assert rules.average([(value, weight * times) for value, weight in pairs]) == found


def test_credits_weigh_and_nothing_has_no_average() -> None:
    assert rules.average([(Decimal(10), Decimal(3)), (Decimal(6), Decimal(1))]) == Decimal(9)
    assert rules.average([]) is None


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_promotion_waits_for_every_result_and_then_counts_failures(failed: int, missing: int, allowed: int) -> None:
    policy = POLICY.model_copy(update={"allowed_failures": allowed})
    found = rules.is_promoted(policy, failed=failed, missing=missing)
    assert found is (None if missing else failed <= allowed)


def scale(*steps: tuple[str, int, int]) -> GradingPolicy:
    made = tuple(GradeStep(letter=a, from_percentage=Decimal(b), points=Decimal(c)) for a, b, c in steps)
    return POLICY.model_copy(update={"scale": made})


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        pytest.param(with_weight(Decimal(101)), ("exam_weight", "range"), id="weight"),
        pytest.param(with_weight(Decimal("NaN")), ("exam_weight", "range"), id="no number"),
        pytest.param(scale(("A", 50, 5), ("A", 0, 0)), ("scale", "letter"), id="letter twice"),
        pytest.param(scale(("A", 50, 5)), ("scale", "order"), id="not down to 0"),
        pytest.param(scale(("A", 0, 5), ("F", 0, 0)), ("scale", "order"), id="not falling"),
        pytest.param(scale(), ("scale", "order"), id="empty"),
    ],
)
def test_a_policy_that_grades_nobody_well_is_refused(policy: GradingPolicy, problem: tuple[str, str]) -> None:
    assert list(rules.policy_problems(policy)) == [problem]


def test_the_default_policy_is_sound() -> None:
    assert not list(rules.policy_problems(POLICY))


# --- the service ------------------------------------------------------------------------------------------------------


def enter(student_id: int, subject_id: int, exam: float, assignment: float, *, withheld: bool = False) -> None:
    StudentResult.objects.create(
        student_id=student_id,
        subject_id=subject_id,
        exam_marks=exam,
        assignment_marks=assignment,
        withheld=withheld,
    )


@pytest.mark.django_db
def test_a_semester_result_has_percent_gpa_cgpa_and_promotion(assessments: AssessmentsService) -> None:
    enter(701, 1, 80, 90)  # 83 %, A+, 9
    enter(701, 2, 50, 60)  # 53 %, B, 6
    enter(701, 4, 95, 95)  # of another course: 10
    found = assessments.semester_results(actor=actors.hod(), student_ids=(701, 999))
    assert set(found) == {701}
    assert [(g.subject_id, str(g.percentage), g.letter) for g in found[701].subjects] == [
        (1, "83.00", "A+"),
        (2, "53.00", "B"),
    ]
    assert found[701].missing_subject_ids == (3,)
    assert (found[701].percentage, found[701].gpa, found[701].cgpa) == (
        Decimal("68.00"),
        Decimal("7.50"),
        Decimal("8.33"),
    )
    assert (found[701].passed, found[701].promoted) == (None, None)
    enter(701, 3, 39, 100)
    complete = assessments.semester_results(actor=actors.hod(), student_ids=(701,))[701]
    assert (complete.subjects[-1].letter, complete.passed, complete.promoted) == ("F", False, False)
    lenient = POLICY.model_copy(update={"allowed_failures": 1})
    assessments.set_grading_policy(actor=actors.hod(), policy=lenient)
    assert assessments.semester_results(actor=actors.hod(), student_ids=(701,))[701].promoted is True


@pytest.mark.django_db
def test_students_see_their_own_without_what_is_kept_back(assessments: AssessmentsService) -> None:
    enter(701, 1, 80, 90)
    enter(701, 2, 50, 60)
    enter(701, 3, 50, 60)
    assert assessments.publish_semester_results(actor=actors.hod(), student_ids=(701,)) == 1
    assessments.withhold_results(actor=actors.teacher(), subject_id=2, student_ids=(701,))
    StudentResult.objects.filter(subject_id=3).delete()
    own = assessments.semester_results(actor=actors.student(), student_ids=(701,))[701]
    assert [g.subject_id for g in own.subjects] == [1]
    assert own.missing_subject_ids == (2, 3)
    assert len(assessments.semester_results(actor=actors.teacher(), student_ids=(701,))[701].subjects) == 2
    for actor in (actors.student(user_id=32, student_id=702), actors.anonymous()):
        with pytest.raises(Forbidden):
            assessments.semester_results(actor=actor, student_ids=(701,))
    with pytest.raises(Forbidden):
        assessments.semester_results(actor=actors.student(), student_ids=(701, 702))


@pytest.mark.django_db
def test_the_policy_is_the_heads_and_what_was_is_kept(assessments: AssessmentsService) -> None:
    assert assessments.grading_policy(actor=actors.student()) == POLICY
    changed = with_weight(Decimal(50))
    for actor in (actors.teacher(), actors.student(), actors.anonymous()):
        with pytest.raises(Forbidden):
            assessments.set_grading_policy(actor=actor, policy=changed)
    for _twice in range(2):
        assert assessments.set_grading_policy(actor=actors.hod(), policy=changed) == changed
    assert assessments.grading_policy(actor=actors.teacher()) == changed
    assert AuditEntry.objects.filter(action="assessments.grading_policy_set").count() == 1
    with pytest.raises(Invalid) as refused:
        assessments.set_grading_policy(actor=actors.hod(), policy=with_weight(Decimal(-1)))
    assert set(refused.value.fields) == {"exam_weight"}


@pytest.mark.django_db
@pytest.mark.parametrize("students", [(701,), (701, 702)])
def test_a_class_takes_three_queries_whatever_its_size(
    assessments: AssessmentsService, students: tuple[int, ...], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for student_id in students:
        enter(student_id, 1, 80, 90)
    with django_assert_num_queries(3):
        assert len(assessments.semester_results(actor=actors.hod(), student_ids=students)) == len(students)
