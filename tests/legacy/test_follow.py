"""A move that follows a legacy in use: again and again, until it is told to stop."""

import io
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from migrations_legacy.models import MoveRun
from modules.academics.models import Course
from tests.legacy.moving import execute

pytestmark = pytest.mark.django_db


class Watched(io.StringIO):
    """Output that lets something happen after each line: what people do in the legacy in the meantime."""

    def __init__(self, *happenings: Callable[[], None]) -> None:
        super().__init__()
        self._happenings = iter(happenings)

    def write(self, text: str) -> int:
        written = super().write(text)
        if text.endswith("\n"):
            next(self._happenings)()
        return written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_repeats_until_it_is_told_to_stop_and_says_a_line_for_each_run(school: Path, number: signal.Signals) -> None:
    def rename() -> None:
        execute(school, "UPDATE student_management_app_courses SET course_name = 'Optics' WHERE id = 2")
        execute(school, "DELETE FROM student_management_app_feedbackstudent WHERE id = 1")

    def nothing() -> None:
        pass

    handlers = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    out = Watched(rename, nothing, lambda: os.kill(os.getpid(), number), *[nothing] * 500)
    call_command("migrate_legacy", str(school), follow=0.001, stdout=out)
    lines = out.getvalue().splitlines()
    assert re.search(r"UTC: \d+ inserted, \d+\.\d s$", lines[0])
    assert "1 updated, 1 deleted" in lines[1]
    assert "nothing changed" in lines[2]
    assert lines[-1].endswith("The balance holds and both sides agree.")
    assert Course.objects.get(pk=2).name == "Optics"
    assert not MoveRun.objects.filter(ended=None).exists()
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == handlers


def test_a_legacy_that_is_followed_keeps_room_for_its_own_ids(school: Path) -> None:
    out = Watched(lambda: os.kill(os.getpid(), signal.SIGTERM), *[lambda: None] * 500)
    call_command("migrate_legacy", str(school), follow=60, stdout=out)
    assert Course.objects.create(name="Entered here").pk > 1_000_000
