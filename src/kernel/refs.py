"""References from one module's rows to another's: an indexed integer with a declared target and a declared reaction.

No foreign key crosses a module. What a database would do by itself is done here: `blockers` asks before a deletion,
`erase` tells of it, and the reaction of each reference follows from that event.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.models.deletion import CASCADE
from django.dispatch import Signal

from contracts.base import Actor, RowsDeleted, Service, Usage, utc_now
from kernel.databases import alias_of

about_to_erase = Signal()
"""Sent inside the transaction with `queryset` (sender: its model), so that a module can keep its running totals right.
"""


class Reaction(StrEnum):
    """What happens to the referring row when its target is erased."""

    BLOCK = "block"
    """The target is not erased while the row exists."""
    CASCADE = "cascade"
    """The row is erased too."""
    NULLIFY = "nullify"
    """The reference becomes NULL."""
    KEEP = "keep"
    """The row keeps the number of what once was, as history."""


_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

    _Integer = models.BigIntegerField
else:

    class _Integer(models.BigIntegerField):
        """Django's fields are generic for the type checker only."""

        def __class_getitem__(cls, types: object) -> type:
            return cls


class ModuleRef(_Integer[_ST, _GT]):
    """A reference to another module's row, as in `ModuleRef("academics.Course", reaction=Reaction.BLOCK)`."""

    def __init__(self, target: str, *, reaction: Reaction, **options: Any) -> None:
        self.target, self.reaction = target, Reaction(reaction)
        options.setdefault("db_index", True)
        super().__init__(**options)

    _pyi_private_set_type: "int | str | Combinable"
    _pyi_private_get_type: int

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _, options = super().deconstruct()
        if options.pop("db_index", False) is False:
            options["db_index"] = False
        options["reaction"] = self.reaction.value
        return name, path, [self.target], options

    @property
    def target_module(self) -> str:
        return self.target.partition(".")[0]


def entity(model: type[models.Model]) -> str:
    """The contract's name of a kind of row, as in "academics.Course"."""
    return f"{model._meta.app_label}.{model.__name__}"


def references(
    module: str | None = None, *, target: str | None = None
) -> Iterator[tuple[type[models.Model], "ModuleRef[Any, Any]"]]:
    """All references of a module (or of all in this process), and their models; only those to a target when one is
    given.
    """
    from kernel.module import ModuleConfig

    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig) and module in (None, config.label):
            for model in config.get_models():
                for field in model._meta.local_fields:
                    if isinstance(field, ModuleRef) and target in (None, field.target):
                        yield model, field


class ReferenceQueries:
    """The two questions that every module answers about its rows. Mixed into each `service.py`."""

    module: str

    def usages(self, *, actor: Actor, target: str, ids: tuple[int, ...]) -> tuple[Usage, ...]:
        from kernel.permissions import require_system

        require_system(actor)
        found = []
        for model, field in references(self.module, target=target):
            if field.reaction is Reaction.BLOCK:
                count = model._default_manager.filter(**{f"{field.name}__in": ids}).count()
                if count:
                    found.append(Usage(entity=entity(model), label=str(model._meta.verbose_name_plural), count=count))
        return tuple(found)

    def existing(self, *, actor: Actor, entity: str, ids: tuple[int, ...]) -> frozenset[int]:
        from kernel.permissions import require_system

        require_system(actor)
        model = apps.get_model(entity)
        if model._meta.app_label != self.module:
            raise LookupError(f"{self.module} has no {entity}")
        return frozenset(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))


def blockers(*, actor: Actor, target: str, ids: Iterable[int]) -> dict[str, int]:
    """What stands in the way of erasing rows, over all modules: kind in words → number of rows. Call it outside a
    transaction.

    Raises ModuleUnavailable when a module cannot be asked: nothing is erased on a guess.
    """
    from kernel.registry import services

    system = Actor.system(request_id=actor.request_id)
    found: dict[str, int] = {}
    for interface in Service.interfaces.values():
        for usage in services.get(interface).usages(actor=system, target=target, ids=tuple(ids)):
            found[usage.label] = found.get(usage.label, 0) + usage.count
    return found


def erase(queryset: models.QuerySet[Any]) -> dict[str, tuple[int, ...]]:
    """Delete rows with what depends on them inside the module, and publish the module's deletion event for each kind
    of row.

    Inside a transaction of the module. Returns the ids per kind; rows of other modules react when the event reaches
    them.
    """
    from kernel.events import publish
    from kernel.module import ModuleConfig

    config = cast(ModuleConfig, apps.get_app_config(queryset.model._meta.app_label))
    erased: dict[str, tuple[int, ...]] = {}
    for dependent in _with_dependents(queryset):
        about_to_erase.send(sender=dependent.model, queryset=dependent)
        ids = tuple(dependent.values_list("pk", flat=True))
        if ids:
            erased[entity(dependent.model)] = erased.get(entity(dependent.model), ()) + ids
    queryset.delete()
    for name, ids in erased.items():
        publish(config.deleted(entity=name, ids=ids, at=utc_now()))
    return erased


def _with_dependents(queryset: models.QuerySet[Any]) -> Iterator[models.QuerySet[Any]]:
    """The rows, after all rows of the module that would go with them."""
    for relation in queryset.model._meta.related_objects:
        if relation.on_delete is CASCADE:
            related = relation.related_model
            yield from _with_dependents(
                related._default_manager.using(queryset.db).filter(**{f"{relation.field.name}__in": queryset})
            )
    yield queryset


def react(module: str, event: RowsDeleted) -> None:
    """Carry out, inside the caller's transaction, what a module's references declared for the erased rows."""
    for model, field in references(module, target=event.entity):
        rows = model._default_manager.using(alias_of(module)).filter(**{f"{field.name}__in": event.ids})
        if field.reaction is Reaction.CASCADE:
            erase(rows)
        elif field.reaction is Reaction.NULLIFY:
            rows.update(**{field.name: None})


def dangling(*, request_id: str) -> Iterator[tuple[str, str, Reaction, list[int]]]:
    """References whose target is gone: (referring field, target, reaction, missing ids)."""
    from kernel.registry import services

    system = Actor.system(request_id=request_id)
    for model, field in references():
        interface = Service.interfaces[field.target_module]
        ids = list(
            model._default_manager.exclude(**{f"{field.name}__isnull": True})
            .order_by(field.name)
            .values_list(field.name, flat=True)
            .distinct()
        )
        missing: list[int] = []
        for start in range(0, len(ids), 500):
            batch = tuple(ids[start : start + 500])
            known = services.get(interface).existing(actor=system, entity=field.target, ids=batch)
            missing += [i for i in batch if i not in known]
        if missing:
            yield f"{entity(model)}.{field.name}", field.target, field.reaction, missing
