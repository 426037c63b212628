"""Several at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from contracts.errors import DomainError

LONGEST = 30
"""Seconds after which a thread is taken not to have come."""


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each work returned, or the domain error that it raised, in their order."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        try:
            start.wait(timeout=LONGEST)
            return work()
        except DomainError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
