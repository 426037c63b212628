"""The classic result: exam and assignment marks per student and subject."""

import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from contracts.assessments import AssessmentsService, RecordedResult, ResultEntry, SeenResult
from contracts.base import Actor
from contracts.errors import Forbidden, Invalid, NotFound
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments.models import StudentResult
from tests import actors
from tests.modules.assessments.fakes import FakeAcademics

pytestmark = pytest.mark.django_db


OTHER_TEACHER = actors.teacher(user_id=11, staff_id=502)
LONG_AGO = datetime(2025, 4, 2, tzinfo=UTC)


def record(
    assessments: AssessmentsService,
    exam: str = "78.5",
    assignment: str = "18",
    *,
    actor: Actor | None = None,
    student_id: int = 701,
    subject_id: int = 1,
) -> RecordedResult:
    return assessments.record_result(
        actor=actor or actors.teacher(),
        subject_id=subject_id,
        student_id=student_id,
        exam_marks=Decimal(exam),
        assignment_marks=Decimal(assignment),
    )


def published() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))


def test_a_result_is_seen_by_its_student_at_once_and_is_announced(assessments: AssessmentsService) -> None:
    recorded = record(assessments)
    assert recorded.created
    assert assessments.results(actor=actors.student(), student_id=701) == (recorded.result,)
    assert (recorded.result.exam_marks, recorded.result.assignment_marks) == (Decimal("78.5"), Decimal(18))
    assert published() == ["assessments.result_recorded.v1"]
    assert AuditEntry.objects.filter(action="assessments.result_recorded", actor_user_id=10).count() == 1


@pytest.mark.parametrize(("exam", "passed"), [("40", True), ("39.9", False), ("0", False), ("100", True)])
def test_the_exam_mark_decides_on_passing(assessments: AssessmentsService, exam: str, passed: bool) -> None:
    assert record(assessments, exam, "0").result.passed is passed


def test_recording_again_corrects_and_every_change_is_kept(assessments: AssessmentsService) -> None:
    first = record(assessments)
    again = record(assessments, "80", "18", actor=actors.hod())
    assert (again.created, again.result.id) == (False, first.result.id)
    assert again.result.updated_at > first.result.updated_at
    assert again.result.created_at == first.result.created_at
    history = assessments.result_history(actor=actors.teacher(), result_id=first.result.id)
    assert [(c.field, c.old, c.new, c.changed_by) for c in history] == [
        ("exam_marks", None, Decimal("78.5"), 10),
        ("assignment_marks", None, Decimal(18), 10),
        ("exam_marks", Decimal("78.5"), Decimal(80), 1),
    ]


def test_recording_the_same_again_changes_nothing(assessments: AssessmentsService) -> None:
    first = record(assessments)
    assert record(assessments, "78.50", "18.0").result == first.result
    assert published() == ["assessments.result_recorded.v1"]


@pytest.mark.parametrize("wrong", ["-0.01", "100.01", "1e9", "NaN", "Infinity"])
def test_marks_outside_0_to_100_are_named_by_field(assessments: AssessmentsService, wrong: str) -> None:
    for marks, field in (((wrong, "0"), "exam_marks"), (("0", wrong), "assignment_marks")):
        with pytest.raises(Invalid) as caught:
            record(assessments, *marks)
        assert set(caught.value.fields) == {field}
    assert not StudentResult.objects.exists()


def test_a_student_of_another_course_has_no_result_in_the_subject(assessments: AssessmentsService) -> None:
    for student_id in (703, 709):
        with pytest.raises(Invalid) as caught:
            record(assessments, student_id=student_id)
        assert set(caught.value.fields) == {"student_id"}


