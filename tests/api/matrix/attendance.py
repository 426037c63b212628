from tests.api.matrix import Row

SUBJECTS = {"subject_ids": ["{subject_id}"]}
LESSON = {"subject_id": "{subject_id}", "session_year_id": "{session_year_id}", "on": "{today}"}
DAYS = {"first_day": "2026-01-01", "last_day": "2026-12-31"}

ROWS = {
    "GET attendance/roll/": Row("no", "yes / no", "yes", query=LESSON),
    "PUT attendance/roll/": Row(
        "no",
        "yes / no",
        "yes",
        body=LESSON | {"marks": [{"student_id": "{classmate_id}", "status": "absent"}]},
    ),
    "GET attendance/registers/": Row("no", "yes", "yes"),
    "GET attendance/registers/{register_id}/": Row("no", "yes / no", "yes"),
    "PATCH attendance/registers/{register_id}/": Row(
        "no", "yes / no", "yes", body={"marks": [{"student_id": "{classmate_id}", "status": "late"}]}
    ),
    "GET attendance/report/": Row(
        "yes / no", "yes", "yes", query=DAYS | {"by": "month", "student_ids": ["{student_id}"]}
    ),
    "GET attendance/school/": Row("no", "no", "yes"),
    "GET attendance/students/tallies/": Row("yes / no", "yes", "yes", query={"student_ids": ["{student_id}"]}),
    "GET attendance/students/{student_id}/tallies/": Row("yes / no", "yes", "yes"),
    "GET attendance/students/{student_id}/subjects/{subject_id}/marks/": Row("yes / hidden", "yes", "yes", query=DAYS),
    "GET attendance/subjects/tallies/": Row("no", "yes", "yes", query=SUBJECTS),
    "GET attendance/subjects/register-counts/": Row("no", "yes", "yes", query=SUBJECTS),
    "GET attendance/subjects/lowest/": Row("no", "yes", "yes", query=SUBJECTS),
    "GET attendance/subjects/bands/": Row("no", "yes", "yes", query=SUBJECTS),
    "GET attendance/subjects/untaken/": Row("no", "yes", "yes", query=SUBJECTS | {"on": "{today}"}),
    "GET attendance/subjects/{subject_id}/registers/": Row(
        "no", "yes / no", "yes", query={"session_year_id": "{session_year_id}"}
    ),
}
