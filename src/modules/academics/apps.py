from django.utils.translation import gettext_lazy as _

from contracts import academics, users
from kernel.module import ModuleConfig


class AcademicsConfig(ModuleConfig):
    name = "modules.academics"
    verbose_name = _("Academics")

    provides = academics.AcademicsService
    requires = (users.UsersService,)
    publishes = (academics.StudentEnrolled, academics.StudentUnenrolled, academics.StaffAssigned)
    subscribes = (users.UserWithdrawn, users.UserRestored)
    deleted = academics.AcademicsDeleted
