"""Courses, subjects and session years."""

from tests.portal.cases.case import Case, Pair, form, page, page_of, refusing

SUBJECT = {"subject": "Mosses", "course": "{course}", "staff": "{teacher}"}
YEAR = {"session_start_year": "2031-01-01", "session_end_year": "2031-12-31"}

CASES: dict[str, Pair] = {
    "add_course": page("Add a course"),
    "add_course_save": form(
        {"course": "Chemistry"},
        "/add_course/",
        "Course Added Successfully!",
        {"course": ""},
        "Course name is required!",
    ),
    "manage_course": page("Economics & Trade"),
    "edit_course": page_of("Edit course Biology (ID {course})", missing="/edit_course/999999/"),
    "edit_course_save": form(
        {"course_id": "{course}", "course": "Chemistry"},
        "/edit_course/{course}/",
        "Course Updated Successfully.",
        {"course": ""},
        "Failed to Update Course.",
    ),
    "delete_course": refusing(
        Case(
            302,
            {},
            at="/delete_course/{empty_course}/",
            to="/manage_course/",
            says="success: Course Deleted Successfully.",
        ),
        "/manage_course/",
        "Failed to Delete Course. “Biology” is in use and stays: 3 subjects, 20 students.",
    ),
    "add_session": page("Add a session year"),
    "add_session_save": form(
        YEAR,
        "/add_session/",
        "Session Year added Successfully!",
        {"session_start_year": ""},
        "Both session start and end years are required!",
    ),
    "manage_session": page("{first_day}"),
    "edit_session": page_of("Edit session year {first_day}", missing="/edit_session/999999"),
    "edit_session_save": form(
        {"session_id": "{year}", "session_start_year": "{first_day}", "session_end_year": "{day_after_year}"},
        "/edit_session/{year}",
        "Session Year Updated Successfully.",
        {"session_end_year": "2020-01-01"},
        "Failed to Update Session Year.",
    ),
    "delete_session": refusing(
        Case(
            302,
            {},
            at="/delete_session/{earlier_year}/",
            to="/manage_session/",
            says="success: Session Deleted Successfully.",
        ),
        "/manage_session/",
        "Failed to Delete Session. “{first_day} – {last_day}” is in use and stays: "
        "40 students, 12 attendance registers.",
    ),
    "add_subject": page("Add a subject"),
    "add_subject_save": form(
        SUBJECT, "/add_subject/", "Subject Added Successfully!", {"subject": ""}, "Failed to Add Subject!"
    ),
    "manage_subject": page("Book-keeping"),
    "edit_subject": page_of("Edit subject Botany (ID {subject})", missing="/edit_subject/999999/"),
    "edit_subject_save": form(
        {**SUBJECT, "subject_id": "{subject}"},
        "/edit_subject/{subject}/",
        "Subject Updated Successfully.",
        {"course": "999999"},
        "Failed to Update Subject.",
    ),
    "delete_subject": refusing(
        Case(
            302,
            {},
            at="/delete_subject/{empty_subject}/",
            to="/manage_subject/",
            says="success: Subject Deleted Successfully.",
        ),
        "/manage_subject/",
        "Failed to Delete Subject. “Botany” is in use and stays: 3 attendance registers, 2 assignments.",
    ),
}
