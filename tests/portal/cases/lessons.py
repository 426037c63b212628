"""Homes of staff and students, and attendance. What scripts read is JSON within JSON, as in the legacy."""

from tests.portal.cases.case import Case, Pair, page, refusing, script

CLASS = {"subject": "{subject}", "session_year": "{year}"}
DAYS = {"subject": "{subject}", "session_year_id": "{year}"}
TODAY = {"subject_id": "{subject}", "session_year_id": "{year}", "attendance_date": "{today}"}
ONE_HERE, NOBODYS = '[{{"id": {student}, "status": 1}}]', '[{{"id": 999999, "status": 1}}]'
NUMBERS = "A field is missing or is not a number."
DAY = '{{\\"id\\": {register}, \\"attendance_date\\": \\"{yesterday}\\"'
MARK = '{{\\"id\\": {student}, \\"name\\": \\"{student_name}\\", \\"status\\": true}}'

CASES: dict[str, Pair] = {
    "staff_home": page("Botany"),
    "student_home": page("Botany"),
    "staff_take_attendance": page("Botany (Biology)"),
    "staff_update_attendance": page("Markets (Economics & Trade)"),
    "admin_view_attendance": page("Genetics"),
    "attendance_report": page("Attendance report"),
    "student_view_attendance": page("Genetics"),
    "student_view_attendance_post": refusing(
        Case(
            200,
            {"subject": "{subject}", "start_date": "{first_day}", "end_date": "{today}"},
            shows="Attendance: Botany",
        ),
        "/student_view_attendance/",
        "Choose a subject and two days.",
        sends={"subject": "{subject}", "start_date": "tomorrow", "end_date": ""},
    ),
    "get_students": script(
        CLASS,
        '{{\\"id\\": {student}, \\"name\\": \\"{student_name}\\"}}',
        {**CLASS, "subject": "x"},
        NUMBERS,
        status=400,
    ),
    "get_attendance_dates": script(DAYS, DAY, {"subject": "{subject}"}, NUMBERS, status=400),
    "get_attendance_student": script(
        {"attendance_date": "{register}"},
        MARK,
        {"attendance_date": "999999"},
        "There is no such register.",
        status=400,
    ),
    "admin_get_attendance_dates": script(DAYS, DAY, {"subject": "{subject}"}, NUMBERS, status=400),
    "admin_get_attendance_student": script(
        {"attendance_date": "{register}"},
        MARK,
        {"attendance_date": "999999"},
        "There is no such register.",
        status=400,
    ),
    "save_attendance_data": script(
        {**TODAY, "student_ids": ONE_HERE}, "OK", {**TODAY, "student_ids": NOBODYS}, "Error"
    ),
    "update_attendance_data": script(
        {"attendance_date": "{register}", "student_ids": ONE_HERE},
        "OK",
        {"attendance_date": "{register}", "student_ids": NOBODYS},
        "Error",
    ),
}
