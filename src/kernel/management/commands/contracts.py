"""`manage.py contracts`: writes the contracts' schemas, or says what a change of them would break."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.base import Service
from kernel.contract_schemas import FOLDER, breaking_changes, schema_of


class Command(BaseCommand):
    help = "Compares the contracts with the schemas that are checked in; --write takes the change over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the schemas, unless that breaks a client")
        parser.add_argument("--break", action="store_true", dest="allow_break", help="write them even so")
        parser.add_argument("--folder", type=Path, default=FOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        breaking, outdated = [], []
        for module in sorted(Service.interfaces):
            path = folder / f"{module}.json"
            current = schema_of(module)
            text = json.dumps(current, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            if before:
                breaking += [f"{module}: {change}" for change in breaking_changes(json.loads(before), current)]
            if text != before:
                outdated.append((path, text))
        if breaking and not options["allow_break"]:
            raise CommandError(
                "This breaks clients of the contract; give the change a new name or version:\n  "
                + "\n  ".join(breaking)
            )
        if options["write"]:
            folder.mkdir(exist_ok=True)
            for path, text in outdated:
                path.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {len(outdated)} schemas.")
        elif outdated:
            raise CommandError(
                "Out of date: " + ", ".join(p.name for p, _ in outdated) + "; run `manage.py contracts --write`"
            )
        else:
            self.stdout.write("The contracts are as their schemas say.")
