"""The service interface of assessments."""

from abc import ABC

from contracts.assessments.marks import Mark, MarkChange, RecordedResult, Result, ResultEntry
from contracts.assessments.semester import GradingPolicy, SemesterCounts, SemesterResult
from contracts.assessments.statistics import AssignmentStatistics, SubjectReport
from contracts.assessments.work import Assignment, AssignmentStatus, GradeEntry, Submission
from contracts.base import Actor, Download, Instant, Page, PageRequest, Service, Upload, command, query
from contracts.errors import Conflict, Invalid, NotFound


class AssessmentsService(Service, ABC, name="assessments"):
    # Assignments

    @command(errors=(Invalid,))
    def add_assignment(
        self, *, actor: Actor, subject_id: int, title: str, description: str, due_at: Instant, draft: bool = False
    ) -> Assignment:
        """Set the students of a subject's course a task, at once or as a draft that they do not see; a past `due_at` is
        allowed. The subject's teacher, or the HOD.

        Invalid("title") when blank or longer than 255 characters, Invalid("subject_id") when there is no such subject.
        Publishes AssignmentPublished, unless it is a draft.
        """

    @command(idempotent=True, errors=(NotFound, Invalid, Conflict))
    def update_assignment(
        self, *, actor: Actor, assignment_id: int, title: str, description: str, due_at: Instant
    ) -> Assignment:
        """Change what is asked, or the deadline; what the deadline has closed is open again with one that is to come.
        The subject's teacher (Forbidden for others), or the HOD.

        Invalid("title") as in `add_assignment`; Conflict("graded") once it is graded. Publishes AssignmentUpdated when
        something changed that students see.
        """

    @command(idempotent=True, errors=(NotFound, Conflict))
    def publish_assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """Show a draft to the students of its subject, or open again what was closed. The subject's teacher (Forbidden
        for others), or the HOD.

        Conflict("graded") for what is graded. Publishes AssignmentPublished for a draft, else AssignmentUpdated.
        """

    @command(idempotent=True, errors=(NotFound, Conflict))
    def close_assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """Let nothing more be handed in. The subject's teacher (Forbidden for others), or the HOD.

        Conflict("draft") or Conflict("graded"), by what it is. Publishes AssignmentClosed.
        """

    @command(idempotent=True, errors=(NotFound, Conflict))
    def finish_grading(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """Note that a closed assignment is graded. The subject's teacher (Forbidden for others), or the HOD.

        Conflict("draft") or Conflict("published"), by what it is; Conflict("ungraded") while a submission has no mark.
        Publishes AssignmentGraded.
        """

    @command(errors=(NotFound,))
    def delete_assignment(self, *, actor: Actor, assignment_id: int) -> None:
        """With its submissions and their files; the history of their marks stays. The subject's teacher (Forbidden for
        others), or the HOD. Publishes AssessmentsDeleted.
        """

    @query(errors=(NotFound,))
    def assignment(self, *, actor: Actor, assignment_id: int) -> Assignment:
        """The subject's teacher (Forbidden for others), the HOD, or students of the subject's course (NotFound for
        others, and for a draft).
        """

    @query()
    def list_assignments(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        subject_ids: tuple[int, ...] | None = None,
        status: AssignmentStatus | None = None,
        waiting: bool = False,
    ) -> Page[Assignment]:
        """Newest first; search in the title; order: due_at, title, created_at. Teachers see those of their own
        subjects, students those of their current course that are no drafts, the HOD all; `subject_ids` and `status`
        narrow further, and so does `waiting`: to what students can hand in and have not, to what others have to grade.
        """

    @query()
    def ungraded_count(self, *, actor: Actor) -> int:
        """Submissions without mark: in one's own subjects for teachers, all for the HOD."""

    # Submissions

    @command(errors=(NotFound, Invalid, Conflict))
    def submit(self, *, actor: Actor, assignment_id: int, file: Upload) -> Submission:
        """Hand in a file, once, before the deadline. Students of the subject's course (NotFound for others, and for a
        draft).

        Conflict("closed") when it is closed or graded, Conflict("deadline") after the deadline, Conflict("submitted")
        the second time, Invalid("submission_file") for a file that is empty, larger than SUBMISSION_MAX_BYTES or of a
        kind that is not allowed. Publishes AssignmentSubmitted.
        """

    @query(errors=(NotFound,))
    def submissions(
        self, *, actor: Actor, assignment_id: int, page: PageRequest, student_ids: tuple[int, ...] | None = None
    ) -> Page[Submission]:
        """By time; order: submitted_at, marks, status; `student_ids`: only theirs. The subject's teacher (Forbidden for
        others), or the HOD.
        """

    @query()
    def own_submissions(self, *, actor: Actor, assignment_ids: tuple[int, ...]) -> dict[int, Submission]:
        """The student's own, by assignment id; students only. Assignments without one are left out."""

    @command(idempotent=True, errors=(NotFound, Invalid))
    def grade(self, *, actor: Actor, submission_id: int, marks: Mark, comment: str | None = None) -> Submission:
        """Give or correct the mark: from 0 to 10, one decimal place (Invalid("marks") otherwise), and what the student
        reads beside it: up to LONGEST_COMMENT letters (Invalid("comment")); None leaves that as it is. The subject's
        teacher (Forbidden for others), or the HOD. Publishes SubmissionGraded when something changed.
        """

    @command(idempotent=True, errors=(NotFound, Invalid, Conflict))
    def grade_class(
        self, *, actor: Actor, assignment_id: int, grades: tuple[GradeEntry, ...]
    ) -> tuple[Submission, ...]:
        """As `grade`, for several students at once: all marks are saved or, on an error, none. In the order given. A
        student of the subject's course who handed in nothing here gets a submission without a file.

        Invalid names the row, counted from 0, and the field, as in "2.marks"; "2.student_id" for a student of another
        course, or one who comes twice. Conflict("draft") for a draft, Conflict("changed") when a mark or comment
        is no longer the one that was `seen`. Publishes SubmissionGraded for each student for whom something changed.
        """

    @query(errors=(NotFound,))
    def assignment_statistics(self, *, actor: Actor, assignment_id: int) -> AssignmentStatistics:
        """The subject's teacher (Forbidden for others), or the HOD."""

    @query(errors=(NotFound,))
    def submission_file(self, *, actor: Actor, submission_id: int) -> Download:
        """For the student who handed it in, the subject's teacher and the HOD; other teachers are Forbidden, for other
        students it is not there. NotFound also when the file itself is missing.

        The content type is one of a few harmless ones, told from the content; else application/octet-stream.
        """

    @query(errors=(NotFound,))
    def submission_history(self, *, actor: Actor, submission_id: int) -> tuple[MarkChange, ...]:
        """Every change of a submission's mark, oldest first. The subject's teacher and the HOD."""

    # Results

    @command(idempotent=True, errors=(Invalid, NotFound))
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
        """Enter or correct the marks, each from 0 to 100, of a student of the subject's course; what is there can be
        corrected after the student has left it. The subject's teacher (Forbidden for others), or the HOD.

        NotFound for the subject; Invalid("exam_marks" and "assignment_marks") outside the range, Invalid("student_id")
        for a student of another course. Where old data holds several results, all of them are set. The student sees
        the marks at once, unless the result is kept back: a new one by `withhold`, which changes nothing about one that
        is there. Publishes ResultRecorded when something changed that the student sees.
        """

    @command(idempotent=True, errors=(Invalid, NotFound))
    def save_results(
        self, *, actor: Actor, subject_id: int, entries: tuple[ResultEntry, ...], withhold: bool = False
    ) -> tuple[RecordedResult, ...]:
        """As `record_result`, for several students at once: all are saved or, on an error, none. In the order given.

        Invalid names the row, counted from 0, and the field, as in "2.exam_marks"; "2.student_id" also for a student
        who comes twice; "2.seen" when the marks are no longer those that were seen. Publishes ResultRecorded for each
        result that changed and that its student sees.
        """

    @command(idempotent=True, errors=(NotFound,))
    def withhold_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        """Keep the results of these students in a subject back from them. Returns with how many students that made a
        difference. The subject's teacher (Forbidden for others), or the HOD.
        """

    @command(idempotent=True, errors=(NotFound,))
    def release_results(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> int:
        """The reverse of `withhold_results`. Publishes ResultRecorded for each student whose result is seen now."""

    @query()
    def results(self, *, actor: Actor, student_id: int) -> tuple[Result, ...]:
        """A student's results by id. Students only for themselves, and without what is kept back; staff and HOD for
        anyone.
        """

    @query()
    def class_results(
        self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]
    ) -> dict[int, tuple[Result, ...]]:
        """The results of these students in a subject, by student id, each student's by id; students without one are
        left out. The subject's teacher (Forbidden for others), or the HOD.
        """

    @query()
    def subject_report(self, *, actor: Actor, subject_id: int, student_ids: tuple[int, ...]) -> SubjectReport:
        """The results of these students in a subject with their grades, and what they amount to. The subject's teacher
        (Forbidden for others), or the HOD.
        """

    # Semester results

    @query()
    def grading_policy(self, *, actor: Actor) -> GradingPolicy:
        """How marks become grades at present. Anyone logged in."""

    @command(idempotent=True, errors=(Invalid,))
    def set_grading_policy(self, *, actor: Actor, policy: GradingPolicy) -> GradingPolicy:
        """HOD only. What was is kept. Invalid names the field: weights and percentages go from 0 to 100, points from 0
        to 10; the scale falls from step to step down to 0, each with a letter of its own.
        """

    @query()
    def semester_results(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, SemesterResult]:
        """By student id; students without a current enrolment are left out. Students only for themselves: without
        figures before it is published, and without what is kept back; staff and HOD for anyone.
        """

    @query()
    def class_semester_results(
        self, *, actor: Actor, course_id: int, session_year_id: int | None = None
    ) -> tuple[SemesterResult, ...]:
        """Of everybody who is enrolled there at present, with their rank, by student id; without a session year of
        those of all. Staff and HOD.
        """

    @query()
    def semester_counts(self, *, actor: Actor) -> SemesterCounts:
        """HOD only."""

    @command(idempotent=True)
    def publish_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...]) -> int:
        """Show these students their semester results. Returns how many were not published before. HOD only.

        Left out: who has no current enrolment, and who has a subject without a result or with one that is kept back.
        Publishes SemesterResultDecided for each.
        """

    @command(idempotent=True, errors=(Invalid,))
    def withhold_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...], reason: str) -> int:
        """Keep semester results back from these students, who are told why. Returns with how many students that made a
        difference; who has no current enrolment is left out. HOD only.

        Invalid("reason") when blank or longer than LONGEST_REASON. Publishes SemesterResultDecided for each.
        """

    @command(idempotent=True, errors=(Invalid,))
    def cancel_semester_results(self, *, actor: Actor, student_ids: tuple[int, ...], reason: str) -> int:
        """As `withhold_semester_results`, for results that do not count; they can be published again."""

    @command(idempotent=True)
    def decide_promotion(self, *, actor: Actor, student_ids: tuple[int, ...], promoted: bool | None) -> int:
        """Promote these students, or not, whatever the policy says; None: as it says. Returns with how many students
        that made a difference; who has no current enrolment is left out. HOD only.

        Publishes SemesterResultDecided for those whose semester result is published.
        """

    @query(errors=(NotFound,))
    def result_history(self, *, actor: Actor, result_id: int) -> tuple[MarkChange, ...]:
        """Every change of a result's marks, oldest first. The subject's teacher (Forbidden for others), and the HOD."""
