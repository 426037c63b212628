"""The WSGI application, and with it telemetry and the relay that delivers this process's events."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from config import telemetry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

gc.disable()  # until the kernel is ready
telemetry.start()
application = get_wsgi_application()

import_module("kernel.events.runner").start()
