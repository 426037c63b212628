"""Assessments: Assignment, AssignmentSubmission, StudentResult. Marks off any scale are kept, infinite ones too."""

from migrations_legacy.convert import instant, integer, media_path, real, text, tidy
from migrations_legacy.mapping import Context, Duplicates, Reference, TableMapping, column, same

CONTEXT = Context(
    name="assessments",
    tables=(
        TableMapping(
            source="assignment",
            target="assessments.Assignment",
            columns=(
                *same(integer, "id"),
                column("subject_id", "subject_id_id", integer),
                *same(text, "title", "description"),
                column("due_at", "due_date", instant),
                *same(instant, "created_at", "updated_at"),
            ),
            references=(Reference("subject_id_id", "subjects"),),
        ),
        TableMapping(
            source="assignmentsubmission",
            target="assessments.AssignmentSubmission",
            columns=(
                *same(integer, "id"),
                column("assignment_id", "assignment_id_id", integer),
                column("student_id", "student_id_id", integer),
                column("submission_file", "submission_file", media_path, is_file=True),
                *same(real, "marks"),
                *same(tidy, "status"),
                *same(instant, "submitted_at"),
            ),
            references=(Reference("assignment_id_id", "assignment"), Reference("student_id_id", "students")),
        ),
        TableMapping(
            source="studentresult",
            target="assessments.StudentResult",
            columns=(
                *same(integer, "id"),
                column("student_id", "student_id_id", integer),
                column("subject_id", "subject_id_id", integer),
                column("exam_marks", "subject_exam_marks", real),
                column("assignment_marks", "subject_assignment_marks", real),
                *same(instant, "created_at", "updated_at"),
            ),
            references=(Reference("student_id_id", "students"), Reference("subject_id_id", "subjects")),
            duplicates=Duplicates("duplicate", by=("student_id_id", "subject_id_id")),
        ),
    ),
)
