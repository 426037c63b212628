"""The marks of a whole class for one assignment, all of them or none."""

from decimal import Decimal
from pathlib import Path

import pytest

from contracts.assessments import AssessmentsService, Assignment, GradeEntry, SeenMark, Submission
from contracts.base import Actor, PageRequest, Upload
from contracts.errors import Conflict, Forbidden, Invalid
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments.models import AssessmentTotal, AssignmentSubmission, MarkChange
from tests import actors
from tests.modules.assessments.conftest import LATER


def entry(student_id: int, marks: str) -> GradeEntry:
    return GradeEntry(student_id=student_id, marks=Decimal(marks))


def grade(
    assessments: AssessmentsService, assignment: Assignment, *grades: GradeEntry, actor: Actor | None = None
) -> tuple[Submission, ...]:
    return assessments.grade_class(actor=actor or actors.teacher(), assignment_id=assignment.id, grades=grades)


def told() -> int:
    return OutboxEvent.objects.filter(type_id="assessments.submission_graded.v1").count()


def test_a_class_is_graded_at_once_also_who_handed_in_on_paper(
    assessments: AssessmentsService, essay: Assignment, media: Path
) -> None:
    file = Upload(name="a.txt", content=b"Some words.")
    handed_in = assessments.submit(actor=actors.student(), assignment_id=essay.id, file=file)
    on_paper, graded = grade(assessments, essay, entry(702, "7"), entry(701, "8.5"))
    assert (graded.id, graded.marks, graded.file_name) == (handed_in.id, Decimal("8.5"), "a.txt")
    assert (on_paper.marks, on_paper.file_name, on_paper.is_late) == (Decimal(7), "", False)
    assert assessments.ungraded_count(actor=actors.hod()) == 0
    assert AssessmentTotal.read(["ungraded:all"])["ungraded:all"] == 0
    assert told() == 2
    assert list(MarkChange.objects.order_by("id").values_list("student_id", "old", "new", "changed_by")) == [
        (702, None, 7.0, 10),
        (701, None, 8.5, 10),
    ]
    assert AuditEntry.objects.filter(action="assessments.class_graded").count() == 1


def test_the_same_again_changes_nothing_and_tells_nobody(assessments: AssessmentsService, essay: Assignment) -> None:
    first = grade(assessments, essay, entry(701, "8"), entry(702, "7"))
    assert grade(assessments, essay, entry(701, "8.0"), entry(702, "7")) == first
    assert (told(), MarkChange.objects.count()) == (2, 2)
    grade(assessments, essay, entry(701, "9"), entry(702, "7"))
    assert (told(), MarkChange.objects.count()) == (3, 3)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param(entry(702, "10.1"), "1.marks", id="too much"),
        pytest.param(entry(702, "9.55"), "1.marks", id="too fine"),
        pytest.param(entry(703, "9"), "1.student_id", id="another course"),
        pytest.param(entry(701, "9"), "1.student_id", id="twice"),
    ],
)
def test_one_wrong_mark_keeps_all_from_being_saved(
    assessments: AssessmentsService, essay: Assignment, wrong: GradeEntry, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        grade(assessments, essay, entry(701, "8"), wrong)
    assert set(refused.value.fields) == {field}
    assert not AssignmentSubmission.objects.exists()


@pytest.mark.parametrize("actor", [actors.teacher(user_id=11, staff_id=502), actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_grade_a_class(
    assessments: AssessmentsService, essay: Assignment, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        grade(assessments, essay, entry(701, "8"), actor=actor)
    assert grade(assessments, essay, entry(701, "8"), actor=actors.hod())[0].marks == Decimal(8)


@pytest.mark.django_db
def test_a_draft_is_not_graded(assessments: AssessmentsService) -> None:
    draft = assessments.add_assignment(
        actor=actors.teacher(), subject_id=1, title="Essay", description="", due_at=LATER, draft=True
    )
    with pytest.raises(Conflict):
        grade(assessments, draft, entry(701, "8"))


def seeing(student_id: int, marks: str, seen: str | None) -> GradeEntry:
    before = SeenMark(marks=None if seen is None else Decimal(seen))
    return GradeEntry(student_id=student_id, marks=Decimal(marks), seen=before)


def test_a_mark_that_became_another_since_it_was_seen_is_not_overwritten(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    grade(assessments, essay, seeing(701, "8", None))
    grade(assessments, essay, seeing(701, "9", "8.0"))
    for stale in ("8", None):
        with pytest.raises(Conflict) as refused:
            grade(assessments, essay, seeing(702, "5", None), seeing(701, "7", stale))
        assert refused.value.reason == "changed"
    assert [row.marks for row in AssignmentSubmission.objects.all()] == [9.0], "not even the row that was not stale"


def with_comment(student_id: int, marks: str, comment: str | None, seen: str | None = None) -> GradeEntry:
    before = None if seen is None else SeenMark(marks=Decimal(marks), comment=seen)
    return GradeEntry(student_id=student_id, marks=Decimal(marks), comment=comment, seen=before)


def test_a_comment_is_kept_told_of_and_stays_until_another_is_written(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    (first,) = grade(assessments, essay, with_comment(701, "8", " Good.\r\nMore! "))
    assert first.comment == "Good.\nMore!"
    assert grade(assessments, essay, entry(701, "8")) == (first,)
    assert told() == 1
    assert grade(assessments, essay, with_comment(701, "8", ""))[0].comment == ""
    assert (told(), MarkChange.objects.count()) == (2, 1), "the history is of marks"
    corrected = assessments.grade(actor=actors.teacher(), submission_id=first.id, marks=Decimal(9), comment="Well")
    assert (corrected.marks, corrected.comment) == (Decimal(9), "Well")
    own = assessments.own_submissions(actor=actors.student(), assignment_ids=(essay.id,))[essay.id]
    assert own.comment == "Well"
    events = OutboxEvent.objects.filter(type_id="assessments.submission_graded.v1").order_by("id")
    assert [event.body["commented"] for event in events] == [True, False, True]


def test_a_comment_that_became_another_since_it_was_seen_is_not_overwritten(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    grade(assessments, essay, with_comment(701, "8", "Good"))
    with pytest.raises(Conflict):
        grade(assessments, essay, with_comment(701, "8", "Mine", seen=""))
    assert grade(assessments, essay, with_comment(701, "8", "Mine", seen="Good"))[0].comment == "Mine"


def test_a_comment_has_a_length(assessments: AssessmentsService, essay: Assignment) -> None:
    with pytest.raises(Invalid) as refused:
        grade(assessments, essay, entry(701, "8"), with_comment(702, "8", "x" * 2001))
    assert set(refused.value.fields) == {"1.comment"}
    (graded,) = grade(assessments, essay, entry(701, "8"))
    with pytest.raises(Invalid) as refused:
        assessments.grade(actor=actors.teacher(), submission_id=graded.id, marks=Decimal(11), comment="x" * 2001)
    assert set(refused.value.fields) == {"marks", "comment"}


def test_the_submissions_of_some_students_are_asked_for(assessments: AssessmentsService, essay: Assignment) -> None:
    grade(assessments, essay, entry(701, "8"), entry(702, "7"))
    for ids, found in (((702, 999), [702]), ((), []), (None, [701, 702])):
        page = assessments.submissions(
            actor=actors.teacher(), assignment_id=essay.id, page=PageRequest(), student_ids=ids
        )
        assert [s.student_id for s in page.items] == found
