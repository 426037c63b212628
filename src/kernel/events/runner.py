"""What works beside the requests of a process: a thread that has events delivered after each commit, and looks by
itself for what is due later; without Redis another one for scheduled jobs.
"""

import threading

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from kernel.events import wake
from kernel.events.relay import Relay
from kernel.jobs import JobThread

log = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0
FULL_SECONDS = 0.2
"""Between two looks when the way to the consumers is full."""


class RelayThread(threading.Thread):
    """A daemon: the outbox keeps what the end of the process interrupts, for the next start."""

    def __init__(self) -> None:
        super().__init__(name="event-relay", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        relay = chosen_relay()
        while not self.stopping.is_set():
            wake.arrived.clear()
            close_old_connections()
            try:
                busy = relay.deliver_due() > 0
            except DatabaseError:
                log.exception("relay_has_no_database")
                busy = False
            if not busy:
                wake.arrived.wait(FULL_SECONDS if relay.carrier.full else IDLE_SECONDS)
        close_old_connections()

    def stop(self) -> None:
        self.stopping.set()
        wake.wake()


def chosen_relay() -> Relay:
    """Through Celery's queues where there is Redis, else to the consumers of this process."""
    if not settings.CELERY_BROKER_URL:
        return Relay()
    from kernel.events.queues import Queues  # Celery costs a process time that has no use for it

    return Relay(Queues())


_thread: RelayThread | None = None


def start() -> RelayThread:
    """Start the relay of this process, once, and the scheduled jobs where no beat does it."""
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = RelayThread()
        _thread.start()
        if not settings.CELERY_BROKER_URL:
            JobThread().start()
    return _thread
