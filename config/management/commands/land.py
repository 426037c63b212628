"""`manage.py land`: a module's data comes home to the shared database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from config.lifting import switch
from config.lifting.moving import CannotMove, Move
from config.management.commands.lift import carry_out


class Command(BaseCommand):
    help = "Moves a module's data back into the shared database; without --run it shows what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("module")
        parser.add_argument("--run", action="store_true", help="do it, or go on where an earlier run was stopped")
        parser.add_argument("--abort", action="store_true", help="give up before the switch: writers go on at once")
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="copy the module's uploads there")
        parser.add_argument("--out", type=Path, default=Path("landed.env"), metavar="FILE")

    def handle(self, *args: Any, module: str, **options: Any) -> None:
        if module not in settings.LOCAL_MODULES or module not in settings.DATABASES:
            raise CommandError(f"{module} has no database of its own here: set {module.upper()}_DATABASE_URL")
        try:
            move = Move(module, module, DEFAULT_DB_ALIAS, options["media"])
            carry_out(self, move, switch.landed(module), **options)
        except CannotMove as error:
            raise CommandError(str(error)) from error
