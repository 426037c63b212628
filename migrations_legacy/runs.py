"""One run from the first row to the running totals, and runs that follow a legacy that is still in use."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from kernel.context import running
from kernel.totals import derived_models
from migrations_legacy.archive import archive
from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.engine import Engine
from migrations_legacy.fates import fates, settle
from migrations_legacy.media import Compared, check_references, copy_media
from migrations_legacy.merging import Prefer
from migrations_legacy.models import MoveRun
from migrations_legacy.pace import many_rows
from migrations_legacy.progress import Progress
from migrations_legacy.reading.school import School
from migrations_legacy.report import MediaReport, Report

_RUNS_KEPT = 1000


@dataclass(frozen=True)
class Wishes:
    """What whoever started the move asked for."""

    media: Path | None = None
    dry_run: bool = False
    prefer: Prefer | None = None
    reserve: int = 0


@many_rows()
def run_once(source: School, wishes: Wishes, progress: Progress, compared: Compared | None = None) -> Report:
    """Bring everything over that changed, with the media, and count the running totals anew where rows changed.

    `compared`: see `copy_media`. A run that a kill left without an end has placed rows that were not yet counted.
    """
    began = time.monotonic()
    unfinished = MoveRun.objects.filter(ended=None).exists()
    engine = Engine(
        source,
        CONTEXTS,
        offers=source.offers,
        progress=progress,
        dry_run=wishes.dry_run,
        prefer=wishes.prefer,
        reserve=wishes.reserve,
        after_a_kill=unfinished,
    )
    run = None if wishes.dry_run else MoveRun.objects.create(source=source.description)
    report = engine.run()
    if report.succeeded:
        report.archive_changed = keep_the_rest(source, report)
        report.media = MediaReport()
        if wishes.media:
            copy_media(wishes.media, default_storage, report.media, dry_run=wishes.dry_run, compared=compared)
        check_references(engine.files, default_storage, report.media, folder=wishes.media)
    if run is not None:
        changed = {table.context for table in report.tables if table.written or table.removed}
        for model in derived_models():
            if unfinished or model._meta.app_label in changed:
                with running(model._meta.app_label):
                    model.rebuild()
        MoveRun.objects.filter(ended=None).update(ended=timezone.now(), verdict=report.verdict)
        MoveRun.objects.filter(pk__lte=run.pk - _RUNS_KEPT).delete()
    report.seconds = time.monotonic() - began
    return report


def keep_the_rest(source: School, report: Report) -> int:
    """Archive what came over nowhere, and account for every table and column of the source; gives what changed."""
    report.sources = fates(source, CONTEXTS)
    settle(report.sources, source, {table.source: table.read for table in report.tables if table.main})
    report.note_rules(source.notes, source.made.notes)
    return archive(source, report.sources, dry_run=report.dry_run)


def follow(
    open_source: Callable[[], School], wishes: Wishes, progress: Progress, *, every: float, stop: threading.Event
) -> Iterator[Report]:
    """Runs again and again, `every` so many seconds, until `stop` is set: then the run at work is the last.

    The legacy is opened anew for each run, since a source shows one moment.
    """
    compared: Compared = {}
    while True:
        began = time.monotonic()
        source = open_source()
        try:
            yield run_once(source, wishes, progress, compared)
        finally:
            source.close()
        if stop.wait(max(0.0, every - (time.monotonic() - began))):
            return


def in_one_line(report: Report) -> str:
    """What a run of many did."""
    tables = report.tables
    figures: Sequence[tuple[int, str]] = (
        (sum(table.inserted for table in tables), "inserted"),
        (sum(table.updated for table in tables), "updated"),
        (sum(table.removed for table in tables), "deleted"),
        (report.conflicts, "conflicts"),
        (report.media.copied if report.media else 0, "files"),
    )
    done = ", ".join(f"{number} {what}" for number, what in figures if number) or "nothing changed"
    return f"{timezone.now():%Y-%m-%d %H:%M:%S} UTC: {done}, {report.seconds:.1f} s"
