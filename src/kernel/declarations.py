"""Compares what modules declare with what is there, when the process starts."""

from collections.abc import Iterator

from django.apps import apps

from contracts.base import Event, RowsDeleted, Service
from kernel.events import subscriptions
from kernel.module import ModuleConfig
from kernel.refs import references


class DeclarationWrong(Exception):
    """A module's AppConfig does not say what its code does."""


def verify() -> None:
    """Raises DeclarationWrong with everything that does not fit, over all modules of this process."""
    problems = [
        f"{config.label}: {problem}"
        for config in apps.get_app_configs()
        if isinstance(config, ModuleConfig)
        for problem in problems_of(config)
    ]
    if problems:
        raise DeclarationWrong("\n".join(problems))


def problems_of(config: ModuleConfig) -> Iterator[str]:
    if config.provides.module != config.label:
        yield f"provides {config.provides.__name__}, which belongs to {config.provides.module}"
    for event in (*config.publishes, config.deleted):
        if event.module() != config.label:
            yield f"publishes {event.type_id()}, which belongs to {event.module()}"
        if event.aggregate is Event.aggregate:
            yield f"{event.type_id()} does not say which aggregate it is about"
    listened = {s.event for s in subscriptions.of_module(config.label) if not issubclass(s.event, RowsDeleted)}
    for event in listened.symmetric_difference(config.subscribes):
        yield f"{event.type_id()} is {'not declared' if event in listened else 'declared, but nothing listens to it'}"
    for model, field in references(config.label):
        if field.target_module == config.label:
            yield f"{model.__name__}.{field.name} refers to its own module: use a foreign key"
        elif field.target_module not in Service.interfaces:
            yield f"{model.__name__}.{field.name} refers to {field.target}, whose module has no contract"
        elif not _exists(field.target):
            yield f"{model.__name__}.{field.name} refers to {field.target}, which does not exist"


def _exists(target: str) -> bool:
    """Whether the target's model exists; taken on trust when its module lives elsewhere."""
    label, _, name = target.partition(".")
    return not apps.is_installed(f"modules.{label}") or name.lower() in apps.get_app_config(label).models
