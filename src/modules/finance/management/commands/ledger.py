"""`manage.py ledger check|post`: whether the books say what fines and payments say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.context import running
from modules.finance.ledger.checking import problems
from modules.finance.ledger.posting import MODULE, post_missing


class Command(BaseCommand):
    help = "Compares the ledger with fines and payments, or posts and reverses what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "post"])

    def handle(self, *args: Any, **options: Any) -> None:
        with running(MODULE):
            if options["what"] == "post":
                self.stdout.write(f"{post_missing()} transactions posted.")
                return
            wrong = 0
            for problem in problems():
                self.stdout.write(problem)
                wrong += 1
        if wrong:
            raise CommandError(f"{wrong} discrepancies; `manage.py ledger post` posts what is missing")
        self.stdout.write("The ledger is right.")
