"""`manage.py migrate_legacy SOURCE... [--media FOLDER] [--dry-run] [--report FILE]`"""

import argparse
import sqlite3
import time
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from kernel.totals import rebuild_all
from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.engine import Engine
from migrations_legacy.errors import LegacyError, first_line
from migrations_legacy.media import check_folder, check_references, copy_media
from migrations_legacy.progress import Silent, Written
from migrations_legacy.reading.opening import open_source
from migrations_legacy.reading.school import School
from migrations_legacy.rendering import as_text, write_report
from migrations_legacy.report import MediaReport, Report


class Command(BaseCommand):
    help = (
        "Moves a legacy school in: reads a SQLite file or dumpdata JSON, never writes to it, keeps all ids and "
        "password hashes. Can be repeated: each run brings over what changed since the last."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", nargs="+", help="one SQLite file, or one or more dumpdata JSON files")
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="the legacy's media folder, to be copied")
        parser.add_argument("--dry-run", action="store_true", help="read, convert and compare, but write nothing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="also write the report here; JSON for *.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when the source is refused, or when the balance or the checksums fail."""
        report_file: Path | None = options["report"]
        if report_file is not None and not report_file.absolute().parent.is_dir():
            raise CommandError(f"{report_file}: there is no such folder.")
        try:
            if options["media"]:
                check_folder(options["media"])
            source = open_source(options["source"])
            try:
                report = self._move(source, options)
            finally:
                source.close()
        except LegacyError as error:
            raise CommandError(str(error)) from error
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError(f"A database does not answer as it should: {first_line(error)}") from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'}: {error.strerror or error}.") from error
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

    def _move(self, source: School, options: dict[str, Any]) -> Report:
        began = time.monotonic()
        dry_run: bool = options["dry_run"]
        progress = Written(self._write_progress, in_place=self.stdout.isatty()) if options["verbosity"] else Silent()
        engine = Engine(source, CONTEXTS, progress=progress, dry_run=dry_run)
        report = engine.run()
        report.unmapped = {name: source.reader.count(name) for name in source.left_tables()}
        report.extra_columns = source.left_columns()
        if report.succeeded:
            report.media = MediaReport()
            if options["media"]:
                copy_media(options["media"], default_storage, report.media, dry_run=dry_run)
            check_references(engine.files, default_storage, report.media, folder=options["media"])
            if not dry_run and any(table.written for table in report.tables):
                rebuild_all()
        report.seconds = time.monotonic() - began
        return report
