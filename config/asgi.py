"""The ASGI application, for servers that speak only that; `config.wsgi` is what `make run` and the image serve."""

import gc
import os
from importlib import import_module

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

gc.disable()  # until the kernel is ready
application = get_asgi_application()

import_module("kernel.events.runner").start()