def test_a_result_can_be_corrected_after_the_student_left_the_course(
    assessments: AssessmentsService, academics: FakeAcademics
) -> None:
    record(assessments)
    academics.enrolled[701] = 2
    assert record(assessments, "50").result.exam_marks == Decimal(50)


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_enter_results_and_see_their_history(
    assessments: AssessmentsService, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        record(assessments, actor=actor)
    entered = record(assessments, actor=actors.hod())
    with pytest.raises(Forbidden):
        assessments.result_history(actor=actor, result_id=entered.result.id)


def test_what_does_not_exist_is_not_found(assessments: AssessmentsService) -> None:
    with pytest.raises(NotFound):
        record(assessments, subject_id=99)
    with pytest.raises(NotFound):
        assessments.result_history(actor=actors.hod(), result_id=99)


def test_students_see_their_own_results_only(assessments: AssessmentsService) -> None:
    record(assessments)
    for actor in (actors.teacher(), OTHER_TEACHER, actors.hod()):
        assert len(assessments.results(actor=actor, student_id=701)) == 1
    for stranger in (actors.student(user_id=32, student_id=702), actors.student(student_id=None), actors.anonymous()):
        with pytest.raises(Forbidden):
            assessments.results(actor=stranger, student_id=701)


def test_the_results_of_a_class_are_for_its_teacher_and_the_hod(assessments: AssessmentsService) -> None:
    recorded = record(assessments)
    record(assessments, subject_id=2)
    StudentResult.objects.create(student_id=701, subject_id=1, duplicate=1)
    for actor in (actors.teacher(), actors.hod()):
        found = assessments.class_results(actor=actor, subject_id=1, student_ids=(701, 702))
        assert set(found) == {701}
        assert found[701][0] == recorded.result
        assert len(found[701]) == 2
    for stranger in (OTHER_TEACHER, actors.student(), actors.anonymous()):
        with pytest.raises(Forbidden):
            assessments.class_results(actor=stranger, subject_id=1, student_ids=(701,))


def test_old_duplicates_are_all_shown_and_corrected_together(assessments: AssessmentsService) -> None:
    for number, exam in enumerate((55.0, 61.0)):
        StudentResult.objects.create(
            student_id=702, subject_id=1, exam_marks=exam, assignment_marks=14.0, duplicate=number, updated_at=LONG_AGO
        )
    student = actors.student(user_id=32, student_id=702)
    assert [r.exam_marks for r in assessments.results(actor=student, student_id=702)] == [Decimal(55), Decimal(61)]
    recorded = record(assessments, "55", "14", student_id=702)
    assert not recorded.created
    shown = assessments.results(actor=student, student_id=702)
    assert [r.exam_marks for r in shown] == [Decimal(55), Decimal(55)]
    assert [len(assessments.result_history(actor=actors.hod(), result_id=r.id)) for r in shown] == [0, 1]
    assert published() == ["assessments.result_recorded.v1"]


def test_no_new_duplicate_can_be_written() -> None:
    StudentResult.objects.create(student_id=702, subject_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        StudentResult.objects.create(student_id=702, subject_id=1)


@pytest.mark.parametrize("old", [150.0, -5.0, 1e9, 66.6666667, math.inf, -math.inf])
def test_old_marks_of_any_size_are_shown_and_can_be_corrected(assessments: AssessmentsService, old: float) -> None:
    row = StudentResult.objects.create(student_id=701, subject_id=1, exam_marks=old, assignment_marks=0.001)
    (shown,) = assessments.results(actor=actors.student(), student_id=701)
    assert (float(shown.exam_marks), shown.passed) == (old, old >= 40)
    record(assessments, "50", "0.001")
    (change,) = assessments.result_history(actor=actors.hod(), result_id=row.id)
    assert (change.old, change.new) == (shown.exam_marks, Decimal(50))


@pytest.mark.parametrize("subjects", [2, 40])
def test_results_take_one_query_whatever_their_number(
    assessments: AssessmentsService, subjects: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    StudentResult.objects.bulk_create(StudentResult(student_id=701, subject_id=n) for n in range(subjects))
    with django_assert_num_queries(1):
        assert len(assessments.results(actor=actors.student(), student_id=701)) == subjects


def test_results_and_submissions_keep_their_student_and_subject_from_being_erased(
    assessments: AssessmentsService,
) -> None:
    record(assessments)
    for target, row_id in (("users.StudentProfile", 701), ("academics.Subject", 1)):
        usages = assessments.usages(actor=actors.system(), target=target, ids=(row_id,))
        assert [(u.entity, u.count) for u in usages] == [("assessments.StudentResult", 1)]


# --- several students at once -----------------------------------------------------------------------------------------


def entry(student_id: int, exam: str = "78.5", assignment: str = "18") -> ResultEntry:
    return ResultEntry(student_id=student_id, exam_marks=Decimal(exam), assignment_marks=Decimal(assignment))


def save(
    assessments: AssessmentsService, *entries: ResultEntry, actor: Actor | None = None, subject_id: int = 1
) -> tuple[RecordedResult, ...]:
    return assessments.save_results(actor=actor or actors.teacher(), subject_id=subject_id, entries=entries)


def test_the_marks_of_several_students_are_saved_at_once_in_the_order_given(assessments: AssessmentsService) -> None:
    first = record(assessments, "50", "10", student_id=702)
    saved = save(assessments, entry(702, "51"), entry(701))
    assert [(one.created, one.result.student_id, one.result.exam_marks) for one in saved] == [
        (False, 702, Decimal(51)),
        (True, 701, Decimal("78.5")),
    ]
    assert saved[0].result.id == first.result.id
    found = assessments.class_results(actor=actors.teacher(), subject_id=1, student_ids=(701, 702))
    assert found == {one.result.student_id: (one.result,) for one in saved}
    assert published() == ["assessments.result_recorded.v1"] * 3
    entry_of_audit = AuditEntry.objects.filter(action="assessments.result_recorded").latest("id")
    assert entry_of_audit.detail["results"] == [one.result.id for one in saved]
    history = assessments.result_history(actor=actors.hod(), result_id=first.result.id)
    assert [(c.field, c.old, c.new, c.changed_by) for c in history[2:]] == [
        ("exam_marks", Decimal(50), Decimal(51), 10),
        ("assignment_marks", Decimal(10), Decimal(18), 10),
    ]


def test_what_did_not_change_is_left_and_not_told_of(assessments: AssessmentsService) -> None:
    before = save(assessments, entry(701), entry(702))
    after = save(assessments, entry(701), entry(702, "80"))
    assert after[0].result == before[0].result
    assert published() == ["assessments.result_recorded.v1"] * 3
    assert save(assessments) == ()
    assert AuditEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        pytest.param(entry(702, "101"), {"1.exam_marks"}, id="too much"),
        pytest.param(entry(702, "-1", "NaN"), {"1.exam_marks", "1.assignment_marks"}, id="two in a row"),
        pytest.param(entry(703), {"1.student_id"}, id="another course"),
        pytest.param(entry(999), {"1.student_id"}, id="nobody"),
        pytest.param(entry(701, "80"), {"1.student_id"}, id="twice"),
    ],
)
def test_one_wrong_row_is_named_and_none_is_saved(
    assessments: AssessmentsService, wrong: ResultEntry, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        save(assessments, entry(701), wrong)
    assert set(caught.value.fields) == fields
    assert not StudentResult.objects.exists()
    assert published() == []


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_save_results(assessments: AssessmentsService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        save(assessments, entry(701), actor=actor)
    with pytest.raises(NotFound):
        save(assessments, entry(701), subject_id=99)
    assert save(assessments, entry(701), actor=actors.hod())[0].created


def test_saving_costs_the_same_for_each_further_student(
    assessments: AssessmentsService, academics: FakeAcademics
) -> None:
    academics.enrolled |= dict.fromkeys(range(1000, 1040), 1)

    def cost(students: range) -> int:
        with CaptureQueriesContext(connection) as captured:
            save(assessments, *(entry(student_id) for student_id in students))
        return len(captured)

    one, some, many = cost(range(1000, 1001)), cost(range(1001, 1005)), cost(range(1005, 1035))
    told = (some - one) // 3
    assert told <= 2, "only the event of each result costs queries of its own"
    assert many == one + 29 * told


@pytest.mark.parametrize(("seen", "stale"), [(("50", "60"), False), (("50.0", "60"), False), (("40", "60"), True)])
def test_marks_that_became_others_since_they_were_seen_are_not_overwritten(
    assessments: AssessmentsService, seen: tuple[str, str], stale: bool
) -> None:
    record(assessments, "50", "60")
    before = SeenResult(exam_marks=Decimal(seen[0]), assignment_marks=Decimal(seen[1]))
    entries = (
        ResultEntry(student_id=702, exam_marks=Decimal(1), assignment_marks=Decimal(1)),
        ResultEntry(student_id=701, exam_marks=Decimal(70), assignment_marks=Decimal(60), seen=before),
    )
    if stale:
        with pytest.raises(Invalid) as refused:
            assessments.save_results(actor=actors.teacher(), subject_id=1, entries=entries)
        assert set(refused.value.fields) == {"1.seen"}
        assert StudentResult.objects.count() == 1
    else:
        assert len(assessments.save_results(actor=actors.teacher(), subject_id=1, entries=entries)) == 2


def test_a_result_that_appeared_since_there_was_none_is_not_overwritten(assessments: AssessmentsService) -> None:
    record(assessments)
    nothing = SeenResult(exam_marks=None, assignment_marks=None)
    entry = ResultEntry(student_id=701, exam_marks=Decimal(1), assignment_marks=Decimal(1), seen=nothing)
    with pytest.raises(Invalid):
        assessments.save_results(actor=actors.teacher(), subject_id=1, entries=(entry,))
