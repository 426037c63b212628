"""The in-process transport: a thread that delivers after each commit, and looks by itself for what is due later."""

import threading

import structlog
from django.db import DatabaseError, close_old_connections

from kernel.events import wake
from kernel.events.relay import Relay

log = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0


class RelayThread(threading.Thread):
    """A daemon: the outbox keeps what the end of the process interrupts, for the next start."""

    def __init__(self) -> None:
        super().__init__(name="event-relay", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        relay = Relay()
        while not self.stopping.is_set():
            wake.arrived.clear()
            close_old_connections()
            try:
                busy = relay.deliver_due() > 0
            except DatabaseError:
                log.exception("relay_has_no_database")
                busy = False
            if not busy:
                wake.arrived.wait(IDLE_SECONDS)
        close_old_connections()

    def stop(self) -> None:
        self.stopping.set()
        wake.wake()


_thread: RelayThread | None = None


def start() -> RelayThread:
    """Start the relay of this process, once."""
    global _thread
    if _thread is None or not _thread.is_alive():
        _thread = RelayThread()
        _thread.start()
    return _thread
