"""The inbox: a consumer's effect and the note that it happened commit together, so that a repeated delivery has no
second effect.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError

from contracts.base import Actor
from kernel.databases import alias_of, atomic
from kernel.models import InboxEntry


class AlreadyHandled(Exception):
    """The effect has been had before. The relay counts the delivery as done."""


class Effect:
    """What a handler is given besides the event: the place where its effect happens once."""

    def __init__(self, *, consumer: str, module: str, event_uid: UUID, request_id: str) -> None:
        self.consumer, self.module, self.event_uid, self.request_id = consumer, module, event_uid, request_id
        self.taken = False

    @property
    def actor(self) -> Actor:
        """The house itself, for questions to other modules within the request that caused the event."""
        return Actor.system(request_id=self.request_id)

    def was_had(self) -> bool:
        """Whether an earlier delivery of this event took effect."""
        return (
            InboxEntry.objects.using(alias_of(self.module))
            .filter(consumer=self.consumer, event_uid=self.event_uid)
            .exists()
        )

    @contextmanager
    def once(self) -> Iterator[None]:
        """One transaction for the effect and the note. Raises AlreadyHandled, before anything happens, on a repeated
        delivery.
        """
        with atomic(self.module):
            try:
                with atomic(self.module):
                    InboxEntry.objects.using(alias_of(self.module)).create(
                        consumer=self.consumer, event_uid=self.event_uid
                    )
            except IntegrityError:
                raise AlreadyHandled from None
            yield
        self.taken = True
