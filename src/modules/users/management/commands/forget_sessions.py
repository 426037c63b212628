"""`manage.py forget_sessions`: deletes the record of sessions that ended long ago."""

from typing import Any

from django.core.management.base import BaseCommand

from modules.users.sessions import KEPT_FOR
from modules.users.tasks import forget_sessions


class Command(BaseCommand):
    help = f"Deletes what is known of sessions {KEPT_FOR.days} days after their time was over."

    def handle(self, *args: Any, **options: Any) -> None:
        forgotten = forget_sessions()
        if options["verbosity"]:
            self.stdout.write(f"Forgot {forgotten} sessions.")
