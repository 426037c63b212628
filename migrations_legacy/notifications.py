"""Notifications: NotificationStudent → StudentNotification, NotificationStaffs → StaffNotification."""

from migrations_legacy.convert import instant, integer, text
from migrations_legacy.mapping import Column, Context, Reference, TableMapping, column, same

_COLUMNS: tuple[Column, ...] = (
    *same(integer, "id"),
    *same(text, "message"),
    *same(instant, "created_at", "updated_at"),
)

CONTEXT = Context(
    name="notifications",
    tables=(
        TableMapping(
            source="notificationstudent",
            target="notifications.StudentNotification",
            columns=(*_COLUMNS, column("student_id", "student_id_id", integer)),
            references=(Reference("student_id_id", "students"),),
        ),
        TableMapping(
            source="notificationstaffs",
            target="notifications.StaffNotification",
            columns=(*_COLUMNS, column("staff_id", "staff_id_id", integer)),
            references=(Reference("staff_id_id", "staffs"),),
        ),
    ),
)
