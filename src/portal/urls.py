"""Routes of the pages, at the legacy's paths and under its names."""

from django.urls import path

from portal.views import attendance, attendance_ajax, homes, inbox, leave, session

urlpatterns = [
    # Everybody
    path("", session.login, name="login"),
    path("doLogin/", session.do_login, name="doLogin"),
    path("logout_user/", session.logout, name="logout_user"),
    path("get_user_details/", session.user_details, name="get_user_details"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/all/read/", inbox.mark_all_notices, name="mark_all_notices"),
    path("inbox/<int:notice_id>/", inbox.mark_notice, name="mark_notice"),
    # Homes
    path("admin_home/", homes.admin_home, name="admin_home"),
    path("staff_home/", homes.staff_home, name="staff_home"),
    path("student_home/", homes.student_home, name="student_home"),
    # Attendance
    path("staff_take_attendance/", attendance.staff_take_attendance, name="staff_take_attendance"),
    path("staff_update_attendance/", attendance.staff_update_attendance, name="staff_update_attendance"),
    path("admin_view_attendance/", attendance.admin_view_attendance, name="admin_view_attendance"),
    path("student_view_attendance/", attendance.student_view_attendance, name="student_view_attendance"),
    path("student_view_attendance_post/", attendance.student_view_attendance_post, name="student_view_attendance_post"),
    path("get_students/", attendance_ajax.get_students, name="get_students"),
    path("get_attendance_dates/", attendance_ajax.get_attendance_dates, name="get_attendance_dates"),
    path("get_attendance_student/", attendance_ajax.get_attendance_student, name="get_attendance_student"),
    path("save_attendance_data/", attendance_ajax.save_attendance_data, name="save_attendance_data"),
    path("update_attendance_data/", attendance_ajax.update_attendance_data, name="update_attendance_data"),
    path("admin_get_attendance_dates/", attendance_ajax.admin_get_attendance_dates, name="admin_get_attendance_dates"),
    path(
        "admin_get_attendance_student/",
        attendance_ajax.admin_get_attendance_student,
        name="admin_get_attendance_student",
    ),
    # Leave
    path("student_apply_leave/", leave.student_apply_leave, name="student_apply_leave"),
    path("student_apply_leave_save/", leave.student_apply_leave_save, name="student_apply_leave_save"),
    path("staff_apply_leave/", leave.staff_apply_leave, name="staff_apply_leave"),
    path("staff_apply_leave_save/", leave.staff_apply_leave_save, name="staff_apply_leave_save"),
    path("cancel_leave/<str:audience>/<int:leave_id>/", leave.cancel_leave, name="cancel_leave"),
    path("student_leave_view/", leave.student_leave_view, name="student_leave_view"),
    path("staff_leave_view/", leave.staff_leave_view, name="staff_leave_view"),
    path("student_leave_approve/<int:leave_id>/", leave.student_leave_approve, name="student_leave_approve"),
    path("student_leave_reject/<int:leave_id>/", leave.student_leave_reject, name="student_leave_reject"),
    path("staff_leave_approve/<int:leave_id>/", leave.staff_leave_approve, name="staff_leave_approve"),
    path("staff_leave_reject/<int:leave_id>/", leave.staff_leave_reject, name="staff_leave_reject"),
]
