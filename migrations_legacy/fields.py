"""What a target field accepts, how a value is handed to the database, and how it is written for a digest.

Rows go past the ORM's objects: at two million rows, building a model instance for each costs more than all the rest.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_legacy.errors import Unplaceable

AnyField: TypeAlias = "models.Field[Any, Any]"
Value = Any
Step = Callable[[Value], Value]


def storing(field: AnyField, connection: BaseDatabaseWrapper) -> Step:
    """A function from a converted value to the database's parameter; Unplaceable for what the field cannot hold."""
    prepare = _preparing(field, connection)
    name, nullable = field.name, field.null

    def store(value: Value) -> Value:
        if value is None:
            if nullable:
                return None
            raise Unplaceable("missing_value", f"{name} is empty")
        return prepare(value)

    return store


def _preparing(field: AnyField, connection: BaseDatabaseWrapper) -> Step:
    if isinstance(field, models.DateTimeField):
        return _written_instant if connection.vendor == "sqlite" else connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return lru_cache(maxsize=8192)(connection.ops.adapt_datefield_value)
    if isinstance(field, models.DecimalField):
        return _fitting_decimal(field, connection)
    if isinstance(field, models.IntegerField | models.ForeignKey):
        return _fitting_integer(field, connection)
    if isinstance(field, models.BooleanField):
        return int if connection.vendor == "sqlite" else bool
    if isinstance(field, models.FloatField):
        return lambda value: value
    if isinstance(field, models.CharField | models.FileField | models.TextField):
        return _fitting_text(field)

    def prepare(value: Value) -> Value:
        return field.get_db_prep_save(value, connection)

    return prepare


def _fitting_decimal(field: "models.DecimalField[Any, Any]", connection: BaseDatabaseWrapper) -> Step:
    name, digits, places = field.name, field.max_digits or 0, field.decimal_places or 0
    limit = Decimal(10) ** (digits - places)

    def prepare(value: Decimal) -> Value:
        if abs(value) >= limit or value != round(value, places):
            raise Unplaceable("too_long", f"{name}: {value} needs more than {digits} digits with {places} decimals")
        return connection.ops.adapt_decimalfield_value(value, digits, places)

    return prepare


def _fitting_integer(field: AnyField, connection: BaseDatabaseWrapper) -> Step:
    name = field.name
    internal = (
        field.target_field.get_internal_type() if isinstance(field, models.ForeignKey) else field.get_internal_type()
    )
    # AutoField's and plain integer fields' ranges are those of PostgreSQL, so that both databases accept the same rows.
    low, high = {
        "SmallIntegerField": (-32768, 32767),
        "PositiveSmallIntegerField": (0, 32767),
        "IntegerField": (-2147483648, 2147483647),
        "PositiveIntegerField": (0, 2147483647),
        "AutoField": (-2147483648, 2147483647),
        "PositiveBigIntegerField": (0, 9223372036854775807),
    }.get(internal, (-9223372036854775808, 9223372036854775807))

    def prepare(value: int) -> int:
        if low <= value <= high:
            return value
        raise Unplaceable("too_long", f"{name}: {value} is outside {low} to {high}")

    return prepare


def _fitting_text(field: AnyField) -> Step:
    name, longest = field.name, field.max_length
    if longest is None or isinstance(field, models.TextField):
        return lambda value: value

    def prepare(value: str) -> str:
        if len(value) <= longest:
            return value
        raise Unplaceable("too_long", f"{name}: {len(value)} characters, {longest} fit")

    return prepare


def reading(field: AnyField, connection: BaseDatabaseWrapper) -> str:
    """The column in a SELECT. Times come in their written form, not as objects that cost time to build."""
    name = connection.ops.quote_name(str(field.column))
    if connection.vendor == "sqlite":
        if isinstance(field, models.DateField):
            return f"CAST({name} AS TEXT)"
        if isinstance(field, models.BooleanField):
            return f"CAST({name} AS INTEGER)"
    elif connection.vendor == "postgresql" and isinstance(field, models.DateTimeField):
        return f"REPLACE(TO_CHAR({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
    return name


def writing(field: AnyField, connection: BaseDatabaseWrapper) -> Step | None:
    """A function from a parameter, or a value as `reading` gives it, to its written form for digests; None: the same.

    The written form is that of SQLite, so that digests do not depend on the database.
    """
    on_sqlite = connection.vendor == "sqlite"
    if isinstance(field, models.DateTimeField):
        return None if on_sqlite else _as_written_instant
    if isinstance(field, models.DateField):
        return None if on_sqlite else str
    if isinstance(field, models.BooleanField):
        return None if on_sqlite else int
    if isinstance(field, models.DecimalField):
        pattern = f"{{:.{field.decimal_places}f}}"
        return lambda value: pattern.format(Decimal(str(value)) + 0)
    if isinstance(field, models.FloatField):
        return lambda value: float(value) + 0.0
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)
    return None


def _as_written_instant(value: Value) -> str:
    return value if isinstance(value, str) else _written_instant(value)


@lru_cache(maxsize=8192)
def _written_instant(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))
