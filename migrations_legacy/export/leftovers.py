"""Finds what the legacy has no place for: fields and tables of this system, with something in them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from kernel.guard import acting_as
from kernel.module import ModuleConfig
from kernel.totals import derived_models
from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.fields import AnyField

_OUR_OWN = frozenset({"half_made"})
"""Fields that tell of work in progress only."""


def without_place() -> Iterator[tuple[str, int]]:
    """(model, or model and field; rows with something in it)."""
    mapped: dict[str, set[str]] = {}
    numbered: dict[str, str] = {}
    for context in CONTEXTS:
        for table in context.tables:
            mapped.setdefault(table.target, set()).update(column.field for column in table.columns)
            if table.duplicates:
                numbered[table.target] = table.duplicates.field
    derived = set(derived_models())
    for config in apps.get_app_configs():
        if not isinstance(config, ModuleConfig):
            continue
        with acting_as(config.label):
            for model in config.get_models():
                label = f"{config.label}.{model.__name__}"
                if model in derived:
                    continue
                if label not in mapped:
                    yield label, model._default_manager.count()
                    continue
                known = mapped[label] | {numbered.get(label, "")} | _OUR_OWN
                for field in model._meta.concrete_fields:
                    if not {field.name, field.attname} & known and not field.primary_key:
                        yield f"{label}.{field.name}", _filled(model, field)


def _filled(model: type[models.Model], field: AnyField) -> int:
    rows: models.QuerySet[Any] = model._default_manager.exclude(**{f"{field.name}__isnull": True})
    if field.empty_strings_allowed and isinstance(field, models.CharField | models.TextField):
        rows = rows.exclude(**{field.name: ""})
    if field.has_default() and not callable(field.default):
        rows = rows.exclude(**{field.name: field.default})
    return rows.count()
