"""`manage.py topology`: writes what a topology needs to run."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.topology import compose, gateway, plan


class Command(BaseCommand):
    help = "Writes compose file, gateway and environment of monolith, lifted:<module> or microservices."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="TOPOLOGY", help="monolith, lifted:<module>, or microservices")
        parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")

    def handle(self, *args: Any, name: str, out: Path, **options: Any) -> None:
        try:
            topology = plan.named(name)
        except ValueError as error:
            raise CommandError(str(error)) from None
        out.mkdir(parents=True, exist_ok=True)
        for file, text in {
            "compose.yaml": compose.compose_file(topology),
            compose.GATEWAY: gateway.configuration(
                topology, listen=str(compose.GATEWAY_PORT), address=compose.internal_address
            ),
            compose.DATABASES: compose.databases(topology),
            ".env.example": compose.environment_example(),
        }.items():
            (out / file).write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {out}: {', '.join(unit.name for unit in topology.units)} behind the gateway.")
