"""Accounts: passwords, logins, profiles, and names that are taken."""

from tests.portal.cases.case import Pair, button, form, page, page_of, script
from tests.portal.school import PASSWORD

NEW_PASSWORD = "Slate-and-chalk-7"
OWN_PASSWORD = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
OWN_NAMES = {"first_name": "Ann", "last_name": "Other", "address": "2 Lane", "password": ""}

CASES: dict[str, Pair] = {
    "restore_person": button("/manage_student/", "{student_name} is back.", missing="/restore_person/999999/"),
    "set_active": button(
        "/person_sessions/{teacher}/",
        "The account of {teacher_name} is closed.",
        sends={"active": "0"},
        missing="/set_active/999999/",
    ),
    "person_sessions": page_of("Logins of {teacher_name}", missing="/person_sessions/999999/"),
    "end_person_sessions": button(
        "/person_sessions/{teacher}/",
        "{teacher_name} is logged out everywhere.",
        missing="/person_sessions/999999/end/",
    ),
    "end_person_session": button(
        "/person_sessions/{student}/",
        "{student_name} is logged out there.",
        at="/person_sessions/{student}/{session}/end/",
        missing="/person_sessions/{student}/unknown/end/",
    ),
    "check_email_exist": script({"email": "{student_email}"}, "True", {}, "False"),
    "check_username_exist": script({"username": "head.master"}, "True", {}, "False"),
    "manage_passwords": page("{student_name}"),
    "reset_password": form(
        {"user_id": "{student}", "new_password": NEW_PASSWORD},
        "/manage_passwords/",
        "Password reset successful",
        {"user_id": "999999"},
        "User not found",
    ),
    "admin_profile": page("head.master@school.example"),
    "admin_profile_update": form(
        OWN_NAMES,
        "/admin_profile/",
        "Profile Updated Successfully",
        {"first_name": ""},
        "Failed to Update Profile",
    ),
    "change_own_password": form(
        OWN_PASSWORD,
        "/",
        "Password changed successfully",
        {"old_password": "wrong"},
        "Old password is incorrect!",
        back="/admin_profile/",
    ),
    "staff_profile": page("tara.teacher@school.example"),
    "staff_profile_update": form(
        OWN_NAMES, "/staff_profile/", "Profile Updated Successfully", {"first_name": ""}, "Failed to Update Profile"
    ),
    "student_profile": page("{student_email}"),
    "student_profile_update": form(
        OWN_NAMES, "/student_profile/", "Profile Updated Successfully", {"first_name": ""}, "Failed to Update Profile"
    ),
}
