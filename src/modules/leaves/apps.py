from django.utils.translation import gettext_lazy as _

from contracts import leaves
from kernel.module import ModuleConfig


class LeavesConfig(ModuleConfig):
    name = "modules.leaves"
    verbose_name = _("Leaves")

    provides = leaves.LeavesService
    publishes = (leaves.LeaveRequested, leaves.LeaveApproved, leaves.LeaveRejected, leaves.LeaveCancelled)
    deleted = leaves.LeavesDeleted
