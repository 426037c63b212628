"""Where a foreign key leads, by its declared target: straight to the table meant, or to it through others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrations_legacy.sources.base import SourceTable

_LONGEST = 3


@dataclass(frozen=True)
class Step:
    """A look-up on the way: in this table, the row that has the value in `match` says how to go on in `give`."""

    table: str
    match: str
    give: str


class References:
    """The ways between the tables of a source."""

    def __init__(self, tables: Mapping[str, SourceTable]) -> None:
        self._tables = tables
        self._by_lower = {name.lower(): name for name in tables}
        self._named: dict[tuple[str, str], str] = {}

    def name(self, table: str, column: str, target: str) -> None:
        """Take a column for a reference because of its name; a declared target counts more."""
        self._named[table, column] = target

    def target(self, table: str, column: str) -> tuple[str, str] | None:
        """The table and column that a foreign key declares, or that it is named for, if both are there."""
        declared = self._tables[table].column(column).refers_to
        if declared is None and (named := self._named.get((table, column))):
            return named, self.key(named)
        name = self._by_lower.get(declared[0].lower()) if declared else None
        if declared is None or name is None:
            return None
        return name, declared[1] or self.key(name)

    def key(self, table: str) -> str:
        """The column that identifies a table's rows; empty when there is no single one."""
        facts = self._tables[table]
        if len(facts.key) == 1:
            return facts.key[0]
        return "id" if not facts.key and "id" in facts.column_names else ""

    def way(
        self, table: str, column: str, *, to: str, owners: Mapping[str, str] | None = None
    ) -> tuple[Step, ...] | None:
        """The look-ups from a foreign key's value to the key of the table `to`; empty when it points straight there.

        `owners`: table of profiles → its column that holds the account; from an account one gets to its profile.
        None when no way leads there, or several of the same length do.
        """
        start = self.target(table, column)
        if start is None:
            return None
        ways: list[tuple[tuple[str, str], tuple[Step, ...]]] = [(start, ())]
        for _ in range(_LONGEST + 1):
            arrived = [steps + self._last(place, to) for place, steps in ways if place[0] == to]
            if arrived:
                return arrived[0] if len(arrived) == 1 else None
            ways = [
                (further, (*steps, step))
                for place, steps in ways
                for further, step in self._onwards(place, to, owners or {})
                if further[0] not in {table, *(taken.table for taken in steps)}
            ]
        return None

    def _last(self, place: tuple[str, str], to: str) -> tuple[Step, ...]:
        key = self.key(to)
        return () if place[1] == key else (Step(to, place[1], key),)

    def _onwards(
        self, place: tuple[str, str], to: str, owners: Mapping[str, str]
    ) -> Iterator[tuple[tuple[str, str], Step]]:
        table, entered = place
        for column in self._tables[table].columns:
            if target := self.target(table, column.name):
                yield target, Step(table, entered, column.name)
        if owner := owners.get(to):
            back = self.target(to, owner)
            if back is None or back[0] == table:
                yield (to, self.key(to)), Step(to, owner, self.key(to))
