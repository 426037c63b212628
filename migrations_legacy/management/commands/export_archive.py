"""`manage.py export_archive FILE [--open-secrets]`"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migrations_legacy.keeping import opened
from migrations_legacy.models import ArchivedRow

_AT_ONCE = 1000


class Command(BaseCommand):
    help = (
        "Writes what the move archived, since it has no place here, as JSON: a line for each row, with its table, its "
        "key and why it was archived. Only its owner may read the file."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to be made; it must not exist")
        parser.add_argument("--open-secrets", action="store_true", help="write sealed values in clear")

    def handle(self, *args: Any, file: Path, open_secrets: bool, **options: Any) -> None:
        """CommandError when the file cannot be made; one that is there is never overwritten."""
        rows = ArchivedRow.objects.order_by("table__name", "number")
        number = 0
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as lines:
                for table, key, rule, kept in rows.values_list("table__name", "key", "rule", "row").iterator(_AT_ONCE):
                    row = opened(kept) if open_secrets else kept
                    line = {"table": table, "key": key, "rule": rule, "row": row}
                    lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                    number += 1
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}.") from error
        self.stdout.write(f"{number:,} rows written to {file}.")
