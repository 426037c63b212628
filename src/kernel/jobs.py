"""Scheduled jobs: what a module does from time to time, declared beside the function in its `tasks.py`.

    @scheduled(every=timedelta(days=1))
    def forget_sessions() -> str: ...

When a job is next due stands in the database of its module, together with how its last run went. Several processes may
look at the same time: one of them finds it due. Without Redis a thread looks once a minute, with Redis Celery's beat
has a worker look.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from contracts.errors import ModuleMoving
from kernel.context import running
from kernel.databases import alias_of, module_aliases
from kernel.events.subscriptions import module_of
from kernel.models import JobState

Work = TypeVar("Work", bound=Callable[[], object])
DatabaseWork = TypeVar("DatabaseWork", bound=Callable[..., object])

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(minutes=1)
TRY_AGAIN_AFTER = timedelta(minutes=10)
"""A job that failed does not wait for its next turn when that is farther away."""


@dataclass(frozen=True)
class Job:
    name: str
    """ "<module>.<function>"; of the kernel's own jobs, "kernel.<function>"."""
    every: timedelta
    run: Callable[[str], object]
    """Given the database alias that it works on; what it returns is shown as the run's outcome."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Where it runs: on its module's database; the kernel's own jobs on every one."""
        module = module_of(self.name)
        return module_aliases() if module == "kernel" else (alias_of(module),)


jobs: dict[str, Job] = {}


def scheduled(*, every: timedelta) -> Callable[[Work], Work]:
    """Declares a function of a module's tasks.py as a job. It must be able to run again where it stopped."""

    def declare(function: Work) -> Work:
        name = f"{function.__module__.split('.')[-2]}.{function.__name__}"
        jobs[name] = Job(name, every, lambda alias: function())
        return function

    return declare


def on_each_database(*, every: timedelta) -> Callable[[DatabaseWork], DatabaseWork]:
    """Declares a job of the kernel, which has tables in every database."""

    def declare(function: DatabaseWork) -> DatabaseWork:
        jobs[f"kernel.{function.__name__}"] = Job(f"kernel.{function.__name__}", every, function)
        return function

    return declare


def run_due() -> int:
    """Run the jobs of this process's modules that are due; returns how many ran."""
    ran = 0
    for job, alias in here():
        try:
            ran += _run_if_due(job, alias)
        except ModuleMoving as reason:
            log.info("job_waits", job=job.name, moving=reason.module)
    return ran


def here() -> Iterator[tuple[Job, str]]:
    """The jobs of this process, each with the databases that it works on."""
    for job in list(jobs.values()):
        if module_of(job.name) in ("kernel", *settings.LOCAL_MODULES):
            for alias in job.aliases:
                yield job, alias


def run_now(job: Job, alias: str) -> bool:
    """Run a job, whether due or not; returns whether it went well."""
    now = timezone.now()
    begun = {"begun_at": now, "ended_at": None, "succeeded": None, "outcome": "", "due_at": now + job.every}
    JobState.objects.using(alias).update_or_create(name=job.name, defaults=begun)
    return _carry_out(job, alias)


def _run_if_due(job: Job, alias: str) -> bool:
    now = timezone.now()
    JobState.objects.using(alias).get_or_create(name=job.name, defaults={"due_at": now})
    due = JobState.objects.using(alias).filter(name=job.name, due_at__lte=now)
    if not due.update(due_at=now + job.every, begun_at=now, ended_at=None, succeeded=None, outcome=""):
        return False
    _carry_out(job, alias)
    return True


def _carry_out(job: Job, alias: str) -> bool:
    module = module_of(job.name)
    state = JobState.objects.using(alias).filter(name=job.name)
    with structlog.contextvars.bound_contextvars(job=job.name):
        try:
            with running(None if module == "kernel" else module):
                outcome = job.run(alias)
        except Exception as error:
            log.exception("job_failed")
            now = timezone.now()
            told = f"{type(error).__name__}: {error}"[:500]
            state.update(ended_at=now, succeeded=False, outcome=told, due_at=now + min(job.every, TRY_AGAIN_AFTER))
            return False
    state.update(ended_at=timezone.now(), succeeded=True, outcome="" if outcome is None else str(outcome)[:500])
    return True


class JobThread(threading.Thread):
    """Looks for due jobs while the process lives; a job that its end interrupts runs again at its next turn."""

    def __init__(self) -> None:
        super().__init__(name="jobs", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(LOOK_EVERY.total_seconds()):
            close_old_connections()
            try:
                run_due()
            except DatabaseError:
                log.exception("jobs_have_no_database")
        close_old_connections()

    def stop(self) -> None:
        self.stopping.set()
