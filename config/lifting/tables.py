"""What belongs to a module: its own tables, those of Django that follow it, and its rows in the kernel's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from graphlib import TopologicalSorter
from operator import or_
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import F, Field, IntegerField, Model, Q, QuerySet, Value

from kernel.models import (
    AuditEntry,
    CommandAnswer,
    Delivery,
    InboxEntry,
    JobState,
    KeptResponse,
    OutboxEvent,
)

SEGMENT = 10_000
"""Keys of a segment: what is copied, and compared, at once."""

STRIDE = 10**12

UPLOADS = {"users": ("StudentProfile", "profile_pic"), "assessments": ("AssignmentSubmission", "submission_file")}
"""Module → model and field that name the files that it keeps."""


@dataclass(frozen=True)
class Table:
    """Those rows of a table that belong to the module."""

    model: type[Model]
    belongs: Q
    of_kernel: bool = False

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def fields(self) -> "Sequence[Field[Any, Any]]":
        """Its columns but for those that the database computes."""
        return [field for field in self.model._meta.local_concrete_fields if not field.generated]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.attname for field in self.fields)

    @property
    def divided(self) -> bool:
        """Whether its keys are numbers, which make segments; other tables are small and have one."""
        return isinstance(self.model._meta.pk, IntegerField)

    def rows(self, alias: str, among: Collection[int] | None = None) -> "QuerySet[Any]":
        """The module's rows in a database, with the number of their segment; of some segments, or of all."""
        segment = F("pk") / Value(SEGMENT) if self.divided else Value(0)
        rows: QuerySet[Any] = self.all(alias).annotate(segment_number=segment)
        if among is not None and self.divided:
            within = (Q(pk__gte=number * SEGMENT, pk__lt=(number + 1) * SEGMENT) for number in among)
            rows = rows.filter(reduce(or_, within, Q(pk__in=())))
        return rows

    def all(self, alias: str) -> "QuerySet[Any]":
        rows: QuerySet[Any] = self.model._base_manager.using(alias).filter(self.belongs)
        return rows

    def part(self, alias: str, segment: int) -> "QuerySet[Any]":
        """The rows of one segment."""
        rows = self.all(alias)
        if self.divided:
            rows = rows.filter(pk__gte=segment * SEGMENT, pk__lt=(segment + 1) * SEGMENT)
        return rows


def tables_of(module: str) -> list[Table]:
    """All that belongs to a module of this process, each table after those that it refers to."""
    labels = [module, *(label for label, owner in settings.TABLES_FOLLOW.items() if owner == module)]
    own = [
        model
        for label in labels
        if apps.is_installed(f"django.contrib.{label}") or label == module
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    return [*(Table(model, Q()) for model in _in_order(own)), *_of_kernel(module)]


def _of_kernel(module: str) -> list[Table]:
    name = f"{module}."
    return [
        Table(OutboxEvent, Q(type_id__startswith=name), of_kernel=True),
        Table(Delivery, Q(event__type_id__startswith=name), of_kernel=True),
        Table(InboxEntry, Q(consumer__startswith=name), of_kernel=True),
        Table(AuditEntry, Q(action__startswith=name), of_kernel=True),
        Table(CommandAnswer, Q(operation__startswith=name), of_kernel=True),
        Table(KeptResponse, Q(module=module), of_kernel=True),
        Table(JobState, Q(name__startswith=name), of_kernel=True),
    ]


def _in_order(models: Iterable[type[Model]]) -> list[type[Model]]:
    wanted = list(models)
    refers = {
        model: {
            field.related_model
            for field in model._meta.local_concrete_fields
            if field.is_relation and field.related_model in wanted and field.related_model is not model
        }
        for model in wanted
    }
    return list(TopologicalSorter(refers).static_order())


def fenced_names(tables: Iterable[Table]) -> list[str]:
    """The tables all of whose rows are the module's."""
    return [table.name for table in tables if not table.of_kernel]


def first_id(highest: int, place: int, places: int) -> int:
    """Where the kernel's ids go on in a module's own database: `place` tells the modules apart, of which there are
    `places`. No two databases then ever give the same id, and a module can come home with all of its rows.
    """
    around = STRIDE * (places + 1)
    return (highest // around + 1) * around + (place + 1) * STRIDE


def highest_id(alias: str, table: Table) -> int:
    """The highest id that was ever given in a table, also when its row is gone."""
    connection, key = connections[alias], table.model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.name])
        else:
            last_value = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s))"
            cursor.execute(last_value, [table.name, key.column])
        found = cursor.fetchone()
    return int(found[0] or 0) if found else 0


def set_highest_id(alias: str, table: Table, highest: int) -> None:
    """Let the table's ids go on after this one."""
    connection, key = connections[alias], table.model._meta.pk
    if highest < 1:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table.name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, highest])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table.name, key.column, highest])
