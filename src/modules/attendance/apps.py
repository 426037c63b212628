from django.utils.translation import gettext_lazy as _

from contracts import attendance
from contracts.academics import AcademicsService
from contracts.leaves import LeaveApproved, LeaveCancelled, LeavesService
from kernel.module import ModuleConfig


class AttendanceConfig(ModuleConfig):
    name = "modules.attendance"
    verbose_name = _("Attendance")

    provides = attendance.AttendanceService
    requires = (AcademicsService, LeavesService)
    publishes = (attendance.AttendanceRecorded,)
    subscribes = (LeaveApproved, LeaveCancelled)
    deleted = attendance.AttendanceDeleted
