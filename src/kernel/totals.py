"""Running totals: small counts kept with every change, so that a page never counts a table that grows.

A module that needs them has one table of its own, derived from `RunningTotal`, and says how to count anew from the
rows:

    class LeaveTotal(RunningTotal):
        @classmethod
        def recount(cls) -> dict[str, int]: ...
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import connections, models, transaction

from kernel.context import running
from kernel.databases import alias_of


class RunningTotal(models.Model):
    """One count, under a name of the module's choice, as in "student:701:approved"."""

    name = models.CharField(max_length=100, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"

    @classmethod
    def recount(cls) -> dict[str, int]:
        """All totals, counted from the rows. Zeroes may be left out."""
        raise TypeError(f"{cls.__name__} does not say how it is counted")

    @classmethod
    def rebuilt(cls) -> dict[str, int]:
        """The same while everything is rebuilt: a table may be read here that stands before this one."""
        return cls.recount()

    @classmethod
    def add(cls, changes: Mapping[str, int]) -> None:
        """Add to several totals in one statement, inside the transaction of the change. In name order, so that two
        writers cannot lock each other out.
        """
        added = [(name, changes[name]) for name in sorted(changes) if changes[name]]
        if not added:
            return
        connection = connections[alias_of(cls._meta.app_label)]
        table, name, value = map(connection.ops.quote_name, (cls._meta.db_table, "name", "value"))
        rows = ", ".join(["(%s, %s)"] * len(added))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({name}, {value}) VALUES {rows} "  # noqa: S608 - names of the model, no input
                f"ON CONFLICT ({name}) DO UPDATE SET {value} = {table}.{value} + excluded.{value}",
                [item for row in added for item in row],
            )

    @classmethod
    def read(cls, names: Iterable[str]) -> dict[str, int]:
        """The totals of these names, 0 for those that were never added to."""
        wanted = list(names)
        return dict.fromkeys(wanted, 0) | dict(cls._manager().filter(name__in=wanted).values_list("name", "value"))

    @classmethod
    def differences(cls) -> dict[str, tuple[int, int]]:
        """Name → (kept, counted), for the totals that are wrong."""
        kept = dict(cls._manager().values_list("name", "value"))
        counted = cls.recount()
        return {
            name: (kept.get(name, 0), counted.get(name, 0))
            for name in sorted(kept.keys() | counted.keys())
            if kept.get(name, 0) != counted.get(name, 0)
        }

    @classmethod
    def rebuild(cls) -> None:
        """Replace all totals by what counting gives."""
        with transaction.atomic(using=alias_of(cls._meta.app_label)):
            cls._manager().all().delete()
            cls._manager().bulk_create([cls(name=n, value=v) for n, v in cls.rebuilt().items()], batch_size=1000)

    @classmethod
    def _manager(cls) -> "models.Manager[Self]":
        manager: models.Manager[Self] = cls._default_manager
        return manager


class Rebuildable:
    """Marks models that are computed from others and can be rebuilt, besides plain running totals."""

    rebuild: ClassVar[Any]


def derived_models() -> list[type[Any]]:
    """All models of this process that can be rebuilt from other rows."""
    return [m for m in apps.get_models() if issubclass(m, RunningTotal | Rebuildable)]


def rebuild_all() -> list[str]:
    """Rebuild everything that is derived; returns the names of the tables."""
    names = []
    for model in derived_models():
        with running(model._meta.app_label):
            model.rebuild()
        names.append(model._meta.db_table)
    return names
