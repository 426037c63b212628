from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class ConfigApp(AppConfig):
    """Carries the commands that work on the whole house, such as `serve` and `load_demo`."""

    name = "config"

    def ready(self) -> None:
        if settings.CELERY_BROKER_URL:
            import_module("config.celery")
