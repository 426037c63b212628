"""What the processes of these tests do: each an act, with its arguments.

Acts that die kill their own process with SIGKILL, which nothing can tidy up after. Where exactly is arranged here, by
putting something into the place of a function: the house's own code knows nothing of it.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from time import sleep
from typing import NoReturn
from unittest.mock import patch

from django.conf import settings
from django.utils import timezone

from config.launch import background
from contracts.base import Actor, Audience, Event, Role
from contracts.leaves import LeaveRef, LeavesService
from kernel.events import publish, relay, runner
from kernel.events.parcels import Parcel, hand_over
from kernel.events.queues import Queues
from kernel.models import Delivery, DeliveryState
from kernel.registry import services
from modules.leaves import service
from modules.notifications import inboxes


def die(*arguments: object, **named: object) -> NoReturn:
    """End this process at this very place."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL was survived")


def approve(hod_id: str, *leave_ids: str) -> None:
    """The head approves requests; whoever delivers events in this process is not there."""
    actor = Actor(user_id=int(hod_id), role=Role.HOD, profile_id=None, request_id="reliability")
    for leave_id in leave_ids:
        leave = LeaveRef(audience=Audience.STUDENT, id=int(leave_id))
        services.get(LeavesService).approve(actor=actor, leave=leave)


def approve_and_die(*arguments: str) -> None:
    """Killed after the commit, before anything is delivered."""
    approve(*arguments)
    die()


def die_before_the_commit(hod_id: str, leave_id: str) -> None:
    """Killed inside the transaction of the change, when the event was stored already."""

    def publish_and_die(event: Event) -> NoReturn:
        publish(event)
        die()

    with patch.object(service, "publish", publish_and_die):
        approve(hod_id, leave_id)


def claim_and_die() -> None:
    """Killed when the delivery was claimed, before it was handed over."""
    with patch.object(relay, "hand_over", die):
        relay.Relay().drain()


def die_inside_the_effect() -> None:
    """Killed when the notice was written, before its transaction committed."""
    with patch.object(inboxes, "publish", die):
        relay.Relay().drain()


def die_after_the_effect() -> None:
    """Killed when the effect was committed, before the delivery was marked as done."""

    def hand_over_and_die(parcel: Parcel) -> NoReturn:
        hand_over(parcel)
        die()

    with patch.object(relay, "hand_over", hand_over_and_die):
        relay.Relay().drain()


def deliver() -> None:
    """A relay that comes at once: claims of the dead process still hold."""
    relay.Relay().drain()


def deliver_later() -> None:
    """A relay that comes when the claims of the dead process have lapsed."""
    now = timezone.now

    with patch.object(timezone, "now", lambda: now() + relay.CLAIM + timedelta(seconds=1)):
        relay.Relay().drain()


def serve_until_done() -> None:
    """The relay of a server's process, as it starts with the process. Ends when nothing is left to deliver."""
    thread = runner.start()
    while Delivery.objects.exclude(state=DeliveryState.DONE).exists():
        sleep(0.05)
    thread.stop()
    thread.join()


def send() -> None:
    """A relay that puts what is due into the queues of Redis, once."""
    relay.Relay(Queues()).deliver_due()


def work_until_the_first_effect() -> None:
    """A Celery worker that is killed when the first parcel took effect, before anybody learns of it."""

    def hand_over_and_die(parcel: Parcel) -> NoReturn:
        hand_over(parcel)
        die()

    with patch.object(relay, "hand_over", hand_over_and_die):
        import_module("config.celery").app.worker_main(background.worker(settings.LOCAL_MODULES)[6:])


def main(act: str, *arguments: str) -> None:
    """Do one act."""
    acts: dict[str, Callable[..., None]] = {
        act.__name__: act
        for act in (
            *(approve, approve_and_die, die_before_the_commit, claim_and_die),
            *(die_inside_the_effect, die_after_the_effect),
            *(deliver, deliver_later, serve_until_done, send, work_until_the_first_effect),
        )
    }
    acts[act](*arguments)
    sys.stdout.flush()
