"""Handing in, grading, and who gets to see the files."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from contracts.assessments import AssessmentsService, Assignment, MarkChange, Submission, SubmissionStatus
from contracts.base import Actor, PageRequest, Upload
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments import models
from modules.assessments.models import AssessmentTotal, AssignmentSubmission
from tests import actors
from tests.modules.assessments import files
from tests.modules.assessments.conftest import LATER
from tests.modules.assessments.fakes import FakeAcademics

pytestmark = pytest.mark.django_db


OTHER_TEACHER = actors.teacher(user_id=11, staff_id=502)
CLASSMATE = actors.student(user_id=32, student_id=702)
ESSAY = Upload(name="My essay (final).pdf", content=files.PDF)


@pytest.fixture
def submission(assessments: AssessmentsService, essay: Assignment, media: Path) -> Submission:
    return assessments.submit(actor=actors.student(), assignment_id=essay.id, file=ESSAY)


def published() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))[1:]  # after the assignment's own


def stored(media: Path) -> list[str]:
    return sorted(p.relative_to(media).as_posix() for p in media.rglob("*") if p.is_file())


def old_submission(essay: Assignment, *, student_id: int = 702, **values: object) -> AssignmentSubmission:
    """A row as the legacy left it."""
    row = AssignmentSubmission.objects.create(assignment_id=essay.id, student_id=student_id, **values)
    AssessmentTotal.rebuild()
    return row


# --- handing in -------------------------------------------------------------------------------------------------------


def test_a_file_is_handed_in_kept_under_a_safe_name_and_announced(
    assessments: AssessmentsService, submission: Submission, essay: Assignment, media: Path
) -> None:
    assert (submission.student_id, submission.file_name) == (701, "My essay (final).pdf")
    assert (submission.status, submission.marks, submission.is_late) == (SubmissionStatus.SUBMITTED, None, False)
    (path,) = stored(media)
    assert path.startswith(f"assignments/submissions/701_{essay.id}_")
    assert path.endswith("_My_essay_final.pdf")
    assert published() == ["assessments.assignment_submitted.v1"]
    assert AuditEntry.objects.filter(action="assessments.submitted", actor_user_id=31).count() == 1
    assert assessments.own_submissions(actor=actors.student(), assignment_ids=(essay.id, 999)) == {essay.id: submission}


def test_work_is_handed_in_once(
    assessments: AssessmentsService, submission: Submission, essay: Assignment, media: Path
) -> None:
    with pytest.raises(Conflict) as caught:
        assessments.submit(actor=actors.student(), assignment_id=essay.id, file=ESSAY)
    assert caught.value.reason == "submitted"
    assert len(stored(media)) == 1
    assert assessments.submit(actor=CLASSMATE, assignment_id=essay.id, file=ESSAY).student_id == 702


def test_work_is_handed_in_before_the_deadline(assessments: AssessmentsService, essay: Assignment, media: Path) -> None:
    models.Assignment.objects.update(due_at=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(Conflict) as caught:
        assessments.submit(actor=actors.student(), assignment_id=essay.id, file=ESSAY)
    assert caught.value.reason == "deadline"
    assert stored(media) == []


def test_a_refused_file_leaves_nothing_behind(assessments: AssessmentsService, essay: Assignment, media: Path) -> None:
    with pytest.raises(Invalid) as caught:
        assessments.submit(
            actor=actors.student(), assignment_id=essay.id, file=Upload(name="essay.pdf", content=b"<html>")
        )
    assert set(caught.value.fields) == {"submission_file"}
    assert (stored(media), AssignmentSubmission.objects.count(), published()) == ([], 0, [])


def test_a_file_is_taken_back_when_its_row_cannot_be_written(
    assessments: AssessmentsService, essay: Assignment, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(assignment_id: int) -> models.Assignment:
        raise NotFound(entity="assessments.Assignment", id=assignment_id)

    monkeypatch.setattr("modules.assessments.assignments.held", gone)
    with pytest.raises(NotFound):
        assessments.submit(actor=actors.student(), assignment_id=essay.id, file=ESSAY)
    assert stored(media) == []


def test_students_of_other_courses_do_not_find_the_assignment(
    assessments: AssessmentsService, essay: Assignment, media: Path
) -> None:
    for student_id in (703, 709):
        with pytest.raises(NotFound):
            assessments.submit(actor=actors.student(student_id=student_id), assignment_id=essay.id, file=ESSAY)


@pytest.mark.parametrize(
    "actor", [actors.teacher(), actors.hod(), actors.anonymous(), actors.system(), actors.student(student_id=None)]
)
def test_only_students_with_a_profile_hand_in(
    assessments: AssessmentsService, essay: Assignment, media: Path, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        assessments.submit(actor=actor, assignment_id=essay.id, file=ESSAY)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_file_goes_to_its_student_the_teacher_and_the_hod(
    assessments: AssessmentsService, submission: Submission
) -> None:
    for actor in (actors.student(), actors.teacher(), actors.hod()):
        file = assessments.submission_file(actor=actor, submission_id=submission.id)
        assert (file.name, file.content_type, file.content) == (ESSAY.name, "application/pdf", ESSAY.content)
    with pytest.raises(Forbidden):
        assessments.submission_file(actor=OTHER_TEACHER, submission_id=submission.id)
    with pytest.raises(NotFound):
        assessments.submission_file(actor=CLASSMATE, submission_id=submission.id)
    with pytest.raises(Forbidden):
        assessments.submission_file(actor=actors.anonymous(), submission_id=submission.id)


def test_a_student_keeps_access_to_their_work_after_leaving_the_course(
    assessments: AssessmentsService, submission: Submission, academics: FakeAcademics
) -> None:
    del academics.enrolled[701]
    assert assessments.submission_file(actor=actors.student(), submission_id=submission.id).content == ESSAY.content


def test_a_harmful_file_of_the_legacy_is_never_served_as_what_it_is(
    assessments: AssessmentsService, essay: Assignment, media: Path
) -> None:
    path = "assignments/submissions/702_1_ünsafe page.html"
    (media / path).parent.mkdir(parents=True)
    (media / path).write_bytes(b"<html><script>alert(1)</script>")
    row = old_submission(essay, submission_file=path)
    file = assessments.submission_file(actor=CLASSMATE, submission_id=row.id)
    assert (file.name, file.content_type) == ("702_1_ünsafe page.html", "application/octet-stream")


@pytest.mark.parametrize(
    "path", ["", "assignments/submissions/711_1_gone.pdf", "../../etc/passwd", "/etc/passwd", "assignments", "x" * 4000]
)
def test_a_file_that_is_not_there_or_leads_elsewhere_is_missing(
    assessments: AssessmentsService, essay: Assignment, media: Path, path: str
) -> None:
    (media / "assignments").mkdir()
    row = old_submission(essay, submission_file=path)
    with pytest.raises(NotFound):
        assessments.submission_file(actor=actors.hod(), submission_id=row.id)
    assert assessments.submissions(actor=actors.hod(), assignment_id=essay.id, page=PageRequest()).total == 1


def test_submissions_are_listed_by_time_for_the_teacher_and_the_hod(
    assessments: AssessmentsService, submission: Submission, essay: Assignment
) -> None:
    first = old_submission(essay, submission_file="a/b.pdf", submitted_at=datetime(2025, 4, 2, tzinfo=UTC), marks=3.5)
    for actor in (actors.teacher(), actors.hod()):
        found = assessments.submissions(actor=actor, assignment_id=essay.id, page=PageRequest())
        assert [s.id for s in found.items] == [first.id, submission.id]
    found = assessments.submissions(actor=actors.hod(), assignment_id=essay.id, page=PageRequest(order="-marks"))
    assert [s.marks for s in found.items] == [Decimal("3.5"), None]
    for actor in (OTHER_TEACHER, actors.student()):
        with pytest.raises(Forbidden):
            assessments.submissions(actor=actor, assignment_id=essay.id, page=PageRequest())
    with pytest.raises(NotFound):
        assessments.submissions(actor=actors.hod(), assignment_id=essay.id + 1, page=PageRequest())


def test_own_submissions_are_ones_own(assessments: AssessmentsService, submission: Submission) -> None:
    ids = (submission.assignment_id,)
    assert assessments.own_submissions(actor=CLASSMATE, assignment_ids=ids) == {}
    assert assessments.own_submissions(actor=actors.student(student_id=None), assignment_ids=ids) == {}
    with pytest.raises(Forbidden):
        assessments.own_submissions(actor=actors.teacher(), assignment_ids=ids)


@pytest.mark.parametrize("rows", [2, 40])
def test_a_list_takes_three_queries_whatever_its_length(
    assessments: AssessmentsService, essay: Assignment, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    AssignmentSubmission.objects.bulk_create(
        AssignmentSubmission(assignment_id=essay.id, student_id=n, submission_file=f"{n}.pdf") for n in range(rows)
    )
    with django_assert_num_queries(3):
        page = assessments.submissions(actor=actors.teacher(), assignment_id=essay.id, page=PageRequest(size=50))
    assert len(page.items) == rows


# --- grading ----------------------------------------------------------------------------------------------------------


def test_a_grade_is_kept_with_who_and_when_and_is_announced(
    assessments: AssessmentsService, submission: Submission
) -> None:
    graded = assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=Decimal("8.5"))
    assert (graded.status, graded.marks) == (SubmissionStatus.GRADED, Decimal("8.5"))
    assessments.grade(actor=actors.hod(), submission_id=submission.id, marks=Decimal(0))
    history = assessments.submission_history(actor=actors.teacher(), submission_id=submission.id)
    assert [(c.field, c.old, c.new, c.changed_by) for c in history] == [
        ("marks", None, Decimal("8.5"), 10),
        ("marks", Decimal("8.5"), Decimal(0), 1),
    ]
    assert published() == ["assessments.assignment_submitted.v1", *["assessments.submission_graded.v1"] * 2]
    assert AuditEntry.objects.filter(action="assessments.graded").count() == 2


def test_giving_the_same_grade_again_changes_nothing(assessments: AssessmentsService, submission: Submission) -> None:
    for marks in ("7", "7.0", "7.00"):
        assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=Decimal(marks))
    assert published().count("assessments.submission_graded.v1") == 1
    assert models.MarkChange.objects.count() == 1


@pytest.mark.parametrize("marks", ["-0.1", "10.1", "7.55", "NaN", "Infinity", "-Infinity"])
def test_grades_outside_the_scale_are_refused(
    assessments: AssessmentsService, submission: Submission, marks: str
) -> None:
    with pytest.raises(Invalid) as caught:
        assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=Decimal(marks))
    assert set(caught.value.fields) == {"marks"}
    assert AssignmentSubmission.objects.get().marks is None


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_grade_and_see_the_history(
    assessments: AssessmentsService, submission: Submission, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        assessments.grade(actor=actor, submission_id=submission.id, marks=Decimal(5))
    with pytest.raises(Forbidden):
        assessments.submission_history(actor=actor, submission_id=submission.id)
    with pytest.raises(NotFound):
        assessments.grade(actor=actors.hod(), submission_id=submission.id + 1, marks=Decimal(5))


@pytest.mark.parametrize("old", [11.0, -3.0, 1e9, math.inf, -math.inf])
def test_old_marks_outside_the_scale_are_shown_and_can_be_corrected(
    assessments: AssessmentsService, essay: Assignment, old: float
) -> None:
    row = old_submission(essay, marks=old, status="graded")
    (shown,) = assessments.submissions(actor=actors.hod(), assignment_id=essay.id, page=PageRequest()).items
    assert shown.marks is not None
    assert float(shown.marks) == old
    assessments.grade(actor=actors.teacher(), submission_id=row.id, marks=Decimal(10))
    (change,) = assessments.submission_history(actor=actors.teacher(), submission_id=row.id)
    assert change == MarkChange(field="marks", old=shown.marks, new=Decimal("10.0"), changed_by=10, at=change.at)


# --- what waits -------------------------------------------------------------------------------------------------------


def test_a_list_is_narrowed_to_what_waits_for_whoever_asks(
    assessments: AssessmentsService, essay: Assignment, submission: Submission
) -> None:
    assessments.add_assignment(
        actor=actors.teacher(), subject_id=1, title="Late", description="", due_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    assessments.add_assignment(
        actor=actors.teacher(), subject_id=1, title="Draft", description="", due_at=LATER, draft=True
    )

    def waiting(actor: Actor) -> list[str]:
        return [a.title for a in assessments.list_assignments(actor=actor, page=PageRequest(), waiting=True).items]

    everybody = (actors.student(), CLASSMATE, actors.teacher(), OTHER_TEACHER, actors.hod())
    assert [waiting(actor) for actor in everybody] == [[], ["Essay"], ["Essay"], [], ["Essay"]]
    assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=Decimal(7))
    assert waiting(actors.teacher()) == []
    assessments.close_assignment(actor=actors.teacher(), assignment_id=essay.id)
    assert waiting(CLASSMATE) == []


def test_what_waits_for_a_grade_is_counted_per_teacher(
    assessments: AssessmentsService, submission: Submission, essay: Assignment
) -> None:
    assessments.submit(actor=CLASSMATE, assignment_id=essay.id, file=ESSAY)

    def waiting() -> tuple[int, ...]:
        everybody = (actors.teacher(), OTHER_TEACHER, actors.hod())
        assert AssessmentTotal.differences() == {}
        return tuple(assessments.ungraded_count(actor=actor) for actor in everybody)

    assert waiting() == (2, 0, 2)
    for marks in (Decimal(0), Decimal(3)):
        assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=marks)
    assert waiting() == (1, 0, 1)
    assert assessments.assignment(actor=actors.hod(), assignment_id=essay.id).ungraded_count == 1
    assessments.delete_assignment(actor=actors.teacher(), assignment_id=essay.id)
    assert waiting() == (0, 0, 0)
    with pytest.raises(Forbidden):
        assessments.ungraded_count(actor=actors.student())


def test_an_old_submission_graded_without_a_mark_waits_for_one(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    row = old_submission(essay, marks=None, status="graded")
    assert assessments.ungraded_count(actor=actors.teacher()) == 1
    assessments.grade(actor=actors.teacher(), submission_id=row.id, marks=Decimal(5))
    assert assessments.ungraded_count(actor=actors.teacher()) == 0


def test_a_status_that_means_nothing_breaks_no_list(assessments: AssessmentsService, essay: Assignment) -> None:
    old_submission(essay, status="late?")
    (shown,) = assessments.submissions(actor=actors.hod(), assignment_id=essay.id, page=PageRequest()).items
    assert shown.status is SubmissionStatus.SUBMITTED


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_deleting_an_assignment_takes_its_submissions_and_files_with_it_and_keeps_the_history(
    assessments: AssessmentsService,
    submission: Submission,
    essay: Assignment,
    media: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    old_submission(essay, submission_file="assignments/submissions/gone.pdf")
    assessments.grade(actor=actors.teacher(), submission_id=submission.id, marks=Decimal(9))
    with django_capture_on_commit_callbacks(execute=True):
        assessments.delete_assignment(actor=actors.teacher(), assignment_id=essay.id)
        assert len(stored(media)) == 1
    assert stored(media) == []
    assert not AssignmentSubmission.objects.exists()
    assert models.MarkChange.objects.filter(student_id=701, subject_id=1, new=9.0, changed_by=10).count() == 1
    assert published()[-2:] == ["assessments.deleted.v1"] * 2
    assert AuditEntry.objects.filter(action="assessments.assignment_deleted", actor_user_id=10).count() == 1
