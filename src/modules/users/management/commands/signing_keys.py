"""`manage.py signing_keys list|rotate|retire`: the keys that sign access tokens."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from modules.users import signing_keys
from modules.users.models import SigningKey


class Command(BaseCommand):
    help = (
        "Lists the keys that sign access tokens; rotates them (tokens of the old key stay good until they expire); or "
        "retires one at once (its tokens are refused, and programs refresh)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("list")
        what.add_parser("rotate")
        what.add_parser("retire").add_argument("kid")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["what"]:
            case "list":
                for key in SigningKey.objects.order_by("pk"):
                    until = (
                        f"retired, checks until {key.checks_until:%Y-%m-%d %H:%M:%S} UTC" if key.retired_at else "signs"
                    )
                    self.stdout.write(f"{key.kid}  made {key.created_at:%Y-%m-%d %H:%M:%S} UTC  {until}")
            case "rotate":
                self.stdout.write(f"Tokens are signed with {signing_keys.rotate()} from now on.")
            case "retire":
                if not signing_keys.retire(options["kid"]):
                    raise CommandError(f"there is no key {options['kid']} in use")
                self.stdout.write("Its tokens are refused from now on; elsewhere within five minutes.")
