"""Every route of the pages: where it is, whose it is, and how it is asked. A new route stands here too."""

from dataclasses import dataclass

from contracts.base import Role
from modules.feedback.models import StudentFeedback
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import StudentNotification
from tests.portal.school import School

HOD, STAFF, STUDENT = frozenset({Role.HOD}), frozenset({Role.STAFF}), frozenset({Role.STUDENT})
EVERYBODY = HOD | STAFF | STUDENT

HOMES = {Role.HOD: "/admin_home/", Role.STAFF: "/staff_home/", Role.STUDENT: "/student_home/"}


@dataclass(frozen=True)
class Route:
    """`path` may name rows of the school in braces; `owners` may open it; `methods` are answered by it."""

    path: str
    owners: frozenset[Role]
    methods: str = "GET"
    opened: int = 200
    """The answer to GET, for those who may."""

    @property
    def is_form_target(self) -> bool:
        """Whether the legacy posts a form there, so that opening it leads back to the form."""
        return self.path.endswith(("_save/", "_post/", "/submit/", "_callback/"))

    @property
    def is_opened(self) -> bool:
        """Whether following a link to it shows something."""
        return "GET" in self.methods.split() and self.opened == 200 and not self.is_form_target

    def url(self, school: School) -> str:
        return self.path.format(**facts(school))


def facts(school: School) -> dict[str, object]:
    """Rows of the school, by the names that paths have in braces."""
    return {
        "student_leave": StudentLeave.objects.get(student_id=school.student.profile_id, status="pending").pk,
        "staff_leave": StaffLeave.objects.get(staff_id=school.teacher.profile_id).pk,
        "notice": StudentNotification.objects.get(student_id=school.student.profile_id).pk,
        "feedback": StudentFeedback.objects.get(student_id=school.student.profile_id).pk,
        "course": school.courses[0].pk,
        "subject": school.botany.pk,
        "year": school.year.pk,
        "assignment": school.essay.pk,
        "submission": school.essay_of(school.student).pk,
        "fine": school.fine_of(school.student).pk,
        "teacher": school.teacher.user_id,
        "student": school.student.user_id,
        "student_profile": school.student.profile_id,
    }


OPEN = {
    "login": "/",
    "doLogin": "/doLogin/",
    "logout_user": "/logout_user/",
    "forgot_password": "/forgot_password/",
    "new_password": "/new_password/",
}
"""Routes that answer to anybody, and are tested one by one."""

