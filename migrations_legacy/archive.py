"""Keeps what has no place among the modules' tables: whole tables, extra columns, rows that no key tells apart.

The archive mirrors the source's tables: each is written anew when its content changed since the last run, and not
otherwise. A table that is missing from the source stays in the archive, since dumps leave out tables without rows. So
do further columns of a table that has none of them left: a legacy that was written here, and moves in again, has none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db import router, transaction

from migrations_legacy.digest import Checksum, digest_of
from migrations_legacy.fates import ARCHIVED, MAPPED, TableFate
from migrations_legacy.keeping import keep, opened, shown, written, written_of_kept
from migrations_legacy.models import ArchivedRow, ArchivedTable
from migrations_legacy.reading.school import School
from migrations_legacy.secrets import is_secret

_AT_ONCE = 500
_LONGEST_KEY = 200
EXTRA_COLUMNS = "columns that the legacy does not have"


@dataclass(frozen=True)
class Kept:
    """What is to be archived of one row of the source."""

    number: int
    key: str
    rule: str
    row: Mapping[str, object]
    whole: bool


@dataclass
class Tally:
    """What went through: rows archived as a whole, values by column, and a checksum over everything."""

    rows: int = 0
    whole: int = 0
    values: Counter[str] = field(default_factory=Counter)
    checksum: Checksum = field(default_factory=Checksum)

    def add(self, *, number: int, key: str, content: str, values: Iterable[str], whole: bool) -> None:
        self.rows += 1
        self.whole += whole
        self.values.update(values)
        self.checksum.add(digest_of((number, key, content)))


def archive(school: School, fates: Sequence[TableFate], *, dry_run: bool = False) -> int:
    """Bring the archive up to date and enter into the fates what is in it; gives the number of tables that changed."""
    return sum(_archive_table(school, fate, dry_run=dry_run) for fate in fates)


def _archive_table(school: School, fate: TableFate, *, dry_run: bool) -> bool:
    tally = Tally()
    for kept in _to_keep(school, fate):
        filled = [name for name, value in kept.row.items() if value is not None]
        tally.add(number=kept.number, key=kept.key, content=written(kept.row), values=filled, whole=kept.whole)
    stored = ArchivedTable.objects.filter(name=fate.name).first()
    if stored and not tally.rows and stored.values.keys().isdisjoint(column.name for column in fate.columns):
        return False
    before = (stored.rows, stored.checksum) if stored else (0, str(Checksum()))
    changed = before != (tally.rows, str(tally.checksum))
    if changed and not dry_run:
        tally.rows, whole = 0, tally.whole
        tally = _write(school, fate, tally)
        tally.whole = whole if tally.rows else 0
    _enter(fate, tally)
    return changed


def _write(school: School, fate: TableFate, wanted: Tally) -> Tally:
    """Write a table's archive anew; gives what is read back of it."""
    with transaction.atomic(using=router.db_for_write(ArchivedRow)):
        old = ArchivedTable.objects.filter(name=fate.name)
        _delete_rows(old.values_list("pk", flat=True))
        old.delete()
        rows = _to_keep(school, fate)
        first = next(rows, None)
        if first is None:
            return Tally()
        table = ArchivedTable.objects.create(name=fate.name, rows=0, values={}, checksum="")
        rows = _chained(first, rows)
        while part := list(islice(rows, _AT_ONCE)):
            ArchivedRow.objects.bulk_create(
                ArchivedRow(table=table, number=kept.number, key=kept.key, rule=kept.rule, row=keep(kept.row))
                for kept in part
            )
        found = _read_back(table)
        table.rows, table.values, table.checksum = found.rows, dict(found.values), str(found.checksum)
        table.save(update_fields=["rows", "values", "checksum"])
    return found if found.checksum == wanted.checksum else Tally()


def _chained(first: Kept, rest: Iterator[Kept]) -> Iterator[Kept]:
    yield first
    yield from rest


def _read_back(table: ArchivedTable) -> Tally:
    found = Tally()
    rows = ArchivedRow.objects.filter(table=table).order_by("number").values_list("number", "key", "row")
    for number, key, row in rows.iterator(_AT_ONCE):
        filled = [name for name, value in opened(row).items() if value is not None]
        found.add(number=number, key=key, content=written_of_kept(row), values=filled, whole=False)
    return found


def _delete_rows(tables: Iterable[int]) -> None:
    ArchivedRow.objects.filter(table__in=list(tables))._raw_delete(router.db_for_write(ArchivedRow))


def _enter(fate: TableFate, tally: Tally) -> None:
    fate.archived = tally.whole
    for column in fate.columns:
        column.accounted += tally.values[column.name]


def _to_keep(school: School, fate: TableFate) -> Iterator[Kept]:
    """What there is to archive of a table, always in the same order."""
    if fate.fate == ARCHIVED:
        yield from _whole_rows(school, fate)
    elif fate.fate == MAPPED:
        yield from _parts_of_rows(school, fate)


def _whole_rows(school: School, fate: TableFate) -> Iterator[Kept]:
    facts = school.reader.tables()[fate.name]
    number = 0
    for batch in school.reader.batches(fate.name):
        for values in batch:
            number += 1
            row = dict(zip(facts.column_names, values, strict=True))
            told = not any(is_secret(name, row[name]) for name in facts.key)
            key = (", ".join(str(row[name]) for name in facts.key) if told else "") or f"row {number}"
            yield Kept(number, shown(key)[:_LONGEST_KEY], fate.rule, row, whole=True)


def _parts_of_rows(school: School, fate: TableFate) -> Iterator[Kept]:
    names = school.reader.tables()[fate.name].column_names
    places = [(name, names.index(name)) for name in fate.archived_columns()]
    number = 0
    if places:
        for batch in school.aligned.batches(fate.legacy):
            for key, values in batch:
                number += 1
                row = {name: values[place] for name, place in places if values[place] is not None}
                if row:
                    yield Kept(number, str(number if key is None else key), EXTRA_COLUMNS, row, whole=False)
    for reason, values in school.aligned.aside(fate.legacy):
        number += 1
        yield Kept(number, f"row {number}", reason, dict(zip(names, values, strict=True)), whole=True)
