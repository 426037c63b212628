"""What runs beside the web server when there is Redis: a Celery worker and beat, as command lines."""

import sys
from collections.abc import Sequence

THREADS = 8
"""Events and jobs that a worker deals with at once."""


def celery(application: str, command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", application, "--quiet", command, "--loglevel", "WARNING"]


def worker(modules: Sequence[str]) -> list[str]:
    """Takes from the queues of these modules."""
    return [
        *(*celery("config.celery", "worker"), "--queues", ",".join(modules)),
        *("--pool", "threads", "--concurrency", str(THREADS)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat() -> list[str]:
    """Has the worker look for jobs that are due."""
    return [*celery("config.beat", "beat"), "--pidfile", ""]
