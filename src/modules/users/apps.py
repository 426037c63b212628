from django.utils.translation import gettext_lazy as _

from contracts import users
from contracts.academics import AcademicsService
from kernel.module import ModuleConfig


class UsersConfig(ModuleConfig):
    name = "modules.users"
    verbose_name = _("Users")

    provides = users.UsersService
    requires = (AcademicsService,)
    publishes = (
        users.UserCreated,
        users.UserUpdated,
        users.UserWithdrawn,
        users.UserRestored,
        users.StudentAdmissionStarted,
        users.PasswordResetAsked,
    )
    subscribes = (users.StudentAdmissionStarted, users.PasswordResetAsked)
    deleted = users.UsersDeleted
