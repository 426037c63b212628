"""`manage.py totals check|rebuild`: whether the running totals are what counting would give."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.totals import RunningTotal, derived_models, rebuild_all


class Command(BaseCommand):
    help = "Compares the running totals with a count of the rows, or rebuilds them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "rebuild"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "rebuild":
            self.stdout.write(f"Rebuilt {', '.join(rebuild_all())}.")
            return
        wrong = 0
        for model in derived_models():
            if issubclass(model, RunningTotal):
                for name, (kept, counted) in model.differences().items():
                    self.stdout.write(f"{model._meta.db_table} {name}: kept {kept}, counted {counted}")
                    wrong += 1
        if wrong:
            raise CommandError(f"{wrong} totals are wrong; `manage.py totals rebuild` counts them anew")
        self.stdout.write("All totals are right.")
