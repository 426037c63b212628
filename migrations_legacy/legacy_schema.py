"""Facts about the legacy schema (its migration 0010): tables, columns, keys and references.

Tables of the legacy's own app go by their short names (`students`), Django's by their full names (`django_session`).
"""

from dataclasses import dataclass, field

APP_PREFIX = "student_management_app_"


@dataclass(frozen=True)
class LegacyTable:
    """One table. `references` maps a foreign key's column to the table it points to; only `nullable` columns may be
    NULL.
    """

    columns: tuple[str, ...]
    references: dict[str, str] = field(default_factory=dict)
    key: str = "id"
    many_to_many: bool = False
    nullable: frozenset[str] = frozenset()


def _table(
    columns: str, key: str = "id", many_to_many: bool = False, nullable: str = "", **references: str
) -> LegacyTable:
    names = tuple(columns.split())
    own_key = () if key in names else (key,)
    return LegacyTable(
        columns=own_key + names + tuple(references),
        references=references,
        key=key,
        many_to_many=many_to_many,
        nullable=frozenset(nullable.split()),
    )


_STAMPS = "created_at updated_at"

TABLES: dict[str, LegacyTable] = {
    "customuser": _table(
        "password last_login is_superuser username first_name last_name email is_staff is_active date_joined user_type",
        nullable="last_login",
    ),
    "customuser_groups": _table("", many_to_many=True, customuser_id="customuser", group_id="auth_group"),
    "customuser_user_permissions": _table(
        "", many_to_many=True, customuser_id="customuser", permission_id="auth_permission"
    ),
    "adminhod": _table(_STAMPS, admin_id="customuser"),
    "staffs": _table(f"address {_STAMPS}", admin_id="customuser"),
    "courses": _table(f"course_name {_STAMPS}"),
    "sessionyearmodel": _table("session_start_year session_end_year"),
    "subjects": _table(f"subject_name {_STAMPS}", course_id_id="courses", staff_id_id="customuser"),
    "students": _table(
        f"gender address profile_pic {_STAMPS}",
        nullable="profile_pic",
        admin_id="customuser",
        course_id_id="courses",
        session_year_id_id="sessionyearmodel",
    ),
    "attendance": _table(f"attendance_date {_STAMPS}", subject_id_id="subjects", session_year_id_id="sessionyearmodel"),
    "attendancereport": _table(f"status {_STAMPS}", student_id_id="students", attendance_id_id="attendance"),
    "leavereportstudent": _table(f"leave_date leave_message leave_status {_STAMPS}", student_id_id="students"),
    "leavereportstaff": _table(f"leave_date leave_message leave_status {_STAMPS}", staff_id_id="staffs"),
    "feedbackstudent": _table(f"feedback feedback_reply {_STAMPS}", student_id_id="students"),
    "feedbackstaffs": _table(f"feedback feedback_reply {_STAMPS}", staff_id_id="staffs"),
    "notificationstudent": _table(f"message {_STAMPS}", student_id_id="students"),
    "notificationstaffs": _table(f"message {_STAMPS}", staff_id_id="staffs"),
    "studentresult": _table(
        f"subject_exam_marks subject_assignment_marks {_STAMPS}", student_id_id="students", subject_id_id="subjects"
    ),
    "assignment": _table(f"title description due_date {_STAMPS}", subject_id_id="subjects"),
    "assignmentsubmission": _table(
        "submission_file marks status submitted_at",
        nullable="marks",
        student_id_id="students",
        assignment_id_id="assignment",
    ),
    "fine": _table(
        "amount reason due_date created_at paid payment_id payment_date",
        nullable="payment_id payment_date",
        student_id_id="students",
    ),
    "finepayment": _table(
        "payment_id amount_paid payment_date payment_status transaction_id payment_method",
        nullable="transaction_id payment_method",
        fine_id="fine",
    ),
    "auth_group": _table("name"),
    "auth_permission": _table("codename name", content_type_id="django_content_type"),
    "auth_group_permissions": _table("", many_to_many=True, group_id="auth_group", permission_id="auth_permission"),
    "django_content_type": _table("app_label model"),
    "django_admin_log": _table(
        "action_time object_id object_repr change_message action_flag",
        nullable="object_id content_type_id",
        content_type_id="django_content_type",
        user_id="customuser",
    ),
    "django_session": _table("session_key session_data expire_date", key="session_key"),
    "django_migrations": _table("app name applied"),
}

ESSENTIAL = ("customuser", "courses", "students", "staffs")
"""Two of these a database must have to be a legacy school."""

SECRET_COLUMNS = frozenset({"password", "session_data"})
"""Never shown or stored in clear outside the columns meant for them."""


def short_name(table: str) -> str:
    """`student_management_app_students` → `students`; other names stay as they are."""
    return table.removeprefix(APP_PREFIX)
