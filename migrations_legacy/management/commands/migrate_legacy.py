"""`manage.py migrate_legacy [inspect] SOURCE... [--map FILE] [--media FOLDER] [--follow] [--report FILE]` and more."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.fates import fates
from migrations_legacy.inspection import inspection
from migrations_legacy.management.refusals import refusals
from migrations_legacy.media import check_folder
from migrations_legacy.merging import Prefer
from migrations_legacy.progress import Silent, Written
from migrations_legacy.reading.opening import open_source
from migrations_legacy.reading.operator import read_map
from migrations_legacy.reading.school import School
from migrations_legacy.rendering import as_text, write_report
from migrations_legacy.report import Report
from migrations_legacy.runs import Wishes, follow, in_one_line, run_once

_INSPECT = "inspect"
_ROOM = 1_000_000
"""Ids that are left to a legacy that goes on being used, above those that it has."""


class Command(BaseCommand):
    help = (
        "Moves a legacy school in: reads a database, file or dump, never writes to it, keeps all ids and "
        "password hashes. Can be repeated: each run brings over what changed since the last."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "source",
            nargs="+",
            help="one SQLite file, dump of MySQL or database URL, or one or more dumpdata JSON files; "
            "with the word inspect before it, nothing is moved and only said what would be",
        )
        parser.add_argument(
            "--map", type=Path, metavar="FILE", help="a TOML file that says what tables and columns mean"
        )
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="the legacy's media folder, to be copied")
        parser.add_argument("--dry-run", action="store_true", help="read, convert and compare, but write nothing")
        parser.add_argument(
            "--follow", nargs="?", type=float, const=60.0, metavar="SECONDS", help="repeat until stopped, every minute"
        )
        parser.add_argument(
            "--prefer", choices=[side.value for side in Prefer], help="whose side is taken where both changed a row"
        )
        parser.add_argument(
            "--reserve",
            type=int,
            metavar="IDS",
            help="how many ids above the legacy's are left to it; a million with --follow",
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="also write the report here; JSON for *.json, a page for *.html"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when the source is refused, or when the balance or the checksums fail."""
        report_file: Path | None = options["report"]
        if report_file is not None and not report_file.absolute().parent.is_dir():
            raise CommandError(f"{report_file}: there is no such folder.")
        try:
            with refusals():
                if options["media"]:
                    check_folder(options["media"])
                if options["source"][0] == _INSPECT and len(options["source"]) > 1:
                    self._inspect(options)
                    return
                report = self._follow(options) if options["follow"] else self._move(options)
        except KeyboardInterrupt as stop:
            raise CommandError("Stopped. What was complete is kept; the next run goes on from there.") from stop
        if options["verbosity"]:
            self.stdout.write(as_text(report))
        if report_file is not None:
            write_report(report, report_file)
        if not report.succeeded:
            raise CommandError(report.verdict)

    def _write_progress(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()

    def _move(self, options: dict[str, Any]) -> Report:
        progress = Written(self._write_progress, in_place=self.stdout.isatty()) if options["verbosity"] else Silent()
        source = _opened(options)
        try:
            return run_once(source, _wishes(options), progress)
        finally:
            source.close()

    def _inspect(self, options: dict[str, Any]) -> None:
        source = _opened(options | {"source": options["source"][1:]})
        try:
            self.stdout.write(inspection(source, fates(source, CONTEXTS)))
        finally:
            source.close()

    def _follow(self, options: dict[str, Any]) -> Report:
        """Until somebody says stop; the run that is at work then is completed."""
        with _stopped_by(signal.SIGINT, signal.SIGTERM) as stop:
            runs = follow(lambda: _opened(options), _wishes(options), Silent(), every=options["follow"], stop=stop)
            for report in runs:
                self.stdout.write(in_one_line(report))
                self.stdout.flush()
                if not report.succeeded:
                    break
        return report


@contextmanager
def _stopped_by(*signals: signal.Signals) -> Iterator[threading.Event]:
    """An event that these signals set, in the place of what they do otherwise."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _opened(options: dict[str, Any]) -> School:
    said = read_map(options["map"]) if options["map"] else None
    return open_source(options["source"], said)


def _wishes(options: dict[str, Any]) -> Wishes:
    reserve = options["reserve"]
    if reserve is None:
        reserve = _ROOM if options["follow"] else 0
    prefer = Prefer(options["prefer"]) if options["prefer"] else None
    return Wishes(media=options["media"], dry_run=options["dry_run"], prefer=prefer, reserve=reserve)
