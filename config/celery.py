"""The Celery application of the worker, which carries events to the modules of this process and runs their jobs.
What has it look for jobs that are due is `config.beat`.
"""

import gc
import os
from importlib import import_module
from typing import Any

from celery import Celery, signals
from django.apps import apps
from django.conf import settings

from config import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if not apps.ready:
    gc.disable()  # until the kernel is

app = Celery("school")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker waits for Redis as long as it takes
    broker_transport_options=settings.CELERY_TRANSPORT_OPTIONS,
    accept_content=["json"],
    task_ignore_result=True,
    task_create_missing_queues=True,
    task_default_queue=next(iter(settings.LOCAL_MODULES), "portal"),
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    imports=["kernel.events.queues"],
    timezone="UTC",
)
app.set_default()


@signals.setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Log as Django's settings say: with a receiver here, Celery sets up nothing of its own."""


@signals.worker_init.connect
def start_telemetry(**_: Any) -> None:
    """As the server does."""
    telemetry.start()


@signals.worker_ready.connect
def start_relay(**_: Any) -> None:
    """What the worker's own work publishes is sent on by a relay beside it."""
    import_module("kernel.events.runner").start()
