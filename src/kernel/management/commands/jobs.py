"""`manage.py jobs`: the scheduled jobs of this process's modules, when they are due, and how their last run went."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import jobs
from kernel.models import JobState


class Command(BaseCommand):
    help = "Shows the scheduled jobs and how they went, or runs one now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--run", metavar="NAME", help="run this one now, whether due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run"]:
            self._run(options["run"])
        for job, alias in jobs.here():
            state = JobState.objects.using(alias).filter(name=job.name).first()
            self.stdout.write(f"{job.name:<32} {alias:<14} every {job.every!s:<16} {_told(state)}")

    def _run(self, name: str) -> None:
        chosen = [(job, alias) for job, alias in jobs.here() if job.name == name]
        if not chosen:
            raise CommandError(f"No job here is called {name}.")
        for job, alias in chosen:
            if not jobs.run_now(job, alias):
                raise CommandError(f"{name} failed on {alias}; the log says why.")


def _told(state: JobState | None) -> str:
    if state is None or state.begun_at is None:
        return "has not run yet"
    result = {True: "done", False: "FAILED", None: "running, or interrupted"}[state.succeeded]
    return f"{state.begun_at:%Y-%m-%d %H:%M} {result} {state.outcome}".rstrip()
