"""Rows of Django's own tables, without which the legacy would not start: as it makes them itself."""

from collections.abc import Iterator

from django.utils import timezone

from migrations_legacy.fields import Value

MIGRATIONS = (
    ("contenttypes", "0001_initial"),
    ("contenttypes", "0002_remove_content_type_name"),
    ("auth", "0001_initial"),
    ("auth", "0002_alter_permission_name_max_length"),
    ("auth", "0003_alter_user_email_max_length"),
    ("auth", "0004_alter_user_username_opts"),
    ("auth", "0005_alter_user_last_login_null"),
    ("auth", "0006_require_contenttypes_0002"),
    ("auth", "0007_alter_validators_add_error_messages"),
    ("auth", "0008_alter_user_username_max_length"),
    ("auth", "0009_alter_user_last_name_max_length"),
    ("auth", "0010_alter_group_name_max_length"),
    ("auth", "0011_update_proxy_permissions"),
    ("student_management_app", "0001_initial"),
    ("admin", "0001_initial"),
    ("admin", "0002_logentry_remove_auto_add"),
    ("admin", "0003_logentry_add_action_flag_choices"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("sessions", "0001_initial"),
    ("student_management_app", "0002_auto_20200626_1629"),
    ("student_management_app", "0003_auto_20200627_0534"),
    ("student_management_app", "0004_auto_20200703_0740"),
    ("student_management_app", "0005_studentresult"),
    ("student_management_app", "0006_alter_customuser_first_name_assignment_and_more"),
    ("student_management_app", "0007_auto_20250326_2143"),
    ("student_management_app", "0008_auto_20250326_2251"),
    ("student_management_app", "0009_fine_finepayment"),
    ("student_management_app", "0010_alter_students_profile_pic"),
)
_APP = "student_management_app"
_MODELS = (
    ("admin", "logentry", "log entry"),
    ("auth", "permission", "permission"),
    ("auth", "group", "group"),
    ("contenttypes", "contenttype", "content type"),
    ("sessions", "session", "session"),
    (_APP, "customuser", "user"),
    (_APP, "attendance", "attendance"),
    (_APP, "courses", "courses"),
    (_APP, "sessionyearmodel", "session year model"),
    (_APP, "subjects", "subjects"),
    (_APP, "students", "students"),
    (_APP, "staffs", "staffs"),
    (_APP, "notificationstudent", "notification student"),
    (_APP, "notificationstaffs", "notification staffs"),
    (_APP, "leavereportstudent", "leave report student"),
    (_APP, "leavereportstaff", "leave report staff"),
    (_APP, "feedbackstudent", "feed back student"),
    (_APP, "feedbackstaffs", "feed back staffs"),
    (_APP, "attendancereport", "attendance report"),
    (_APP, "adminhod", "admin hod"),
    (_APP, "studentresult", "student result"),
    (_APP, "assignment", "assignment"),
    (_APP, "assignmentsubmission", "assignment submission"),
    (_APP, "fine", "fine"),
    (_APP, "finepayment", "fine payment"),
)
_ACTIONS = ("add", "change", "delete", "view")


def default_rows(table: str) -> Iterator[dict[str, Value]]:
    """The rows that a fresh legacy has in one of Django's tables; none in those that it leaves empty."""
    if table == "django_migrations":
        now = str(timezone.now().replace(tzinfo=None))
        for number, (app, name) in enumerate(MIGRATIONS, start=1):
            yield {"id": number, "app": app, "name": name, "applied": now}
    elif table == "django_content_type":
        for number, (app, model, _) in enumerate(_MODELS, start=1):
            yield {"id": number, "app_label": app, "model": model}
    elif table == "auth_permission":
        for number, (_, model, words) in enumerate(_MODELS, start=1):
            for place, action in enumerate(_ACTIONS):
                yield {
                    "id": (number - 1) * len(_ACTIONS) + place + 1,
                    "content_type_id": number,
                    "codename": f"{action}_{model}",
                    "name": f"Can {action} {words}",
                }
