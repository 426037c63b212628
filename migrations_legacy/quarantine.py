"""Where rows go that have no place: kept with their reason until a later run can place them."""

from migrations_legacy.keeping import plain, shown
from migrations_legacy.legacy_schema import SECRET_COLUMNS
from migrations_legacy.models import QuarantinedRow
from migrations_legacy.sources.base import Row

WITHHELD = "(withheld)"
_LONGEST_KEY = 100
_HELD_BACK = 1000


def readable(row: Row) -> dict[str, object]:
    """A source row as it may be stored and shown: without secrets, and with nothing lost of the other values."""
    return {
        name: WITHHELD if name in SECRET_COLUMNS and value not in (None, "") else plain(value)
        for name, value in row.items()
    }


class Quarantine:
    """One mapping's rows without a place. What this run rejects replaces what earlier runs did."""

    def __init__(self, source: str, target: str, *, run: str, dry_run: bool = False) -> None:
        """`run` tells this run from all others. In a dry run nothing is stored."""
        self._source, self._target, self._run, self._dry_run = source, target, run, dry_run
        self._waiting: list[QuarantinedRow] = []

    def add(self, *, key: object, code: str, reason: str, row: Row) -> None:
        """Take in a row."""
        if self._dry_run:
            return
        self._waiting.append(
            QuarantinedRow(
                source=self._source,
                target=self._target,
                key=shown(str(key))[:_LONGEST_KEY],
                code=code,
                reason=shown(reason),
                row=readable(row),
                run=self._run,
            )
        )
        if len(self._waiting) >= _HELD_BACK:
            self._store()

    def close(self) -> None:
        """Store what is left, and release those rows of earlier runs that have found their place."""
        if self._dry_run:
            return
        self._store()
        QuarantinedRow.objects.filter(source=self._source, target=self._target).exclude(run=self._run).delete()

    def _store(self) -> None:
        QuarantinedRow.objects.bulk_create(
            self._waiting,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["source", "target", "key"],
            update_fields=["code", "reason", "row", "run"],
        )
        self._waiting = []
