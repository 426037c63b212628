"""`manage.py payments`: what has to be done about payments now and then."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.base import Actor
from kernel.context import request_id, running
from modules.finance.providers import ProviderFailed
from modules.finance.reconciling import reconcile, summary
from modules.finance.settling import MODULE


class Command(BaseCommand):
    help = "reconcile: ask the payment provider about orders that were left open, and settle what was paid"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["reconcile"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with running(MODULE):
                self.stdout.write(summary(reconcile(actor=Actor.system(request_id=request_id()))))
        except ProviderFailed as error:
            raise CommandError(f"The payment provider cannot be asked: {error}.") from error
