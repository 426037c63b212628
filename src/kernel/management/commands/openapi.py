"""`manage.py openapi`: writes the description of the API, or says what a change of it would break."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.rest.changes import breaking_changes
from kernel.rest.schema import openapi


class Command(BaseCommand):
    help = "Compares the API with the description that is checked in; --write takes the change over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the description, unless that breaks a client")
        parser.add_argument("--break", action="store_true", dest="allow_break", help="write it even so")
        parser.add_argument("--file", type=Path, default=settings.API_DESCRIPTION_FILE)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        text = json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n"
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        breaking = breaking_changes(json.loads(before), openapi()) if before else []
        if breaking and not options["allow_break"]:
            raise CommandError(
                "This breaks clients of the API; keep the old next to the new, or say --break:\n  "
                + "\n  ".join(breaking)
            )
        if options["write"]:
            file.write_text(text, encoding="utf-8")
        elif text != before:
            raise CommandError(f"{file.name} is out of date; run `manage.py openapi --write`")
