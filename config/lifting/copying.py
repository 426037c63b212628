"""Brings rows from one database to another."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import QuerySet

from config.lifting.checks import differing, snapshot
from config.lifting.tables import Table
from kernel import fence
from kernel.models import ModuleMove

Tell = Callable[[str], object]
Segment = tuple[Table, int]


def copy(tables: list[Table], module: str, source: str, target: str, tell: Tell) -> int:
    """Bring over segment after segment, from where an earlier run stopped; returns the number of rows.

    The checkpoint is written with the segment, so that whenever the process is killed, both are there or neither is.
    """
    done = ModuleMove.objects.using(target).get(module=module)
    names = [table.name for table in tables]
    begin = names.index(done.table) if done.table else 0
    copied = 0
    for table in tables[begin:]:
        after = done.segment if table.name == done.table else -1
        for segment in (number for number in differing(table, source, target) if number > after):
            try:
                with fence.opened(target, module):
                    copied += replace_segment(table, segment, source, target)
                    _note(target, module, table.name, segment)
            except IntegrityError:
                # It refers to a row that came after that row's table was copied: `reconcile` brings both.
                _note(target, module, table.name, segment)
        tell(f"  {table.name}: copied")
    return copied


def _note(target: str, module: str, table: str, segment: int) -> None:
    ModuleMove.objects.using(target).filter(module=module).update(table=table, segment=segment)


def reconcile(
    tables: list[Table], module: str, source: str, target: str, among: Collection[Segment] | None = None
) -> list[Segment]:
    """Find by their checksums the segments that changed since they were copied, and copy these once more, all of them
    as of one moment; returns them. `among`: look at some only.
    """
    numbers: dict[str, list[int]] = {}
    for table, segment in among or ():
        numbers.setdefault(table.name, []).append(segment)
    looked_at = tables if among is None else [table for table in tables if table.name in numbers]
    with snapshot(source):
        changed = [
            (table, segment)
            for table in looked_at
            for segment in differing(table, source, target, numbers.get(table.name))
        ]
        if changed:
            with fence.opened(target, module):
                for table, segment in reversed(changed):
                    delete(table.part(target, segment))
                for table, segment in changed:
                    insert(table, segment, source, target)
    return changed


def replace_segment(table: Table, segment: int, source: str, target: str) -> int:
    """What the target holds of a segment becomes what the source holds; returns the number of rows."""
    delete(table.part(target, segment))
    return insert(table, segment, source, target)


def delete(rows: "QuerySet[Any]") -> None:
    """These rows and nothing else: what refers to them is dealt with in its own segment."""
    rows._raw_delete(rows.db)


def insert(table: Table, segment: int, source: str, target: str) -> int:
    """Insert a segment's rows as they are, ids and times included."""
    into, rows = connections[target], table.part(source, segment).order_by("pk").values_list(*table.columns)
    columns = ", ".join(into.ops.quote_name(str(field.column)) for field in table.fields)
    name = into.ops.quote_name(table.name)
    if into.vendor == "postgresql" and connections[source].vendor == "postgresql":
        return _stream(rows, source, target, f"COPY {name} ({columns}) FROM STDIN")
    found = [
        tuple(field.get_db_prep_save(value, into) for field, value in zip(table.fields, row, strict=True))
        for row in rows
    ]
    with into.cursor() as cursor:
        if into.vendor == "postgresql":
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as pipe:
                for row in found:
                    pipe.write_row(row)
        elif found:
            places = ", ".join(["%s"] * len(table.fields))
            cursor.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", found)  # noqa: S608 - names of the model
    return len(found)


def _stream(rows: "QuerySet[Any]", source: str, target: str, into: str) -> int:
    """From one PostgreSQL to another without looking at what passes by."""
    sql, params = rows.query.get_compiler(using=source).as_sql()
    with connections[source].cursor() as reading, connections[target].cursor() as writing:
        with reading.copy(f"COPY ({sql}) TO STDOUT", params) as out, writing.copy(into) as pipe:
            for block in out:
                pipe.write(block)
        return int(writing.rowcount)
