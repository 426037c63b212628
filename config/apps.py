from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Carries the commands that work on the whole house: `serve` and `load_demo`."""

    name = "config"
