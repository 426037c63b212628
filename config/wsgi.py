"""The WSGI application, and with it the relay that delivers this process's events."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()


def _start_relay() -> None:
    from kernel.events import runner

    runner.start()


_start_relay()
