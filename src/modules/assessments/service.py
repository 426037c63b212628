"""What assessments does for others; the only writer of its tables."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.assessments import (
    AssessmentsService,
    Assignment,
    AssignmentStatistics,
    AssignmentStatus,
    AssignmentSubmitted,
    GradeEntry,
    GradingPolicy,
    Mark,
    MarkChange,
    RecordedResult,
    Result,
    ResultEntry,
    SemesterCounts,
    SemesterResult,
    SemesterStatus,
    SubjectReport,
    Submission,
)
from contracts.base import Actor, Download, Instant, Page, PageRequest, Role, Upload
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.assessments import (
    access,
    assignments,
    files,
    grading,
    models,
    queries,
    recording,
    reports,
    rules,
    semester,
    semester_decisions,
    uploads,
)
from modules.assessments.models import AssessmentTotal, AssignmentSubmission, MarkedKind, StudentResult

ASSIGNMENT_ORDER = {"due_at": "due_at", "title": "title", "created_at": "created_at"}
SUBMISSION_ORDER = {"submitted_at": "submitted_at", "marks": "marks", "status": "status"}


class Assessments(ReferenceQueries, AssessmentsService):
    # Assignments

    def add_assignment(
        self, *, actor: Actor, subject_id: int, title: str, description: str, due_at: Instant, draft: bool = False
    ) -> Assignment:
        require(actor, Role.HOD, Role.STAFF)
        return assignments.add(actor, subject_id, title=title, description=description, due_at=due_at, draft=draft)

    def update_assignment(
        self, *, actor: Actor, assignment_id: int, title: str, description: str, due_at: Instant
    ) -> Assignment:
        require(actor, Role.HOD, Role.STAFF)
        return assignments.update(actor, assignment_id, title=title, description=description, due_at=due_at)

    def publish_assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        require(actor, Role.HOD, Role.STAFF)
        return assignments.move(actor, assignment_id, AssignmentStatus.PUBLISHED)

    def close_assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        require(actor, Role.HOD, Role.STAFF)
        return assignments.move(actor, assignment_id, AssignmentStatus.CLOSED)

    def finish_grading(self, *, actor: Actor, assignment_id: int) -> Assignment:
        require(actor, Role.HOD, Role.STAFF)
        return assignments.move(actor, assignment_id, AssignmentStatus.GRADED)

    def delete_assignment(self, *, actor: Actor, assignment_id: int) -> None:
        require(actor, Role.HOD, Role.STAFF)
        assignments.delete(actor, assignment_id)

    def assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        require_login(actor)
        found = assignments.get(assignment_id)
        if actor.role is not Role.STUDENT:
            access.require_teacher(actor, found.subject_id)
        elif found.status is AssignmentStatus.DRAFT or not access.studies(actor, found.subject_id):
            raise assignments.missing(assignment_id)
        return found

    def list_assignments(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        subject_ids: tuple[int, ...] | None = None,
        status: AssignmentStatus | None = None,
        waiting: bool = False,
    ) -> Page[Assignment]:
        require_login(actor)
        rows: QuerySet[models.Assignment] = models.Assignment.objects.all()
        for ids in (access.visible_subjects(actor), subject_ids):
            if ids is not None:
                rows = rows.filter(subject_id__in=ids)
        if actor.role is Role.STUDENT:
            rows = rows.exclude(status=AssignmentStatus.DRAFT)
        if status is not None:
            rows = rows.filter(status=status)
        if waiting:
            rows = rows.filter(assignments.waiting_for(actor))
        return page_of(rows, page, build=queries.build_assignments, search=("title",), order=ASSIGNMENT_ORDER)

    def ungraded_count(self, *, actor: Actor) -> int:
        require(actor, Role.HOD, Role.STAFF)
        subject_ids = access.visible_subjects(actor)
        names = ["ungraded:all"] if subject_ids is None else [f"ungraded:{i}" for i in subject_ids]
        return sum(AssessmentTotal.read(names).values())

    # Submissions

    def submit(self, *, actor: Actor, assignment_id: int, file: Upload) -> Submission:
        require(actor, Role.STUDENT)
        if actor.student_id is None:
            raise Forbidden(message=_("Only students with a complete profile can hand in work."))
        assignment = assignments.get(assignment_id)
        if assignment.status is AssignmentStatus.DRAFT or not access.studies(actor, assignment.subject_id):
            raise assignments.missing(assignment_id)
        _check_open(actor.student_id, assignment, at=timezone.now())
        name = uploads.accepted_name(file)
        wanted = uploads.stored_path(student_id=actor.student_id, assignment_id=assignment_id, name=name)
        with files.stored(wanted, file.content) as path, atomic(self.module):
            parent = assignments.held(assignment_id)
            now = timezone.now()
            _check_open(actor.student_id, parent, at=now)
            row = parent.submissions.create(
                student_id=actor.student_id, submission_file=path, original_name=name, submitted_at=now
            )
            AssessmentTotal.add_ungraded(parent.subject_id, +1)
            audit.record(actor=actor, action="assessments.submitted", target=f"AssignmentSubmission:{row.pk}")
            publish(
                AssignmentSubmitted(
                    submission_id=row.pk,
                    assignment_id=assignment_id,
                    subject_id=parent.subject_id,
                    student_id=row.student_id,
                    at=row.submitted_at,
                )
            )
        return queries.submission(row)

    def submissions(
        self, *, actor: Actor, assignment_id: int, page: PageRequest, student_ids: tuple[int, ...] | None = None
    ) -> Page[Submission]:
        require(actor, Role.HOD, Role.STAFF)
        access.require_teacher(actor, assignments.get(assignment_id).subject_id)
        rows: QuerySet[AssignmentSubmission] = AssignmentSubmission.objects.filter(assignment=assignment_id)
        if student_ids is not None:
            rows = rows.filter(student_id__in=student_ids)
        return page_of(
            rows, page, build=queries.build_submissions, order=SUBMISSION_ORDER, default_order="submitted_at"
        )

    def own_submissions(self, *, actor: Actor, assignment_ids: tuple[int, ...]) -> dict[int, Submission]:
        require(actor, Role.STUDENT)
        if actor.student_id is None:
            return {}
        rows = AssignmentSubmission.objects.filter(student_id=actor.student_id, assignment__in=assignment_ids)
        return {s.assignment_id: s for s in queries.build_submissions(rows)}

    def grade(self, *, actor: Actor, submission_id: int, marks: Mark, comment: str | None = None) -> Submission:
        require(actor, Role.HOD, Role.STAFF)
        access.require_teacher(actor, _submission(submission_id).assignment.subject_id)
        problems = {"marks": grading.problems(marks), "comment": grading.comment_problems(comment)}
        if any(problems.values()):
            raise Invalid(fields={name: texts for name, texts in problems.items() if texts})
        with atomic(self.module):
            row = _submission(submission_id, locked=True)
            if grading.set_mark(actor, row, marks, comment):
                audit.record(actor=actor, action="assessments.graded", target=f"AssignmentSubmission:{row.pk}")
        return queries.submission(row)

    def grade_class(
        self, *, actor: Actor, assignment_id: int, grades: tuple[GradeEntry, ...]
    ) -> tuple[Submission, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return grading.grade_class(actor, assignment_id, grades)

    def assignment_statistics(self, *, actor: Actor, assignment_id: int) -> AssignmentStatistics:
        require(actor, Role.HOD, Role.STAFF)
        access.require_teacher(actor, assignments.get(assignment_id).subject_id)
        return reports.assignment(assignment_id)

    def submission_file(self, *, actor: Actor, submission_id: int) -> Download:
        require_login(actor)
        row = _submission(submission_id)
        if actor.role is not Role.STUDENT:
            access.require_teacher(actor, row.assignment.subject_id)
        elif row.student_id != actor.student_id:
            raise _no_submission(submission_id)
        content = files.content(row.submission_file)
        if content is None:
            raise NotFound(
                entity="assessments.AssignmentSubmission",
                id=submission_id,
                message=_("The file of this submission is missing."),
            )
        kind = uploads.kind_of(content)
        return Download(
            name=queries.file_name(row.original_name, row.submission_file),
            content_type=kind.content_type if kind else uploads.UNKNOWN_TYPE,
            content=content,
        )

    def submission_history(self, *, actor: Actor, submission_id: int) -> tuple[MarkChange, ...]:
        require(actor, Role.HOD, Role.STAFF)
        access.require_teacher(actor, _submission(submission_id).assignment.subject_id)
        return queries.history(MarkedKind.SUBMISSION, submission_id)

    # Results

    def record_result(
        self,
        *,
        actor: Actor,
        subject_id: int,
        student_id: int,
        exam_marks: Mark,
        assignment_marks: Mark,
        withhold: bool = False,
    ) -> RecordedResult:
        require(actor, Role.HOD, Role.STAFF)
        entry = ResultEntry(student_id=student_id, exam_marks=exam_marks, assignment_marks=assignment_marks)
        try:
            (recorded,) = recording.record(actor, subject_id, (entry,), withhold=withhold)
        except Invalid as error:
            raise Invalid(fields={name.removeprefix("0."): texts for name, texts in error.fields.items()}) from None
        return recorded

    def save_results(
        self, *, actor: Actor, subject_id: int, entries: tuple[ResultEntry, ...], withhold: bool = False
    ) -> tuple[RecordedResult, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return recording.record(actor, subject_id, entries, withhold=withhold)

    def withhold_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        require(actor, Role.HOD, Role.STAFF)
        return recording.set_withheld(actor, subject_id, student_ids, withheld=True)

    def release_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        require(actor, Role.HOD, Role.STAFF)
        return recording.set_withheld(actor, subject_id, student_ids, withheld=False)

    def results(self, *, actor: Actor, student_id: int) -> tuple[Result, ...]:
        if actor.student_id != student_id:
            require(actor, Role.HOD, Role.STAFF)
        return queries.results_of(student_id, withheld=actor.role is not Role.STUDENT)

    def class_results(
        self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]
    ) -> dict[int, tuple[Result, ...]]:
        access.require_teacher(actor, subject_id)
        return queries.results_in(subject_id, student_ids)

    def subject_report(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> SubjectReport:
        access.require_teacher(actor, subject_id)
        return reports.subject(subject_id, student_ids)

    # Semester results

    def grading_policy(self, *, actor: Actor) -> GradingPolicy:
        require_login(actor)
        return semester.policy()

    def set_grading_policy(self, *, actor: Actor, policy: GradingPolicy) -> GradingPolicy:
        require(actor, Role.HOD)
        return semester.set_policy(actor, policy)

    def semester_results(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, SemesterResult]:
        if actor.student_id is None or set(student_ids) != {actor.student_id}:
            require(actor, Role.HOD, Role.STAFF)
        if actor.role is not Role.STUDENT:
            return semester.results(actor, student_ids, withheld=True)
        own = None if actor.student_id is None else semester.own(actor, actor.student_id)
        return {} if own is None else {own.student_id: own}

    def class_semester_results(
        self, *, actor: Actor, course_id: int, session_year_id: int | None = None
    ) -> tuple[SemesterResult, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return semester.of_class(actor, course_id, session_year_id)

    def semester_counts(self, *, actor: Actor) -> SemesterCounts:
        require(actor, Role.HOD)
        return queries.semester_counts()

    def publish_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...]) -> int:
        require(actor, Role.HOD)
        return semester_decisions.set_status(actor, student_ids, SemesterStatus.PUBLISHED)

    def withhold_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...], reason: str) -> int:
        require(actor, Role.HOD)
        return semester_decisions.set_status(actor, student_ids, SemesterStatus.WITHHELD, reason=reason)

    def cancel_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...], reason: str) -> int:
        require(actor, Role.HOD)
        return semester_decisions.set_status(actor, student_ids, SemesterStatus.CANCELLED, reason=reason)

    def decide_promotion(self, *, actor: Actor, student_ids: tuple[int, ...], promoted: bool | None) -> int:
        require(actor, Role.HOD)
        return semester_decisions.set_promotion(actor, student_ids, promoted)

    def result_history(self, *, actor: Actor, result_id: int) -> tuple[MarkChange, ...]:
        require(actor, Role.HOD, Role.STAFF)
        row = StudentResult.objects.filter(pk=result_id).first()
        if row is None:
            raise NotFound(entity="assessments.StudentResult", id=result_id, message=_("There is no such result."))
        access.require_teacher(actor, row.subject_id)
        return queries.history(MarkedKind.RESULT, result_id)


def _submission(submission_id: int, *, locked: bool = False) -> AssignmentSubmission:
    """The row with its assignment; when locked, held until the transaction ends."""
    rows = AssignmentSubmission.objects.select_related("assignment").filter(pk=submission_id)
    row = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if row is None:
        raise _no_submission(submission_id)
    return row


def _no_submission(submission_id: int) -> NotFound:
    return NotFound(
        entity="assessments.AssignmentSubmission", id=submission_id, message=_("There is no such submission.")
    )


def _check_open(student_id: int, assignment: Assignment | models.Assignment, *, at: datetime) -> None:
    """Raises Conflict when it is closed, the deadline has passed or the student has already handed in."""
    if rules.is_late(at, assignment.due_at):
        raise Conflict(reason="deadline", message=_("The deadline of this assignment has passed."))
    if assignment.status != AssignmentStatus.PUBLISHED:
        raise Conflict(reason="closed", message=_("This assignment is closed."))
    if AssignmentSubmission.objects.filter(assignment=assignment.id, student_id=student_id).exists():
        raise Conflict(reason="submitted", message=_("You have already submitted this assignment."))


provider = Assessments()
