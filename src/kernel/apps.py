from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

import contracts


class KernelConfig(AppConfig):
    """Stands last in INSTALLED_APPS: when it is ready, all modules are."""

    name = "kernel"
    verbose_name = _("Kernel")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import declarations, guard, reactions

        contracts.load_all()
        guard.install()
        reactions.listen()
        declarations.verify()
