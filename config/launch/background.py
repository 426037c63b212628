"""What runs beside the web server when there is Redis: a Celery worker and beat, as command lines."""

import sys
from collections.abc import Sequence

THREADS = 8
"""Events and jobs that a worker deals with at once."""

CELERY = (sys.executable, "-m", "celery", "--app", "config.celery", "--quiet")


def worker(modules: Sequence[str]) -> list[str]:
    """Takes from the queues of these modules."""
    return [
        *(*CELERY, "worker", "--loglevel", "WARNING", "--queues", ",".join(modules)),
        *("--pool", "threads", "--concurrency", str(THREADS)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat() -> list[str]:
    """Has the worker look for jobs that are due."""
    return [*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", ""]
