"""Attendance over REST, below /api/v1/attendance/."""

from contracts.attendance import AttendanceService
from kernel.rest import ANYONE, HOD, TEACHING, Api, does, reads

attendance = Api(AttendanceService)

ORDERS = ("date", "created_at")

urlpatterns = [
    attendance.path(
        "roll/",
        get=reads("Get the class to be marked", AttendanceService.roll, TEACHING),
        put=does("Take the roll", AttendanceService.record, TEACHING),
    ),
    attendance.path(
        "registers/", get=reads("List registers", AttendanceService.list_registers, TEACHING, orders=ORDERS)
    ),
    attendance.path(
        "registers/<register_id>/",
        get=reads("Get a register", AttendanceService.register, TEACHING),
        patch=does("Correct a register", AttendanceService.correct, TEACHING, edits=AttendanceService.register),
    ),
    attendance.path(
        "report/",
        get=reads("Add up the marks of some days", AttendanceService.report, ANYONE, orders=("percentage",)),
    ),
    attendance.path("school/", get=reads("Get the school's figures", AttendanceService.school, HOD)),
    attendance.path("students/tallies/", get=reads("Get students' totals", AttendanceService.student_tallies, ANYONE)),
    attendance.path(
        "students/<student_id>/tallies/",
        get=reads("Get a student's totals by subject", AttendanceService.student_subject_tallies, ANYONE),
    ),
    attendance.path(
        "students/<student_id>/subjects/<subject_id>/marks/",
        get=reads("List a student's marks in a subject", AttendanceService.student_marks, ANYONE),
    ),
    attendance.path(
        "subjects/tallies/", get=reads("Get subjects' totals", AttendanceService.subject_tallies, TEACHING)
    ),
    attendance.path(
        "subjects/register-counts/", get=reads("Count subjects' registers", AttendanceService.register_counts, TEACHING)
    ),
    attendance.path(
        "subjects/lowest/",
        get=reads("List who is there least", AttendanceService.lowest_in_subjects, TEACHING),
    ),
    attendance.path(
        "subjects/bands/", get=reads("Get the distribution in subjects", AttendanceService.bands_in_subjects, TEACHING)
    ),
    attendance.path(
        "subjects/untaken/", get=reads("List subjects without a register", AttendanceService.untaken_on, TEACHING)
    ),
    attendance.path(
        "subjects/<subject_id>/registers/",
        get=reads("List a subject's registers", AttendanceService.registers, TEACHING),
    ),
]
