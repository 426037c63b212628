"""Django app for the engine's two tables: what was placed, and what could not be."""

from django.apps import AppConfig


class MigrationsLegacyConfig(AppConfig):
    name = "migrations_legacy"
    label = "migrations_legacy"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Moving in from the legacy system"
