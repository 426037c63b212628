"""Beat has the worker look for jobs that are due, and is a small process of its own."""

import subprocess
import sys

import pytest
from django.conf import settings
from kombu import Connection

from config import beat, celery
from tests.processes import environment_for
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only


def test_what_it_sends_is_a_task_of_the_worker_and_comes_to_one_of_its_queues() -> None:
    celery.app.loader.import_default_modules()
    for scheduled in beat.app.conf.beat_schedule.values():
        with Connection("memory://") as broker:
            beat.app.send_task(scheduled["task"], connection=broker, **scheduled["options"])
            message = broker.SimpleQueue(settings.LOCAL_MODULES[0]).get(block=False)
        assert message.headers["task"] in celery.app.tasks


def test_it_starts_without_the_house() -> None:
    """Which would take it longer than all else that it does in a day."""
    subprocess.run(
        [sys.executable, "-c", "import sys, config.beat; sys.exit('django.db' in sys.modules)"],
        cwd=ROOT,
        env=environment_for("sqlite:///not-opened.sqlite3"),
        check=True,
    )
