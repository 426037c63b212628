"""`manage.py refs audit`: references to rows that no longer exist."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel import context
from kernel.refs import Reaction, dangling


class Command(BaseCommand):
    help = "Finds references between modules whose target is gone. Kept history is shown, and is no error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["audit"])

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for reference, target, reaction, ids in dangling(request_id=context.request_id()):
            shown = ", ".join(map(str, ids[:20])) + (", …" if len(ids) > 20 else "")
            self.stdout.write(f"{reference} → {target} ({reaction}): {len(ids)} missing: {shown}")
            if reaction is not Reaction.KEEP:
                broken += len(ids)
        if broken:
            raise CommandError(f"{broken} dangling references")
        self.stdout.write("No dangling references.")
