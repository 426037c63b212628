import gc
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

import contracts
from contracts.base import Service


class KernelConfig(AppConfig):
    """Stands last in INSTALLED_APPS: when it is ready, all modules are."""

    name = "kernel"
    verbose_name = _("Kernel")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kernel import declarations, guard, reactions
        from kernel.registry import services

        contracts.load_all()
        import_module("kernel.tasks")
        for module, url in settings.MODULE_URLS.items():
            services.connect(Service.interfaces[module], url)
        guard.install()
        reactions.listen()
        declarations.verify()
        _loading_is_over()


def _loading_is_over() -> None:
    """What has been loaded stays. Where a process begins, it has no garbage collected until here, since looking through
    all of that took a third of a short command; from here on, only what comes is looked through.
    """
    gc.freeze()
    gc.enable()
