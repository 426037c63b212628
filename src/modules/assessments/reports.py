"""Reports on a class: its results in a subject, and its marks for an assignment."""

from contracts.assessments import AssignmentStatistics, SubjectReport
from modules.assessments import grade_rules, mark_statistics, queries, rules, semester
from modules.assessments.models import AssignmentSubmission

RESULT_BANDS = 10
GRADE_BANDS = 5


def subject(subject_id: int, student_ids: tuple[int, ...]) -> SubjectReport:
    policy = semester.policy()
    results = {i: several[0] for i, several in queries.results_in(subject_id, student_ids).items()}
    grades = {i: semester.grade(policy, result) for i, result in results.items()}
    return SubjectReport(
        results=results,
        grades=grades,
        figures=mark_statistics.summary(
            [grade.percentage for grade in grades.values()],
            passed=sum(grade.passed for grade in grades.values()),
            top=rules.HIGHEST_RESULT,
            bands=RESULT_BANDS,
        ),
    )


def assignment(assignment_id: int) -> AssignmentStatistics:
    rows = queries.build_submissions(AssignmentSubmission.objects.filter(assignment=assignment_id))
    marks = [grade_rules.on_scale(row.marks, rules.HIGHEST_GRADE) for row in rows if row.marks is not None]
    pass_mark = rules.HIGHEST_GRADE * semester.policy().pass_percentage / grade_rules.HUNDRED
    return AssignmentStatistics(
        submitted=len(rows),
        late=sum(row.is_late for row in rows),
        ungraded=len(rows) - len(marks),
        figures=mark_statistics.summary(
            marks, passed=sum(mark >= pass_mark for mark in marks), top=rules.HIGHEST_GRADE, bands=GRADE_BANDS
        ),
    )
