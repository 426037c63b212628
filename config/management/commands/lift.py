"""`manage.py lift`: a module's data moves from the shared database to one of its own."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from config.lifting import switch
from config.lifting.moving import CannotMove, Move, reachable


class Command(BaseCommand):
    help = "Moves a module's data into a database of its own; without --run it shows what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("module")
        parser.add_argument("--to", required=True, metavar="DATABASE_URL")
        parser.add_argument("--run", action="store_true", help="do it, or go on where an earlier run was stopped")
        parser.add_argument("--abort", action="store_true", help="give up before the switch: writers go on at once")
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="copy the module's uploads there")
        parser.add_argument("--at", default="", metavar="URL", help="where the module will run as its own process")
        parser.add_argument("--out", type=Path, default=Path("lifted.env"), metavar="FILE")

    def handle(self, *args: Any, module: str, to: str, **options: Any) -> None:
        if module not in settings.LOCAL_MODULES:
            raise CommandError(f"{module!r} does not run here; there are {', '.join(settings.LOCAL_MODULES)}")
        if module in settings.DATABASES:
            raise CommandError(f"{module} has a database of its own already; `land {module}` brings it home")
        processes = switch.lifted(module, to, options["at"], options["media"])
        try:
            with reachable(module, to):
                move = Move(module, DEFAULT_DB_ALIAS, module, options["media"])
                carry_out(self, move, processes, **options)
        except (CannotMove, ValueError) as error:
            raise CommandError(str(error)) from error


def carry_out(
    command: BaseCommand,
    move: Move,
    processes: dict[str, dict[str, str]],
    *,
    run: bool,
    abort: bool,
    out: Path,
    **_: Any,
) -> None:
    """What both directions do: show, give up, or move and write down how to switch."""
    tell = command.stdout.write
    if abort:
        move.abort()
        tell(f"{move.module} can be written again where it is.")
        return
    for line in move.plan():
        tell(line)
    if not run:
        names = [name for variables in processes.values() for name in variables]
        tell(f"The switch would write {', '.join(names)} to {out}. Nothing was done; --run does it.")
        return
    seconds = move.run(tell)
    files = ", ".join(map(str, switch.write(out, processes)))
    tell(f"{move.module} has moved; the write freeze took {seconds:.2f} s.")
    tell(f"Start all processes anew with {files}. Until then they read at the old place, and may not write.")