ROUTES = {
    "get_user_details": Route("/get_user_details/", EVERYBODY),
    "search": Route("/search/", EVERYBODY),
    "inbox": Route("/inbox/", EVERYBODY),
    "mark_all_notices": Route("/inbox/all/read/", EVERYBODY, "POST"),
    "notices_selected": Route("/inbox/selected/", EVERYBODY, "POST"),
    "mark_notice": Route("/inbox/{notice}/", EVERYBODY, "POST"),
    "send_notice": Route("/send_notice/", HOD | STAFF, "GET POST"),
    "admin_home": Route("/admin_home/", HOD),
    "staff_home": Route("/staff_home/", STAFF),
    "student_home": Route("/student_home/", STUDENT),
    "staff_take_attendance": Route("/staff_take_attendance/", STAFF, "GET POST"),
    "staff_update_attendance": Route("/staff_update_attendance/", STAFF, "GET POST"),
    "admin_view_attendance": Route("/admin_view_attendance/", HOD),
    "attendance_report": Route("/attendance_report/", HOD | STAFF),
    "student_view_attendance": Route("/student_view_attendance/", STUDENT),
    "student_view_attendance_post": Route("/student_view_attendance_post/", STUDENT, "GET POST"),
    "get_students": Route("/get_students/", STAFF, "POST"),
    "get_attendance_dates": Route("/get_attendance_dates/", STAFF, "POST"),
    "get_attendance_student": Route("/get_attendance_student/", STAFF, "POST"),
    "save_attendance_data": Route("/save_attendance_data/", STAFF, "POST"),
    "update_attendance_data": Route("/update_attendance_data/", STAFF, "POST"),
    "admin_get_attendance_dates": Route("/admin_get_attendance_dates/", HOD, "POST"),
    "admin_get_attendance_student": Route("/admin_get_attendance_student/", HOD, "POST"),
    "student_apply_leave": Route("/student_apply_leave/", STUDENT),
    "student_apply_leave_save": Route("/student_apply_leave_save/", STUDENT, "GET POST"),
    "staff_apply_leave": Route("/staff_apply_leave/", STAFF),
    "staff_apply_leave_save": Route("/staff_apply_leave_save/", STAFF, "GET POST"),
    "cancel_leave": Route("/cancel_leave/student/{student_leave}/", EVERYBODY, "GET POST"),
    "student_leave_view": Route("/student_leave_view/", HOD),
    "staff_leave_view": Route("/staff_leave_view/", HOD),
    "student_leave_selected": Route("/student_leave_view/selected/", HOD, "GET POST", opened=302),
    "staff_leave_selected": Route("/staff_leave_view/selected/", HOD, "GET POST", opened=302),
    "student_leave_approve": Route("/student_leave_approve/{student_leave}/", HOD, "GET POST"),
    "student_leave_reject": Route("/student_leave_reject/{student_leave}/", HOD, "GET POST"),
    "staff_leave_approve": Route("/staff_leave_approve/{staff_leave}/", HOD, "GET POST"),
    "staff_leave_reject": Route("/staff_leave_reject/{staff_leave}/", HOD, "GET POST"),
    "add_staff": Route("/add_staff/", HOD),
    "add_staff_save": Route("/add_staff_save/", HOD, "GET POST"),
    "manage_staff": Route("/manage_staff/", HOD),
    "edit_staff": Route("/edit_staff/{teacher}/", HOD),
    "edit_staff_save": Route("/edit_staff_save/", HOD, "GET POST"),
    "delete_staff": Route("/delete_staff/{teacher}/", HOD, "GET POST"),
    "delete_incomplete_staff": Route("/delete_incomplete_staff/{teacher}", HOD, "GET POST", opened=302),
    "add_student": Route("/add_student/", HOD),
    "add_student_save": Route("/add_student_save/", HOD, "GET POST"),
    "manage_student": Route("/manage_student/", HOD),
    "students_selected": Route("/manage_student/selected/", HOD, "GET POST", opened=302),
    "edit_student": Route("/edit_student/{student}/", HOD),
    "edit_student_save": Route("/edit_student_save/", HOD, "GET POST"),
    "delete_student": Route("/delete_student/{student}/", HOD, "GET POST"),
    "delete_incomplete_student": Route("/delete_incomplete_student/{student}", HOD, "GET POST", opened=302),
    "set_active": Route("/set_active/{teacher}/", HOD, "GET POST"),
    "person_sessions": Route("/person_sessions/{teacher}/", HOD),
    "end_person_sessions": Route("/person_sessions/{teacher}/end/", HOD, "GET POST"),
    "end_person_session": Route("/person_sessions/{teacher}/unknown/end/", HOD, "GET POST", opened=404),
    "sessions": Route("/sessions/", EVERYBODY),
    "end_other_sessions": Route("/sessions/end/", EVERYBODY, "GET POST"),
    "end_session": Route("/sessions/unknown/end/", EVERYBODY, "GET POST", opened=404),
    "restore_person": Route("/restore_person/{student}/", HOD, "GET POST", opened=302),
    "check_email_exist": Route("/check_email_exist/", HOD, "GET POST"),
    "check_username_exist": Route("/check_username_exist/", HOD, "GET POST"),
    "manage_passwords": Route("/manage_passwords/", HOD),
    "reset_password": Route("/reset_password/", HOD, "GET POST", opened=302),
    "admin_profile": Route("/admin_profile/", HOD),
    "admin_profile_update": Route("/admin_profile_update/", HOD, "GET POST", opened=302),
    "staff_profile": Route("/staff_profile/", STAFF),
    "staff_profile_update": Route("/staff_profile_update/", STAFF, "GET POST", opened=302),
    "student_profile": Route("/student_profile/", STUDENT),
    "student_profile_update": Route("/student_profile_update/", STUDENT, "GET POST", opened=302),
    "change_own_password": Route("/change_own_password/", HOD, "GET POST", opened=302),
    "photo": Route("/photo/{student_profile}/", EVERYBODY, opened=404),
    "media": Route("/media/profile_pics/nobody.png", EVERYBODY, opened=404),
    "add_course": Route("/add_course/", HOD),
    "add_course_save": Route("/add_course_save/", HOD, "GET POST"),
    "manage_course": Route("/manage_course/", HOD),
    "edit_course": Route("/edit_course/{course}/", HOD),
    "edit_course_save": Route("/edit_course_save/", HOD, "GET POST"),
    "delete_course": Route("/delete_course/{course}/", HOD, "GET POST"),
    "add_subject": Route("/add_subject/", HOD),
    "add_subject_save": Route("/add_subject_save/", HOD, "GET POST"),
    "manage_subject": Route("/manage_subject/", HOD),
    "edit_subject": Route("/edit_subject/{subject}/", HOD),
    "edit_subject_save": Route("/edit_subject_save/", HOD, "GET POST"),
    "delete_subject": Route("/delete_subject/{subject}/", HOD, "GET POST"),
    "add_session": Route("/add_session/", HOD),
    "add_session_save": Route("/add_session_save/", HOD, "GET POST"),
    "manage_session": Route("/manage_session/", HOD),
    "edit_session": Route("/edit_session/{year}", HOD),
    "edit_session_save": Route("/edit_session_save/", HOD, "GET POST"),
    "delete_session": Route("/delete_session/{year}/", HOD, "GET POST"),
    "student_feedback": Route("/student_feedback/", STUDENT),
    "student_feedback_save": Route("/student_feedback_save/", STUDENT, "GET POST"),
    "staff_feedback": Route("/staff_feedback/", STAFF),
    "staff_feedback_save": Route("/staff_feedback_save/", STAFF, "GET POST"),
    "student_feedback_message": Route("/student_feedback_message/", HOD),
    "staff_feedback_message": Route("/staff_feedback_message/", HOD),
    "student_feedback_message_reply": Route("/student_feedback_message_reply/", HOD, "GET POST"),
    "staff_feedback_message_reply": Route("/staff_feedback_message_reply/", HOD, "GET POST"),
    "reply_feedback": Route("/reply_feedback/student/{feedback}/", HOD, "POST"),
    "feedback_figures": Route("/feedback_figures/student/", HOD),
    "staff_add_result": Route("/staff_add_result/", STAFF, "GET POST"),
    "staff_add_result_save": Route("/staff_add_result_save/", STAFF, "GET POST"),
    "staff_withhold_results": Route("/staff_withhold_results/", STAFF, "POST"),
    "student_view_result": Route("/student_view_result/", STUDENT),
    "staff_manage_assignments": Route("/manage_assignments/", STAFF),
    "staff_add_assignment": Route("/add_assignment/", STAFF),
    "staff_add_assignment_save": Route("/add_assignment_save/", STAFF, "GET POST"),
    "staff_edit_assignment": Route("/edit_assignment/{assignment}/", STAFF, "GET POST"),
    "staff_move_assignment": Route("/move_assignment/{assignment}/", STAFF, "POST"),
    "staff_delete_assignment": Route("/delete_assignment/{assignment}/", STAFF, "GET POST"),
    "semester_results": Route("/semester_results/", HOD),
    "semester_results_selected": Route("/semester_results/selected/", HOD, "GET POST", opened=302),
    "subject_results": Route("/subject_results/{subject}/", HOD | STAFF),
    "subject_results_selected": Route("/subject_results/{subject}/selected/", HOD | STAFF, "GET POST", opened=302),
    "assignment_figures": Route("/assignment_figures/{assignment}/", HOD | STAFF),
    "grading_policy": Route("/grading_policy/", HOD, "GET POST"),
    "staff_grade_class": Route("/grade_class/{assignment}/", STAFF, "GET POST"),
    "staff_view_submissions": Route("/view_assignment_submissions/{assignment}/", STAFF, "GET POST"),
    "ajax_grade_assignment": Route("/grade_assignment/{submission}/", STAFF, "GET POST"),
    "submission_file": Route("/submission/{submission}/file/", EVERYBODY),
    "student_view_assignments": Route("/student/assignments/", STUDENT),
    "student_submit_assignment": Route("/student/assignment/{assignment}/submit/", STUDENT, "GET POST"),
    "manage_fines": Route("/manage_fines/", STAFF | HOD),
    "fines_report": Route("/fines_report/", HOD),
    "add_fine": Route("/add_fine/", STAFF | HOD),
    "add_fine_save": Route("/add_fine_save/", STAFF | HOD, "GET POST"),
    "delete_fine": Route("/delete_fine/{fine}/", STAFF | HOD, "GET POST"),
    "fines_selected": Route("/manage_fines/selected/", STAFF | HOD, "GET POST", opened=302),
    "record_payment": Route("/record_payment/{fine}/", HOD, "GET POST"),
    "waive_fine": Route("/waive_fine/{fine}/", HOD, "GET POST"),
    "student_statement": Route("/student_statement/{student_profile}/", HOD),
    "own_statement": Route("/student_view_statement/", STUDENT),
    "student_view_fines": Route("/student_view_fines/", STUDENT),
    "initialize_payment": Route("/student/initialize_payment/{fine}/", STUDENT, "GET POST"),
    "payment_callback": Route("/student/payment_callback/", STUDENT, "GET POST"),
}
