"""Routes of the pages, at the legacy's paths and under its names."""

from django.urls import path

from portal.views import leave, session

urlpatterns = [
    # Everybody
    path("", session.login, name="login"),
    path("doLogin/", session.do_login, name="doLogin"),
    path("logout_user/", session.logout, name="logout_user"),
    path("get_user_details/", session.user_details, name="get_user_details"),
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
