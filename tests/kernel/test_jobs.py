"""Scheduled jobs: run when due, by one process, with an outcome that can be seen."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from kernel import jobs
from kernel.context import running_module
from kernel.jobs import Job
from kernel.models import CommandAnswer, JobState

pytestmark = pytest.mark.django_db

EVERY = timedelta(hours=6)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Whose code ran; of the house's jobs only the one of these tests is left."""
    found: list[str | None] = []

    def count(alias: str) -> str:
        found.append(running_module())
        return f"{len(found)} times"

    monkeypatch.setattr(jobs, "jobs", {"leaves.count": Job("leaves.count", EVERY, count)})
    return found


def make_due() -> None:
    JobState.objects.update(due_at=timezone.now())


def test_a_job_runs_when_it_is_due_as_its_module_and_says_how_it_went(ran: list[str | None]) -> None:
    assert (jobs.run_due(), jobs.run_due()) == (1, 0)
    assert ran == ["leaves"]
    state = JobState.objects.get()
    assert (state.succeeded, state.outcome) == (True, "1 times")
    assert state.begun_at
    assert state.due_at == state.begun_at + EVERY
    make_due()
    assert jobs.run_due() == 1
    assert JobState.objects.get().outcome == "2 times"


def test_a_job_that_fails_is_seen_and_does_not_wait_for_its_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "jobs", {"leaves.fail": Job("leaves.fail", EVERY, lambda alias: 1 / 0)})
    assert jobs.run_due() == 1
    state = JobState.objects.get()
    assert (state.succeeded, state.outcome) == (False, "ZeroDivisionError: division by zero")
    assert state.due_at < timezone.now() + EVERY


def test_jobs_of_modules_elsewhere_are_left_to_them(ran: list[str | None], settings: Settings) -> None:
    settings.LOCAL_MODULES = ["users"]
    assert jobs.run_due() == 0
    assert ran == []


def test_the_command_shows_all_jobs_and_runs_one(ran: list[str | None], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("jobs")
    assert "leaves.count" in capsys.readouterr().out
    call_command("jobs", run="leaves.count")
    assert "done 1 times" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"called leaves\.nothing"):
        call_command("jobs", run="leaves.nothing")


def test_the_kernel_tidies_up_after_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "users.forget_sessions" in jobs.jobs
    own = {name: job for name, job in jobs.jobs.items() if name.startswith("kernel.")}
    monkeypatch.setattr(jobs, "jobs", own)
    CommandAnswer.objects.create(key="old", operation="x")
    CommandAnswer.objects.update(begun_at=timezone.now() - timedelta(days=3))
    assert jobs.run_due() == len(own) > 0
    assert not CommandAnswer.objects.exists()
    assert set(JobState.objects.values_list("succeeded", flat=True)) == {True}
