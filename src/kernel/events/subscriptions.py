"""Who listens to what. A consumer is known by a stable name, "<module>.<handler>", under which its deliveries are
stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

from contracts.base import Event
from kernel.databases import alias_of

if TYPE_CHECKING:
    from kernel.events.inbox import Effect

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Subscription:
    consumer: str
    module: str
    event: type[Event]
    handler: "Callable[[Any, Effect], None]"

    def database(self) -> str:
        """The alias that holds the consumer's tables, and its inbox."""
        return alias_of(self.module)


_by_type: dict[str, dict[str, Subscription]] = {}


def subscribe(event: type[E]) -> "Callable[[Callable[[E, Effect], None]], Callable[[E, Effect], None]]":
    """Registers a function of a module's subscribers.py for an event. Its name is stored with deliveries: renaming it
    starts a new consumer.
    """

    def register(handler: "Callable[[E, Effect], None]") -> "Callable[[E, Effect], None]":
        module = handler.__module__.split(".")[-2]
        add(Subscription(consumer=f"{module}.{handler.__name__}", module=module, event=event, handler=handler))
        return handler

    return register


def add(subscription: Subscription) -> None:
    """Raises TypeError when two handlers would share a consumer's name for one event."""
    consumers = _by_type.setdefault(subscription.event.type_id(), {})
    known = consumers.get(subscription.consumer)
    if known is not None and known.handler is not subscription.handler:
        raise TypeError(f"two handlers are called {subscription.consumer} for {subscription.event.type_id()}")
    consumers[subscription.consumer] = subscription


def remove(subscription: Subscription) -> None:
    _by_type[subscription.event.type_id()].pop(subscription.consumer, None)


def module_of(name: str) -> str:
    """The module of a consumer or of an event's type, by its name."""
    return name.partition(".")[0]


def consumers_of(type_id: str) -> list[str]:
    """The names of all consumers in the house: those of this process, and those known of modules elsewhere."""
    elsewhere = (c for c in settings.CONSUMERS.get(type_id, ()) if module_of(c) not in settings.LOCAL_MODULES)
    return [*_by_type.get(type_id, {}), *elsewhere]


def all_consumers() -> dict[str, list[str]]:
    """Event type → its consumers in this process."""
    return {type_id: sorted(consumers) for type_id, consumers in sorted(_by_type.items()) if consumers}


def find(type_id: str, consumer: str) -> Subscription | None:
    return _by_type.get(type_id, {}).get(consumer)


def of_module(module: str) -> list[Subscription]:
    return [s for consumers in _by_type.values() for s in consumers.values() if s.module == module]
