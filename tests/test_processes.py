"""Processes of the tests know their own settings, and what became of them is not missed."""

import os
import signal
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import environment_for, run


def write_down(told: str) -> None:
    Path(told).write_text(f"{settings.DATABASES['default']['NAME']} {settings.SCHOOL_NAME}")


def fail() -> None:
    raise LookupError("no such pupil")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_reads_its_own_settings(tmp_path: Path) -> None:
    told, environment = tmp_path / "told", environment_for(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    assert run(environment | {"SCHOOL_NAME": "Elsewhere"}, f"{__name__}:write_down", told) == 0
    assert told.read_text() == f"{tmp_path / 'own.sqlite3'} Elsewhere"


def test_one_that_fails_is_a_failure_with_its_words_and_one_that_is_killed_is_told(tmp_path: Path) -> None:
    environment = environment_for(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    with pytest.raises(AssertionError, match="no such pupil"):
        run(environment, f"{__name__}:fail")
    assert run(environment, f"{__name__}:die") == -signal.SIGKILL
