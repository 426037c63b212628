"""Takes away what the legacy no longer has: what refers to others first, and nothing that was changed here since.

A row that an earlier run placed and that has no place any more is deleted here when it is as it was placed, and when
nothing refers to it that stays: rows entered here, or rows that were changed here. Everything else is a conflict.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.deletion import CASCADE

from kernel.guard import acting_as
from kernel.module import ModuleConfig
from kernel.refs import Reaction, entity, erase, references
from migrations_legacy.digest import digest_of, key_number
from migrations_legacy.export.rules import LEFT_OUT
from migrations_legacy.export.students import ENROLLMENT, ENROLLMENTS, STUDENTS, never_enrolled
from migrations_legacy.ledger import Block
from migrations_legacy.merging import Prefer
from migrations_legacy.models import QuarantinedRow
from migrations_legacy.prepared import Values
from migrations_legacy.sources.base import Source
from migrations_legacy.table_move import TableMove

_AT_ONCE = 500
CHANGED_HERE = "the source no longer has the row, but it was changed here since the last run"
LEFT_OUT_THERE = "the source no longer has the row, but a legacy that is written here never has it"
REFERRED_TO = "the source no longer has the row, but what was entered or changed here refers to it"


@dataclass(frozen=True)
class ContextMove:
    """A table's move, and the module on whose behalf its rows are touched."""

    context: str
    table: TableMove


