"""How far a chain of calls has come: the time that is left for it, and the processes that it has passed through.

Both travel with every call over HTTP, as what is left and not as a point in time, so that clocks need not agree.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

DEFAULT_SECONDS = 10.0
"""For a call that nobody set a limit for: a page or a task that asks another module."""
HEAD_START = 0.05
"""Seconds by which a provider gives up before its caller, so that the caller still hears why."""
MAX_HOPS = 8
"""Processes that a chain may pass through. No real one comes near; a circle does."""

DEADLINE_HEADER, HOPS_HEADER = "X-Deadline-Ms", "X-Hops"


@dataclass(frozen=True)
class Journey:
    ends_at: float
    """By this process's monotonic clock, in seconds."""
    hops: int

    def remaining(self) -> float:
        """Seconds until the caller stops waiting; negative when it has."""
        return self.ends_at - time.monotonic()

    def headers(self) -> dict[str, str]:
        """What the next process is told."""
        left = max(0, int((self.remaining() - HEAD_START) * 1000))
        return {DEADLINE_HEADER: str(left), HOPS_HEADER: str(self.hops + 1)}


_journey: ContextVar[Journey | None] = ContextVar("journey", default=None)


def current() -> Journey:
    """The journey of the work in hand; a new one where it begins here."""
    return _journey.get() or Journey(ends_at=time.monotonic() + DEFAULT_SECONDS, hops=0)


def read(headers: Mapping[str, str]) -> Journey:
    """The journey of a call that arrived. Raises ValueError when its headers are no numbers."""
    left = int(headers.get(DEADLINE_HEADER, DEFAULT_SECONDS * 1000))
    return Journey(ends_at=time.monotonic() + left / 1000, hops=int(headers.get(HOPS_HEADER, 1)))


@contextmanager
def travelling(journey: Journey) -> Iterator[None]:
    """Calls made inside the block belong to this journey."""
    token = _journey.set(journey)
    try:
        yield
    finally:
        _journey.reset(token)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Calls made inside the block share this much time, or what an outer limit leaves of it."""
    now = current()
    with travelling(Journey(ends_at=min(now.ends_at, time.monotonic() + seconds), hops=now.hops)):
        yield
