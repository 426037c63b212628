"""`manage.py modules`: what each module provides, requires, publishes, listens to, owns and serves; with `readiness`,
what ties it to the house and what lifting it out would cost.
"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.canvas import as_markdown, canvases, routes_by_owner
from kernel.events.subscriptions import all_consumers
from kernel.readiness import assess, read_metrics

BEGIN, END = "<!-- modules: begin, written by `manage.py modules --write` -->", "<!-- modules: end -->"


class Command(BaseCommand):
    help = (
        "Describes the modules from the running code; --write puts it into the README, and who listens to which event "
        "into the list that processes without those modules read; --check compares both."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", choices=["canvas", "readiness"], default="canvas")
        parser.add_argument("--metrics", metavar="URL", help="/metrics of a house that runs, for what only that knows")
        parser.add_argument("--json", action="store_true", help="readiness as JSON")
        parser.add_argument("--format", choices=["text", "markdown"], default="text")
        parser.add_argument("--write", action="store_true", help="put the description into the README")
        parser.add_argument("--check", action="store_true", help="fail when the README is out of date")
        parser.add_argument("--consumers", type=Path, default=settings.CONSUMERS_FILE)
        parser.add_argument("--readme", type=Path, default=Path(settings.BASE_DIR) / "README.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "readiness":
            self._readiness(options["metrics"], as_json=options["json"])
            return
        markdown = as_markdown(canvases(), len(routes_by_owner().get("portal", [])))
        if options["check"] or options["write"]:
            readme: Path = options["readme"]
            text = readme.read_text(encoding="utf-8")
            if text.count(BEGIN) != 1 or text.count(END) != 1:
                raise CommandError(f"{readme.name} has no place for the modules: it needs the lines {BEGIN} and {END}")
            before, rest = text.split(BEGIN)
            after = rest.split(END)[1]
            current = f"{before}{BEGIN}\n\n{markdown}\n\n{END}{after}"
            if options["write"]:
                readme.write_text(current, encoding="utf-8")
            elif current != text:
                raise CommandError(f"{readme.name} is out of date: run `manage.py modules --write`")
            self._list_consumers(options["consumers"], write=options["write"])
            self.stdout.write(f"{readme.name} describes the modules as they are.")
        elif options["format"] == "markdown":
            self.stdout.write(markdown)
        else:
            self._print()

    def _readiness(self, metrics_url: str | None, *, as_json: bool) -> None:
        try:
            found = list(assess(read_metrics(metrics_url) if metrics_url else None))
        except OSError as error:
            raise CommandError(str(error)) from error
        except CalledProcessError as error:
            why = error.stderr.decode(errors="replace")
            raise CommandError(f"A module does not come up by itself:\n{why}") from error
        if as_json:
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=2))
            return
        line = "{:<14}{:<7}{:>8}{:>10}{:>9}{:>10}{:>9}{:>14}  {}"
        self.stdout.write(
            line.format(
                *("module", "ready", "imports", "crossings", "dangling", "requires"), "boot s", "calls/req", "contract"
            )
        )
        for one in found:
            crossings = "-" if one.crossings is None else one.crossings
            calls = "-" if one.calls_per_request is None else f"{one.calls_per_request:.2f}"
            ready = "yes" if one.is_ready else "no"
            self.stdout.write(
                line.format(
                    *(one.module, ready, one.imports, crossings, one.dangling, one.requires),
                    *(f"{one.boot_seconds:.1f}", calls, one.contract),
                )
            )
        if not metrics_url:
            self.stdout.write("- was not measured: --metrics http://…/metrics asks a house that runs.")

    def _list_consumers(self, path: Path, *, write: bool) -> None:
        if settings.DIVIDED:
            raise CommandError("Only a process with all modules knows who listens to what.")
        current = json.dumps(all_consumers(), indent=1) + "\n"
        if write:
            path.write_text(current, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != current:
            raise CommandError(f"{path.name} is out of date: run `manage.py modules --write`")

    def _print(self) -> None:
        for module in canvases():
            self.stdout.write(f"{module.name}  ({module.provides})")
            for title, items in (
                ("operations", module.operations),
                ("requires", module.requires),
                ("publishes", module.publishes),
                ("listens to", module.subscribes),
                ("owns", module.tables),
                ("serves", module.routes),
            ):
                self.stdout.write(f"  {title:<11} {', '.join(items) or '-'}")
