"""A circuit breaker: after several failures in a row nobody waits for a target, until one probe gets through."""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 5
"""In a row; then the circuit opens."""
PAUSE = 5.0
"""Seconds until a probe may try."""


class Breaker:
    """Closed: calls go through. Open: none does. After the pause one probe decides which of both it is from then on."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._probe_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES

    def allows(self) -> bool:
        """Whether a call may be tried now. Asking while open, when the pause is over, makes the asker the probe."""
        with self._lock:
            if not self.is_open:
                return True
            if self._clock() < self._probe_at:
                return False
            self._probe_at = self._clock() + PAUSE
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self.is_open:
                self._probe_at = self._clock() + PAUSE
