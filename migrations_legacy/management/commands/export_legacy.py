"""`manage.py export_legacy TARGET [--media FOLDER] [--report FILE]`"""

import argparse
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from migrations_legacy.export.engine import Export
from migrations_legacy.export.files import MediaOut
from migrations_legacy.export.report import ExportReport, as_text, write_report
from migrations_legacy.export.writer import LegacyFile
from migrations_legacy.management.refusals import refusals
from migrations_legacy.progress import Silent, Written


class Command(BaseCommand):
    help = (
        "Writes a new SQLite database that the legacy can serve, with what was entered here since the move, and says "
        "what has no place there. Run it while nobody writes."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="the SQLite file to be made; it must not exist")
        parser.add_argument("--media", type=Path, metavar="FOLDER", help="the legacy's media folder, to be filled up")
        parser.add_argument("--report", type=Path, metavar="FILE", help="also write the report here; JSON for *.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError when the target is refused; nothing is left behind then."""
        report = ExportReport(target=str(options["target"]))
        with refusals():
            self._export(report, options)
        if options["verbosity"]:
            self.stdout.write(as_text(report))
        if options["report"]:
            write_report(report, options["report"])

    def _export(self, report: ExportReport, options: dict[str, Any]) -> None:
        progress = Written(self._write_progress, in_place=self.stdout.isatty()) if options["verbosity"] else Silent()
        media = None
        if options["media"]:
            media = MediaOut(default_storage, options["media"], report.files, report.warnings)
        file = LegacyFile(options["target"])
        try:
            Export(file, report, progress=progress, media=media).run()
        except BaseException:
            file.abandon()
            raise

    def _write_progress(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
