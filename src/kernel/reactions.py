"""Every module listens to the deletions of the modules that it refers to, and reacts as its references declared."""

from collections.abc import Callable

from django.apps import apps

from contracts.base import Event, RowsDeleted
from kernel.events.inbox import Effect
from kernel.events.subscriptions import Subscription, add
from kernel.module import ModuleConfig
from kernel.refs import Reaction, react, references


def listen() -> None:
    """Subscribe each module of this process to the deletion events of its targets, once all modules are loaded."""
    deletions = {e.module(): e for e in Event.types.values() if issubclass(e, RowsDeleted)}
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig):
            targets = {
                f.target_module
                for _, f in references(config.label)
                if f.reaction in (Reaction.CASCADE, Reaction.NULLIFY)
            }
            for target in sorted(targets):
                add(
                    Subscription(
                        consumer=f"{config.label}.react_to_deletion",
                        module=config.label,
                        event=deletions[target],
                        handler=_reaction_of(config.label),
                    )
                )


def _reaction_of(module: str) -> Callable[[RowsDeleted, Effect], None]:
    def react_to_deletion(event: RowsDeleted, effect: Effect) -> None:
        with effect.once():
            react(module, event)

    return react_to_deletion
