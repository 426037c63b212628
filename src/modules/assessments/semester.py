"""The grading policy, and the semester results that follow from it and the results."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService, Enrollment
from contracts.assessments import GradingPolicy, Result, SemesterResult, SemesterStatus, SubjectGrade
from contracts.base import Actor
from contracts.errors import Invalid
from kernel import audit
from kernel.databases import atomic
from kernel.registry import services
from modules.assessments import access, grade_rules, models, queries
from modules.assessments.models import SemesterDecision

MODULE = "assessments"


def policy() -> GradingPolicy:
    row = models.GradingPolicy.objects.order_by("-id").first()
    return grade_rules.DEFAULT_POLICY if row is None else GradingPolicy.model_validate(row.policy)


def set_policy(actor: Actor, wanted: GradingPolicy) -> GradingPolicy:
    texts = {
        "range": _("Percentages go from 0 to 100, points from 0 to 10."),
        "letter": _("Each step has a letter of its own, with at most %(n)d characters.")
        % {"n": grade_rules.LONGEST_LETTER},
        "order": _("The scale falls from step to step, and ends at 0 percent."),
    }
    fields: dict[str, list[str]] = {}
    for field, problem in grade_rules.policy_problems(wanted):
        fields.setdefault(field, []).append(texts[problem])
    if fields:
        raise Invalid(fields=fields)
    with atomic(MODULE):
        if policy() != wanted:
            row = models.GradingPolicy.objects.create(policy=wanted.model_dump(mode="json"), set_by=actor.user_id)
            audit.record(actor=actor, action="assessments.grading_policy_set", target=f"GradingPolicy:{row.pk}")
    return wanted


def results(actor: Actor, student_ids: tuple[int, ...], *, withheld: bool) -> dict[int, SemesterResult]:
    """By student; with what is kept back, or without."""
    found = undecided(actor, student_ids, withheld=withheld)
    rows = queries.semester_decisions(tuple(found))
    return {i: decided(one, rows[key_of(one)]) if key_of(one) in rows else one for i, one in found.items()}


def undecided(actor: Actor, student_ids: tuple[int, ...], *, withheld: bool) -> dict[int, SemesterResult]:
    """As `results`, before anything is decided: what follows from marks and policy."""
    enrolled = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=student_ids)
    return _of_enrolled(actor, enrolled, withheld=withheld)


def own(actor: Actor, student_id: int) -> SemesterResult | None:
    """What its student sees: no figures before it is published, and nothing that is kept back."""
    enrolled = services.get(AcademicsService).current_enrollments(actor=actor, student_ids=(student_id,))
    if student_id not in enrolled:
        return None
    decision = queries.semester_decisions((student_id,)).get(key_of(enrolled[student_id]))
    if decision is None or decision.status != SemesterStatus.PUBLISHED:
        return _without_figures(enrolled[student_id], decision or SemesterDecision())
    return decided(_of_enrolled(actor, enrolled, withheld=False)[student_id], decision)


def decided(result: SemesterResult, decision: SemesterDecision) -> SemesterResult:
    """What becomes of a result by a decision."""
    status = SemesterStatus(decision.status)
    promoted = False if status is SemesterStatus.CANCELLED else result.promoted
    return result.model_copy(
        update={
            "status": status,
            "reason": decision.reason,
            "promoted": promoted if decision.promoted is None else decision.promoted,
            "promotion_decided": decision.promoted is not None,
        }
    )


def key_of(about: SemesterResult | SemesterDecision | Enrollment) -> tuple[int, int, int]:
    """What a decision is about: student, course and session year."""
    return about.student_id, about.course_id, about.session_year_id


def of_class(actor: Actor, course_id: int, session_year_id: int | None) -> tuple[SemesterResult, ...]:
    """With the ranks in each session year, by student."""
    ids = services.get(AcademicsService).student_ids(actor=actor, course_id=course_id, session_year_id=session_year_id)
    found = results(actor, ids, withheld=True) if ids else {}
    percentages: dict[int, dict[int, Decimal]] = {}
    for student_id, one in found.items():
        if one.percentage is not None and one.passed is not None and one.status is not SemesterStatus.CANCELLED:
            percentages.setdefault(one.session_year_id, {})[student_id] = one.percentage
    places = {i: rank for year in percentages.values() for i, rank in grade_rules.ranks(year).items()}
    return tuple(one.model_copy(update={"rank": places.get(i)}) for i, one in sorted(found.items()))


def _of_enrolled(actor: Actor, enrolled: dict[int, Enrollment], *, withheld: bool) -> dict[int, SemesterResult]:
    subjects = {i: access.subjects_of(actor, i) for i in {e.course_id for e in enrolled.values()}}
    found = queries.first_results(tuple(enrolled), withheld=withheld)
    rules = policy()
    return {
        student_id: _semester(rules, enrollment, subjects[enrollment.course_id], found.get(student_id, ()))
        for student_id, enrollment in enrolled.items()
    }


def _semester(
    policy: GradingPolicy, enrollment: Enrollment, subjects: Mapping[int, str], results: tuple[Result, ...]
) -> SemesterResult:
    ever = tuple(grade(policy, result, subjects.get(result.subject_id, "")) for result in results)
    grades = tuple(one for one in ever if one.subject_id in subjects)
    graded = {one.subject_id for one in grades}
    missing = tuple(i for i in subjects if i not in graded)
    failed = sum(not one.passed for one in grades)
    return SemesterResult(
        student_id=enrollment.student_id,
        course_id=enrollment.course_id,
        session_year_id=enrollment.session_year_id,
        subjects=grades,
        missing_subject_ids=missing,
        percentage=grade_rules.average((one.percentage, grade_rules.EQUAL_CREDITS) for one in grades),
        gpa=grade_rules.average((one.points, grade_rules.EQUAL_CREDITS) for one in grades),
        cgpa=grade_rules.average((one.points, grade_rules.EQUAL_CREDITS) for one in ever),
        passed=None if missing else failed == 0,
        promoted=grade_rules.is_promoted(policy, failed=failed, missing=len(missing)),
    )


def _without_figures(enrollment: Enrollment, decision: SemesterDecision) -> SemesterResult:
    return SemesterResult(
        student_id=enrollment.student_id,
        course_id=enrollment.course_id,
        session_year_id=enrollment.session_year_id,
        subjects=(),
        missing_subject_ids=(),
        percentage=None,
        gpa=None,
        cgpa=None,
        passed=None,
        promoted=None,
        status=SemesterStatus(decision.status),
        reason=decision.reason,
    )


def grade(policy: GradingPolicy, result: Result, subject_name: str = "") -> SubjectGrade:
    percentage = grade_rules.percentage(policy, exam=result.exam_marks, assignment=result.assignment_marks)
    passed = grade_rules.is_subject_passed(policy, exam=result.exam_marks, percentage=percentage)
    step = grade_rules.step(policy, percentage, passed=passed)
    return SubjectGrade(
        subject_id=result.subject_id,
        subject_name=subject_name,
        percentage=percentage,
        letter=step.letter,
        points=step.points,
        passed=passed,
        withheld=result.withheld,
    )
