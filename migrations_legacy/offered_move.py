"""Fills one field that the legacy does not know from the column that an operator's map names for it.

The field is compared by itself and remembered under its own name, so that the map may grow and shrink between runs. A
value that does not fit is quarantined, and the row that it belongs to is none the worse.
"""

import time
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import router, transaction

from migrations_legacy.decide import Decision, decide
from migrations_legacy.digest import Checksum, digest_of
from migrations_legacy.errors import Doubtful, Unplaceable
from migrations_legacy.fields import storing
from migrations_legacy.keeping import keep
from migrations_legacy.ledger import Block, Ledger
from migrations_legacy.merging import Prefer
from migrations_legacy.models import PlacedBlock
from migrations_legacy.offers import Offer
from migrations_legacy.quarantine import Quarantine
from migrations_legacy.report import Disagreement, TableReport
from migrations_legacy.secrets import is_secret
from migrations_legacy.settled import Shared

_AT_ONCE = 500
NOT_TO_BE_SHOWN = "the value looks like a secret, and this field is shown"
NO_ROW = "the row itself has no place"


class OfferedMove:
    """One column at work."""

    def __init__(
        self, offer: Offer, column: str, *, report: TableReport, shared: Shared, refused: Collection[int]
    ) -> None:
        """`refused`: keys of rows that have no place; `report`: of which the target is the field."""
        self._offer, self._column, self._report, self._shared = offer, column, report, shared
        self._refused = refused
        self._model = offer.model
        self._alias = router.db_for_write(self._model)
        field = offer.model_field
        self._default: Any = field.get_default()
        self._fit = storing(field, transaction.get_connection(self._alias))
        deferred = self._alias != router.db_for_write(PlacedBlock)
        self._ledger = Ledger(offer.table, offer.name, hashed=False, deferred=deferred)
        self._quarantine = Quarantine(offer.table, offer.name, run=shared.run, dry_run=shared.dry_run)
        self._sums = (Checksum(), Checksum())

    def run(self) -> None:
        """Bring the field up to date. Disagreement when it does not hold what was written."""
        began = time.monotonic()
        report, source = self._report, self._shared.source
        report.counted = source.count(self._offer.table)
        met: set[int] = set()
        for batch in source.offered(self._offer.table, self._column):
            report.read += len(batch)
            met.update(key for key, _ in batch)
            for start in range(0, len(batch), _AT_ONCE):
                with self._transaction():
                    self._settle(batch[start : start + _AT_ONCE])
                self._ledger.flush()
        self._forget_all_but(met)
        self._quarantine.close()
        report.source_checksum, report.target_checksum = map(str, self._sums)
        report.verified = self._sums[0].rows
        report.seconds += time.monotonic() - began

    def _transaction(self) -> AbstractContextManager[object]:
        return nullcontext() if self._shared.dry_run else transaction.atomic(using=self._alias)

    def _settle(self, rows: Sequence[tuple[int, object]]) -> None:
        blocks = self._ledger.load({self._ledger.block_of(key) for key, _ in rows})
        ours = self._ours([key for key, _ in rows])
        updates: dict[int, Any] = {}
        for key, value in rows:
            try:
                theirs = self._converted(key, value, is_there=key in ours)
            except Unplaceable as problem:
                self._reject(key, value, problem)
                continue
            self._decide(key, value, ours, theirs, blocks[self._ledger.block_of(key)], updates)
        self._report.updated += len(updates)
        if self._shared.dry_run:
            return
        changed = [self._model(pk=key, **{self._offer.field: value}) for key, value in updates.items()]
        self._model._base_manager.using(self._alias).bulk_update(changed, [self._offer.field])
        written = self._ours(list(updates))
        for key, value in updates.items():
            self._sums[0].add(_digest(value))
            self._sums[1].add(_digest(written[key]))
        if self._sums[0] != self._sums[1]:
            raise Disagreement
        self._ledger.save(blocks)

    def _ours(self, keys: Sequence[int]) -> dict[int, Any]:
        rows = self._model._base_manager.using(self._alias).filter(pk__in=keys)
        if not self._shared.dry_run:
            rows = rows.select_for_update()
        return dict(rows.values_list("pk", self._offer.field))

    def _converted(self, key: int, value: object, *, is_there: bool) -> Any:
        """The value as the field holds it. Unplaceable when it does not."""
        if not is_there and key in self._refused:
            raise Unplaceable("missing_reference", NO_ROW)
        if is_secret(self._column, value):
            raise Unplaceable("secret", NOT_TO_BE_SHOWN)
        if value is None:
            return self._default
        try:
            found = self._offer.convert(value)
        except Doubtful as doubt:
            self._shared.note(self._offer.table, key, f"{self._offer.field}: {doubt.text}", doubt.rule)
            found = doubt.value
        self._fit(found)
        return found

    def _decide(
        self, key: int, value: object, ours: dict[int, Any], theirs: Any, block: Block, updates: dict[int, Any]
    ) -> None:
        # A dry run has not written the rows that it would; what they would hold is the default.
        mine = ours.get(key, self._default)
        digest, known = _digest(theirs), block.entries.get(key)
        if key not in ours and not self._shared.dry_run:
            self._report.unchanged += 1
            self._report.removed_here += 1
            block.forget(key)
            return
        # Until a map names its source, a field holds its default, unless somebody has filled it here.
        decision = decide(base=_digest(self._default) if known is None else known, ours=_digest(mine), theirs=digest)
        takes = decision is Decision.UPDATE or (decision is Decision.CONFLICT and self._shared.prefer is Prefer.LEGACY)
        if takes:
            updates[key] = theirs
        elif decision is Decision.CONFLICT and self._shared.prefer is None:
            self._reject(key, value, Unplaceable("conflict", decision.value))
            return
        else:
            self._report.unchanged += 1
            self._report.edited_here += decision is not Decision.UNCHANGED
        block.entries[key] = digest

    def _reject(self, key: int, value: object, problem: Unplaceable) -> None:
        self._report.quarantined[problem.code] += 1
        row = {"id": key} | keep({self._column: value})
        self._quarantine.add(key=key, code=problem.code, reason=problem.text, row=row)

    def _forget_all_but(self, met: Collection[int]) -> None:
        """Rows that the source no longer has are the table's own business; should they come back, they are new."""
        if self._shared.dry_run:
            return
        for number, block in self._ledger.everything():
            if gone := block.entries.keys() - met:
                for key in gone:
                    block.forget(key)
                self._ledger.save({number: block})
        self._ledger.flush()


def _digest(value: object) -> int:
    return digest_of((None if value is None else str(value),))
