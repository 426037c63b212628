"""Feedback: FeedBackStudent → StudentFeedback, FeedBackStaffs → StaffFeedback."""

from migrations_legacy.convert import instant, integer, text, text_or_blank
from migrations_legacy.mapping import Column, Context, Reference, TableMapping, column, same

_COLUMNS: tuple[Column, ...] = (
    *same(integer, "id"),
    column("text", "feedback", text),
    column("reply", "feedback_reply", text_or_blank),
    *same(instant, "created_at", "updated_at"),
)

CONTEXT = Context(
    name="feedback",
    tables=(
        TableMapping(
            source="feedbackstudent",
            target="feedback.StudentFeedback",
            columns=(*_COLUMNS, column("student_id", "student_id_id", integer)),
            references=(Reference("student_id_id", "students"),),
        ),
        TableMapping(
            source="feedbackstaffs",
            target="feedback.StaffFeedback",
            columns=(*_COLUMNS, column("staff_id", "staff_id_id", integer)),
            references=(Reference("staff_id_id", "staffs"),),
        ),
    ),
)
