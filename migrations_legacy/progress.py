"""Tells people how far a run is."""

import time
from collections.abc import Callable
from typing import Protocol

_REDRAW_SECONDS = 0.2


class Progress(Protocol):
    """What the engine reports while it works."""

    def start(self, name: str, total: int) -> None:
        """A table with `total` rows is begun."""

    def advance(self, done: int) -> None:
        """So many of its rows are done."""

    def finish(self, summary: str) -> None:
        """The table is done."""


class Silent:
    """Tells nothing."""

    def start(self, name: str, total: int) -> None:
        del name, total

    def advance(self, done: int) -> None:
        del done

    def finish(self, summary: str) -> None:
        del summary


class Written:
    """Writes one line per table; on a terminal the line is redrawn in place while the table is read."""

    def __init__(self, write: Callable[[str], object], *, in_place: bool) -> None:
        """`in_place`: the output is a terminal."""
        self._write, self._in_place = write, in_place
        self._name, self._total = "", 0
        self._began = self._drawn = 0.0

    def start(self, name: str, total: int) -> None:
        self._name, self._total = name, total
        self._began = self._drawn = time.monotonic()

    def advance(self, done: int) -> None:
        now = time.monotonic()
        if not self._in_place or now - self._drawn < _REDRAW_SECONDS:
            return
        self._drawn = now
        rate = done / max(now - self._began, 1e-6)
        left = (self._total - done) / rate if rate else 0.0
        share = 100 * done // max(self._total, 1)
        self._write(
            f"\r\x1b[K{self._name}: {share} %, {done} of {self._total} rows, {rate:,.0f} rows/s, {left:.0f} s left"
        )

    def finish(self, summary: str) -> None:
        rate = self._total / max(time.monotonic() - self._began, 1e-6)
        start = "\r\x1b[K" if self._in_place else ""
        self._write(f"{start}{self._name}: {self._total} rows, {summary}, {rate:,.0f} rows/s\n")
