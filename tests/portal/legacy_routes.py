"""The addresses of the legacy, which people have bookmarked and scripts call: name → path, `0` for the id of a row."""

_NAMED_AS_THEIR_PATH = (
    *("doLogin", "get_user_details", "logout_user"),
    # Heads: people
    *("admin_home", "add_staff", "add_staff_save", "manage_staff", "edit_staff_save"),
    *("add_student", "add_student_save", "manage_student", "edit_student_save"),
    *("check_email_exist", "check_username_exist", "manage_passwords", "reset_password"),
    *("admin_profile", "admin_profile_update", "change_own_password"),
    # Heads: courses, session years, subjects
    *("add_course", "add_course_save", "manage_course", "edit_course_save"),
    *("add_session", "add_session_save", "manage_session", "edit_session_save"),
    *("add_subject", "add_subject_save", "manage_subject", "edit_subject_save"),
    # Heads: what people send, and attendance
    *("student_feedback_message", "student_feedback_message_reply", "staff_feedback_message"),
    *("staff_feedback_message_reply", "student_leave_view", "staff_leave_view"),
    *("admin_view_attendance", "admin_get_attendance_dates", "admin_get_attendance_student"),
    # Staff
    *("staff_home", "staff_take_attendance", "staff_update_attendance", "get_students", "save_attendance_data"),
    *("get_attendance_dates", "get_attendance_student", "update_attendance_data"),
    *("staff_apply_leave", "staff_apply_leave_save", "staff_feedback", "staff_feedback_save"),
    *("staff_profile", "staff_profile_update", "staff_add_result", "staff_add_result_save"),
    *("manage_fines", "add_fine", "add_fine_save"),
    # Students
    *("student_home", "student_view_attendance", "student_view_attendance_post"),
    *("student_apply_leave", "student_apply_leave_save", "student_feedback", "student_feedback_save"),
    *("student_profile", "student_profile_update", "student_view_result", "student_view_fines"),
)
_OF_ONE_ROW = (
    *("edit_staff", "delete_staff", "edit_student", "delete_student", "edit_course", "delete_course"),
    *("delete_session", "edit_subject", "delete_subject", "delete_fine"),
    *("student_leave_approve", "student_leave_reject", "staff_leave_approve", "staff_leave_reject"),
)

LEGACY_PATHS = {
    "login": "/",
    **{name: f"/{name}/" for name in _NAMED_AS_THEIR_PATH},
    **{name: f"/{name}/0/" for name in _OF_ONE_ROW},
    # Without a slash at the end
    **{name: f"/{name}/0" for name in ("edit_session", "delete_incomplete_staff", "delete_incomplete_student")},
    "staff_manage_assignments": "/manage_assignments/",
    "staff_add_assignment": "/add_assignment/",
    "staff_add_assignment_save": "/add_assignment_save/",
    "staff_delete_assignment": "/delete_assignment/0/",
    "staff_view_submissions": "/view_assignment_submissions/0/",
    "ajax_grade_assignment": "/grade_assignment/0/",
    "student_view_assignments": "/student/assignments/",
    "student_submit_assignment": "/student/assignment/0/submit/",
    "initialize_payment": "/student/initialize_payment/0/",
    "payment_callback": "/student/payment_callback/",
}
