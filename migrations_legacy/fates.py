"""What becomes of each table and column of a source: it comes over, is archived, or is left out by a rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from migrations_legacy.mapping import Context
from migrations_legacy.reading.operator import SKIP
from migrations_legacy.reading.school import School

MAPPED, ARCHIVED, SKIPPED = "mapped", "archived", "skipped"
BY_OPERATOR = "left out by the operator's map"
BY_OTHER_WAY = "mapped by way of other tables; the value itself is archived"


@dataclass
class ColumnFate:
    """One column of the source."""

    name: str
    fate: str
    to: tuple[str, ...] = ()
    """Where it comes over to: fields of the modules' models."""
    rule: str = ""
    filled: int = 0
    """Values that are not NULL, as the source counts them."""
    accounted: int = 0
    """Of these, how many were met on their way."""

    @property
    def balances(self) -> bool:
        return self.filled == self.accounted

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "fate": self.fate,
            "to": list(self.to),
            "rule": self.rule,
            "values": self.filled,
            "accounted": self.accounted,
            "balances": self.balances,
        }


@dataclass
class TableFate:
    """One table of the source."""

    name: str
    legacy: str
    """The legacy's table that it was found to be; empty when it is none."""
    fate: str
    rule: str = ""
    rows: int = 0
    mapped: int = 0
    """Rows that came over, or are in the quarantine; the tables' own figures say which."""
    archived: int = 0
    """Rows that are archived as a whole."""
    skipped: int = 0
    columns: list[ColumnFate] = field(default_factory=list)

    @property
    def balances(self) -> bool:
        """Every row and every value went somewhere."""
        return self.rows == self.mapped + self.archived + self.skipped and all(c.balances for c in self.columns)

    def archived_columns(self) -> tuple[str, ...]:
        """Columns of which every value is archived."""
        return tuple(column.name for column in self.columns if column.fate == ARCHIVED)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "legacy": self.legacy,
            "fate": self.fate,
            "rule": self.rule,
            "rows": self.rows,
            "mapped": self.mapped,
            "archived": self.archived,
            "skipped": self.skipped,
            "balances": self.balances,
            "columns": [column.as_dict() for column in self.columns],
        }


def fates(school: School, contexts: Sequence[Context]) -> list[TableFate]:
    """What is to become of everything in the source, with the source's own counts."""
    rules = {skipped.source: skipped.rule for context in contexts for skipped in context.skipped}
    by_name = {alignment.origin.name: table for table, alignment in school.aligned.items()}
    found = []
    for name in school.reader.tables():
        table = by_name.get(name, "")
        fate = _table_fate(school, name, table, rules)
        fate.rows = school.reader.count(name)
        filled = school.reader.filled(name)
        for column in _column_fates(school, name, table, fate, contexts):
            column.filled = filled[column.name]
            fate.columns.append(column)
        found.append(fate)
    return found


def _table_fate(school: School, name: str, table: str, rules: dict[str, str]) -> TableFate:
    if school.said.fate_of(name) == SKIP:
        return TableFate(name, table, SKIPPED, BY_OPERATOR)
    if table in rules:
        return TableFate(name, table, SKIPPED, rules[table])
    if table:
        return TableFate(name, table, MAPPED)
    links = {link.table for alignment in school.aligned.values() for link in alignment.links.values()}
    if name in links:
        return TableFate(name, "", ARCHIVED, "pairs: the first of each row became its reference, all are archived")
    return TableFate(name, "", ARCHIVED, "a table that the legacy does not have")


def _column_fates(
    school: School, name: str, table: str, fate: TableFate, contexts: Sequence[Context]
) -> Iterator[ColumnFate]:
    left = set(school.left_columns(table)) if fate.fate == MAPPED else set()
    for column in school.reader.tables()[name].column_names:
        to = tuple(_targets(school, table, column, contexts)) if fate.fate == MAPPED else ()
        if fate.fate != MAPPED:
            yield ColumnFate(column, fate.fate, rule=fate.rule)
        elif school.said.fate_of(name, column) == SKIP:
            yield ColumnFate(column, SKIPPED, rule=BY_OPERATOR)
        elif column in left:
            yield ColumnFate(column, ARCHIVED, to, BY_OTHER_WAY if to else "a column that the legacy does not have")
        else:
            yield ColumnFate(column, MAPPED, to)


def _targets(school: School, table: str, column: str, contexts: Sequence[Context]) -> Iterator[str]:
    """The fields that a column of the source ends in."""
    meant = {name for name, found in school.aligned[table].found.items() if found.column == column}
    for context in contexts:
        for mapping in context.tables:
            if mapping.source == table:
                for target in mapping.columns:
                    if meant & set(target.sources):
                        yield f"{mapping.target}.{target.field}"
    if offer := school.offers.get((table, column)):
        yield offer.name
    if column in school.made.used_columns(table):
        yield "users.User" if table in school.made.logins else "academics.SessionYear"


def settle(found: Sequence[TableFate], school: School, read: Mapping[str, int]) -> None:
    """Enter what was met on the way. `read`: legacy table → rows that its figures account for."""
    for fate in found:
        if fate.fate == SKIPPED:
            fate.skipped = fate.rows
        elif fate.fate == MAPPED:
            fate.mapped = read.get(fate.legacy, 0) - school.count_made(fate.legacy)
        met: Mapping[str, int] = school.met.get(fate.legacy, {})
        for column in fate.columns:
            if column.fate == SKIPPED:
                column.accounted = column.filled
            elif (fate.legacy, column.name) in school.offers:
                column.accounted = school.met_offered[fate.legacy, column.name]
            elif column.fate == MAPPED:
                column.accounted = met.get(column.name, 0)
