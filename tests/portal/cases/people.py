"""The head's pages about people."""

from tests.portal.cases.case import Case, Pair, button, form, page, page_of, refusing, selected

PERSON = {
    "email": "nina@school.example",
    "username": "nina",
    "first_name": "Nina",
    "last_name": "New",
    "address": "1 Lane",
    "password": "Chalk-and-slate-7",
}
STUDENT = {**PERSON, "gender": "Female", "course_id": "{course}", "session_year_id": "{year}"}

CASES: dict[str, Pair] = {
    "admin_home": page("{student_name}"),
    "add_staff": page("Add a teacher"),
    "add_staff_save": form(
        PERSON, "/add_staff/", "Staff Added Successfully!", {"username": "head.master"}, "Failed to Add Staff!"
    ),
    "manage_staff": page("{teacher_name}"),
    "edit_staff": page_of("Edit {teacher_name}", missing="/edit_staff/999999/"),
    "edit_staff_save": form(
        {**PERSON, "staff_id": "{teacher}"},
        "/edit_staff/{teacher}/",
        "Staff Updated Successfully.",
        {"first_name": ""},
        "Failed to Update Staff.",
    ),
    "delete_staff": button("/manage_staff/", "Staff Deleted Successfully.", missing="/delete_staff/999999/"),
    "delete_incomplete_staff": refusing(
        Case(
            302,
            {},
            at="/delete_incomplete_staff/{incomplete_staff}",
            to="/manage_staff/",
            says="success: Incomplete staff account deleted successfully!",
        ),
        "/manage_staff/",
        "Cannot delete: Staff has a complete profile",
    ),
    "add_student": page("Add a student"),
    "add_student_save": form(
        STUDENT,
        "/manage_student/",
        "Student Added Successfully!",
        {"course_id": "999999"},
        "course_id: Select a valid choice. 999999 is not one of the available choices.",
        back="/add_student/",
    ),
    "manage_student": page("{last_student_name}"),
    "edit_student": page_of("Edit {student_name}", missing="/edit_student/999999/"),
    "edit_student_save": form(
        {**STUDENT, "student_id": "{student}"},
        "/edit_student/{student}/",
        "Student Updated Successfully!",
        {"email": "nowhere"},
        "Failed to Update Student.",
    ),
    "delete_student": button("/manage_student/", "Student Deleted Successfully.", missing="/delete_student/999999/"),
    "delete_incomplete_student": refusing(
        Case(
            302,
            {},
            at="/delete_incomplete_student/{incomplete_student}",
            to="/manage_student/",
            says="success: Incomplete student account deleted successfully!",
        ),
        "/manage_student/",
        "Cannot delete: Student has a complete profile",
    ),
    "students_selected": selected(
        "/manage_student/selected/", "/manage_student/", do="remove", row="{student}", done="1 student deleted."
    ),
}
