"""Decides about one row at a time: rows that changed on either side, that have no place, or that are to be remarked."""

from migrations_legacy.books import Books
from migrations_legacy.decide import Decision, decide
from migrations_legacy.digest import column_digest, digest_of
from migrations_legacy.errors import Unplaceable
from migrations_legacy.merging import Prefer, merge_columns
from migrations_legacy.plan import Plan
from migrations_legacy.prepared import Prepared, Values
from migrations_legacy.sources.base import Row
from migrations_legacy.target import TargetTable

TAKEN = (
    "the id belongs to another row that was entered here; give the legacy's row another id, or let ids here begin "
    "higher from the first move on (--reserve)"
)
"""What to do about a row whose place is taken."""


class Decisions:
    """Those of one mapping; what was decided is in the books."""

    def __init__(self, books: Books, target: TargetTable, prefer: Prefer | None) -> None:
        """`prefer`: whose side is taken in conflicts."""
        self._books, self._target, self._prefer = books, target, prefer
        columns = books.mapping.columns
        self._latest = frozenset(i for i, column in enumerate(columns) if column.field in books.mapping.latest)

    def decide(self, plan: Plan, number: int, row: Row, mine: Values | None) -> None:
        """About a row that has not been looked at. `mine`: the target's row in its place."""
        books = self._books
        if rule := plan.skipped_by(row):
            books.report.skipped[rule] += 1
            books.leave_out(number)
            return
        try:
            prepared = plan.prepare(row)
        except Unplaceable as problem:
            books.reject(number, row, problem, mine)
            if problem.code == "missing_reference":
                books.leave_out(number)
            return
        theirs = self._target.written(prepared.values)
        books.settled.theirs[number], books.settled.digests[number] = theirs, digest_of(theirs)
        if mine == theirs:
            books.agree({number: prepared.values})
        else:
            self.compare(number, row, prepared, mine)

    def compare(self, number: int, row: Row, prepared: Prepared, mine: Values | None) -> None:
        """About a row that is not the same on both sides; its content and digest are in the books."""
        settled = self._books.settled
        base = self._books.block(number).entries.get(number)
        ours = None if mine is None else digest_of(mine)
        decision = decide(base=base, ours=ours, theirs=settled.digests[number])
        if decision is Decision.CONFLICT:
            self._resolve(number, prepared, row, mine)
        elif decision is Decision.INSERT:
            settled.inserts[number] = (prepared, row)
        elif decision is Decision.UPDATE:
            settled.updates[number] = (prepared, row)
        elif decision is Decision.TAKEN:
            self._books.reject(number, row, Unplaceable("taken", TAKEN), None)
        else:
            self._keep_ours(number, prepared, mine)

    def _resolve(self, number: int, prepared: Prepared, row: Row, mine: Values | None) -> None:
        """Both sides changed the row since the last run."""
        books, settled = self._books, self._books.settled
        block = books.block(number)
        books.uneven([number])
        if mine is not None and number in block.columns:
            merged = merge_columns(
                base=block.columns[number],
                ours=mine,
                theirs=settled.theirs[number],
                latest=self._latest,
                prefer=self._prefer,
            )
            if merged.taken:
                settled.changes.append((prepared.key, {place: prepared.values[place] for place in merged.taken}))
            if not merged.conflicts:
                books.report.updated += bool(merged.taken)
                books.report.merged += 1
                books.remember([number])
                if merged.taken:
                    books.take_in([number], [prepared.values])
                else:
                    self._keep_ours(number, prepared, mine)
                return
            block.columns[number] = tuple(
                before if place in merged.conflicts else column_digest(value)
                for place, (before, value) in enumerate(zip(block.columns[number], settled.theirs[number], strict=True))
            )
            names = ", ".join(books.mapping.columns[place].field for place in merged.conflicts)
            books.reject(number, row, Unplaceable("conflict", f"{Decision.CONFLICT.value}: {names}"), mine)
        elif self._prefer is Prefer.LEGACY:
            rows = settled.inserts if mine is None else settled.updates
            rows[number] = (prepared, row)
        elif self._prefer is Prefer.NEW:
            books.remember([number])
            self._keep_ours(number, prepared, mine)
        else:
            books.reject(number, row, Unplaceable("conflict", Decision.CONFLICT.value), mine)

    def _keep_ours(self, number: int, prepared: Prepared, mine: Values | None) -> None:
        """The row was changed or removed here, and stays so."""
        books = self._books
        books.report.unchanged += 1
        books.uneven([number])
        if mine is None:
            books.report.removed_here += 1
        else:
            books.report.edited_here += 1
            books.take_in([number], [prepared.values])
            books.settled.placed.add(number)
