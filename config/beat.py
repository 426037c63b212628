"""Celery's beat, with what is scheduled, in code: once a minute it has the worker look for jobs that are due.

celery -A config.beat beat

Which jobs are due the database knows. So beat has nothing to remember, and an application of its own, without Django's
apps: it starts in half the time, in half the memory.
"""

import logging.config
from typing import Any

from celery import Celery, signals
from django.conf import settings

app = Celery("beat", fixups=[])
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_max_retries=None,  # beat waits for Redis as long as it takes, as the worker does
    broker_transport_options=settings.CELERY_TRANSPORT_OPTIONS,
    task_ignore_result=True,
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "jobs": {
            "task": "jobs.run_due",
            "schedule": 60.0,
            "options": {"expires": 50.0, "queue": next(iter(settings.LOCAL_MODULES), "portal")},
        },
    },
    timezone="UTC",
)


@signals.setup_logging.connect
def log_as_the_house_does(**_: Any) -> None:
    """With a receiver here, Celery sets up nothing of its own."""
    logging.config.dictConfig(settings.LOGGING)
