"""`manage.py load_demo`: fill an empty database with the demo school."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import demo
from config.demo.hurry import hurry
from config.demo.school import School
from config.launch.school import has_people, is_whole
from config.settings import env
from contracts.errors import DomainError
from kernel.events.relay import Relay


class Command(BaseCommand):
    help = "Fill an empty database with an invented school: people, a term of attendance, results, leave, fines."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when the database holds people already, or not all modules live here."""
        if not is_whole():
            raise CommandError("The demo school needs all modules in this process.")
        if has_people():
            raise CommandError("This database holds a school already. The demo school is made in an empty one only.")
        password = demo.PASSWORD if env.local else secrets.token_urlsafe(12)
        with hurry():
            try:
                School(password=password, say=self._say).build()
            except DomainError as error:
                text = f"The demo school is unfinished: {error} Empty the database before you try again."
                raise CommandError(text) from error
            self._say(f"{Relay().drain()} events delivered")
        if not env.local:
            self._say(f"Password of all its people, as {demo.HEAD}: {password}")

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()