class Removal:
    """One run's deletions, over all tables that were moved."""

    def __init__(self, source: Source, moves: Sequence[ContextMove], *, prefer: Prefer | None, dry_run: bool) -> None:
        """`moves`: in the order in which referred tables come first."""
        self._source, self._moves, self._prefer, self._dry_run = source, moves, prefer, dry_run
        self._needed: dict[str, set[object]] = {}
        self._unenrolled: frozenset[int] = frozenset()
        self._by_model: dict[type[models.Model], list[TableMove]] = {}
        for move in moves:
            self._by_model.setdefault(move.table.target.model, []).append(move.table)

    def run(self) -> None:
        """Delete what is gone, table by table, in transactions of some hundred rows."""
        self._unenrolled = frozenset(self._find_unenrolled())
        for move in reversed(self._moves):
            gone = iter(sorted(move.table.books.gone))
            move.table.report.gone = len(move.table.books.gone)
            while numbers := list(islice(gone, _AT_ONCE)):
                with acting_as(move.context):
                    self._remove(move.table, numbers, self._blocked(move.table, numbers))

    def _remove(self, table: TableMove, numbers: Sequence[int], blocked: set[int]) -> None:
        with self._transaction(table):
            keys = self._keys(table, numbers)
            ours = table.target.read([keys[n] for n in numbers if n in keys], lock=not self._dry_run)
            blocks = table.ledger.load({table.ledger.block_of(number) for number in numbers})
            hidden = self._hidden(table, numbers)
            doomed = []
            for number in numbers:
                block = blocks[table.ledger.block_of(number)]
                if self._is_doomed(
                    table,
                    number,
                    ours.get(number),
                    block,
                    is_blocked=number in blocked,
                    is_hidden=number in hidden,
                ):
                    doomed.append(keys[number])
            table.report.removed += len(doomed)
            if not self._dry_run:
                _delete(table.target.model, table.target.alias, doomed)
                table.ledger.save(blocks)
                table.originals.forget(numbers)
        table.ledger.flush()

    def _is_doomed(
        self,
        table: TableMove,
        number: int,
        mine: Values | None,
        block: Block,
        *,
        is_blocked: bool,
        is_hidden: bool,
    ) -> bool:
        base = block.entries[number]
        if mine is None:
            block.forget(number)
            return False
        edited = is_hidden or digest_of(mine) != base
        if self._prefer is Prefer.NEW and (edited or is_blocked):
            block.forget(number)
            self._keep(table, mine)
            return False
        if (edited and self._prefer is None) or is_blocked or is_hidden:
            changed = edited and self._prefer is None
            reason = LEFT_OUT_THERE if is_hidden else CHANGED_HERE if changed else REFERRED_TO
            self._keep(table, mine)
            table.report.kept[reason] += 1
            if number not in table.books.quarantined:
                table.books.quarantine.add(key=mine[table.target.key_index], code="conflict", reason=reason, row={})
            return False
        block.forget(number)
        return True

    def _keep(self, table: TableMove, mine: Values) -> None:
        """The row stays, and so does what it refers to."""
        for reference in table.mapping.references:
            for place, column in enumerate(table.mapping.columns):
                if column.sources == (reference.column,):
                    self._needed.setdefault(reference.table, set()).add(mine[place])

    def _blocked(self, table: TableMove, numbers: Sequence[int]) -> set[int]:
        """Which of these rows something refers to that stays."""
        needed = self._needed.get(table.mapping.source, set()) if table.mapping.main else set()
        blocked = {number for number in numbers if number in needed}
        model = table.target.model
        if self._dry_run or table.target.has_text_key:
            return blocked
        for relation in model._meta.related_objects:
            ours = relation.related_model in self._by_model
            if relation.on_delete is not CASCADE or ours:
                blocked |= self._referred(relation.related_model, relation.field.attname, numbers)
        for other, field in references(target=entity(model)):
            if field.reaction is Reaction.BLOCK:
                with acting_as(other._meta.app_label):
                    blocked |= self._referred(other, field.attname, numbers)
        return blocked

    def _hidden(self, table: TableMove, numbers: Collection[int]) -> set[int]:
        """Which of these rows an export leaves out: a legacy that was written here lacks them, and deleted nothing."""
        if table.target.has_text_key:
            return set()
        rows = table.target.model._base_manager.using(table.target.alias).filter(pk__in=numbers)
        own = [rule.which for rule in LEFT_OUT if rule.target == table.mapping.target]
        hidden = {key for which in own for key in _matching(rows, which)}
        if _is_of_students(table):
            hidden |= self._unenrolled & set(numbers)
        fields = {c.sources: f.attname for c, f in zip(table.mapping.columns, table.target.fields, strict=True)}
        for reference in table.mapping.references:
            field = fields.get((reference.column,))
            for move in self._moves:
                if field and move.table.mapping.main and move.table.mapping.source == reference.table:
                    referring = dict(rows.values_list("pk", field))
                    with acting_as(move.context):
                        absent = self._hidden(move.table, set(referring.values()))
                    hidden |= {number for number, owner in referring.items() if owner in absent}
        return hidden

    def _find_unenrolled(self) -> Iterator[int]:
        """Students who are gone from the source, and were never enrolled: the legacy's own tables take none. In tables
        that do, their absence means something.
        """
        gone = [key for move in self._moves if _is_of_students(move.table) for key in sorted(move.table.books.gone)]
        if gone and not any(self._source.may_be_empty(STUDENTS, column) for column in ENROLLMENT):
            for start in range(0, len(gone), _AT_ONCE):
                part = gone[start : start + _AT_ONCE]
                # A run that was killed may have taken the enrolment of one who is gone; such a one was never listed.
                held = QuarantinedRow.objects.filter(source=STUDENTS, key__in=[str(key) for key in part])
                listed = held.filter(Q(target=ENROLLMENTS) | Q(reason=LEFT_OUT_THERE)).values_list("key", flat=True)
                yield from never_enrolled(part) & set(map(int, listed))

    def _referred(self, model: type[models.Model], name: str, numbers: Sequence[int]) -> set[int]:
        rows = model._default_manager.filter(**{f"{name}__in": numbers})
        keepers = [table for table in self._by_model.get(model, []) if _keeps(table, name)]
        if not keepers:
            return set(rows.values_list(name, flat=True).distinct().order_by())
        # The legacy lets these rows outlive what they refer to; only those that were entered or changed here count.
        referring = dict(rows.values_list("pk", name))
        return {referring[pk] for pk in referring.keys() - _as_placed(keepers[0], list(referring))}

    def _keys(self, table: TableMove, numbers: Sequence[int]) -> dict[int, Any]:
        """Key number → key. Keys that are texts are looked up among the rows there are."""
        if not table.target.has_text_key:
            return {number: number for number in numbers}
        index, wanted = table.target.key_index, set(numbers)
        keys = (row[index] for page in table.target.pages() for row in page)
        return {key_number(key): key for key in keys if key_number(key) in wanted}

    def _transaction(self, table: TableMove) -> AbstractContextManager[object]:
        return nullcontext() if self._dry_run else transaction.atomic(using=table.target.alias)


def _is_of_students(table: TableMove) -> bool:
    return table.mapping.source == STUDENTS and table.mapping.main


def _matching(rows: models.QuerySet[Any], which: models.Q) -> set[Any]:
    return set(rows.filter(which).values_list("pk", flat=True))


def _keeps(table: TableMove, name: str) -> bool:
    """Whether this field of the table may refer to a row that no longer exists."""
    fields = {c.sources: f.attname for c, f in zip(table.mapping.columns, table.target.fields, strict=True)}
    return any(reference.kept and fields.get((reference.column,)) == name for reference in table.mapping.references)


def _as_placed(table: TableMove, keys: Sequence[int]) -> set[int]:
    """Those rows that are as a run placed them."""
    blocks = table.ledger.load({table.ledger.block_of(key) for key in keys})
    return {
        number
        for number, mine in table.target.read(keys).items()
        if blocks[table.ledger.block_of(number)].entries.get(number) == digest_of(mine)
    }


def _delete(model: type[models.Model], alias: str, keys: Iterable[Any]) -> None:
    rows = model._base_manager.using(alias).filter(pk__in=list(keys))
    if isinstance(apps.get_app_config(model._meta.app_label), ModuleConfig):
        erase(rows)
    else:
        rows.delete()
