"""A module as Django sees it: what it provides, requires, publishes and listens to."""

from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

from django.apps import AppConfig

from contracts.base import Event, RowsDeleted, Service
from kernel import registry


class ModuleConfig(AppConfig):
    """Base of the eight modules' AppConfigs. Declares; `manage.py check` and the start of the process compare with what
    is there.
    """

    default = False  # so that Django takes the module's own class, and not this one, from its apps.py
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls) -> None:
        cls.default = True

    provides: ClassVar[type[Service]]
    """The contract's interface; `service.py` holds its implementation as `provider`."""
    requires: ClassVar[tuple[type[Service], ...]] = ()
    """Interfaces of other modules that its code calls."""
    publishes: ClassVar[tuple[type[Event], ...]] = ()
    subscribes: ClassVar[tuple[type[Event], ...]] = ()
    deleted: ClassVar[type[RowsDeleted]]
    """The event that tells of erased rows."""

    def ready(self) -> None:
        registry.provide(self.provides, import_module(f"{self.name}.service").provider)
        for name in ("subscribers", "tasks"):
            if find_spec(f"{self.name}.{name}"):
                import_module(f"{self.name}.{name}")
