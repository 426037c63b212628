"""Which column of a source's table is which column of the legacy's."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading.names import (
    close,
    column_synonyms,
    plain,
    reference_stem,
    reference_synonyms,
    stem,
    table_synonyms,
)
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.reading.references import References, Step
from migrations_legacy.sources.base import SourceColumn, SourceTable

PROFILES = ("adminhod", "staffs", "students")
"""Tables with one row for a person, who has an account of its own."""


@dataclass(frozen=True)
class Found:
    """The source's column that fills a column of the legacy's, with the look-ups that lead from one to the other."""

    column: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Link:
    """A table of pairs that stands where the legacy has a foreign key."""

    table: str
    own: str
    """Its column that refers to the row."""
    other: str
    """Its column that refers to what the row is linked to."""
    steps: tuple[Step, ...] = ()


@dataclass
class Alignment:
    """One table of the legacy as a source has it."""

    table: str
    origin: SourceTable
    found: dict[str, Found] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The source's column that identifies rows; empty when there is none."""
        own = self.found.get(TABLES[self.table].key)
        return own.column if own else ""

    @property
    def carried(self) -> set[str]:
        """The source's columns whose values come over as they are."""
        return {found.column for found in self.found.values() if not found.steps}


def align(tables: Mapping[str, SourceTable], names: Mapping[str, str], said: OperatorMap) -> dict[str, Alignment]:
    """Find the columns of all tables found. A table in which nothing of the legacy's is found is not that table."""
    references = References(tables)
    aligned = {table: Alignment(table, tables[name]) for table, name in names.items()}
    for alignment in aligned.values():
        _find_by_name(alignment, references, aligned, said)
    aligned = {table: a for table, a in aligned.items() if a.found.keys() - {TABLES[table].key}}
    for alignment in aligned.values():
        for column, target in TABLES[alignment.table].references.items():
            if column in alignment.found and target in aligned:
                references.name(alignment.origin.name, alignment.found[column].column, aligned[target].origin.name)
    for alignment in aligned.values():
        _check_references(alignment, references, aligned)
        _find_by_target(alignment, references, aligned, said)
    for alignment in aligned.values():
        _find_links(alignment, references, aligned, tables)
    return aligned


def _find_by_name(
    alignment: Alignment, references: References, aligned: Mapping[str, Alignment], said: OperatorMap
) -> None:
    """Exact names first, then those that differ in writing only, then other words, then slips of the pen."""
    table, origin = alignment.table, alignment.origin
    facts, told = TABLES[table], said.columns.get(origin.name, {})
    for column, target in told.items():
        if target in facts.columns:
            alignment.found[target] = Found(column)
    free = {column.name: column for column in origin.columns if column.name not in told}
    key = references.key(origin.name)
    if facts.key not in alignment.found and facts.key not in free and key in free:
        alignment.found[facts.key] = Found(key)
    free = {name: column for name, column in free.items() if name not in alignment.carried}
    for alike in _LIKENESSES:
        for target in facts.columns:
            if target in alignment.found:
                continue
            refers = target in facts.references
            meant = [
                name
                for name, column in free.items()
                if alike(target, name, refers)
                and _fits(column, facts.references.get(target), aligned, target == facts.key)
            ]
            if len(meant) == 1 or (meant and alike is _LIKENESSES[0]):
                alignment.found[target] = Found(meant[0])
                del free[meant[0]]


def _same(target: str, name: str, refers: bool) -> bool:
    return target == name


def _same_in_any_case(target: str, name: str, refers: bool) -> bool:
    return target == name.lower()


def _same_in_plain(target: str, name: str, refers: bool) -> bool:
    return reference_stem(target) == reference_stem(name) if refers else plain(target) == plain(name)


def _other_word(target: str, name: str, refers: bool) -> bool:
    if refers:
        return reference_stem(name) in reference_synonyms(target)
    return plain(name) in column_synonyms(target)


def _slip(target: str, name: str, refers: bool) -> bool:
    return (
        close(reference_stem(target), reference_stem(name)) or close(plain(target), plain(name))
        if refers
        else close(plain(target), plain(name))
    )


_LIKENESSES: tuple[Callable[[str, str, bool], bool], ...] = (
    _same,
    _same_in_any_case,
    _same_in_plain,
    _other_word,
    _slip,
)


def _fits(column: SourceColumn, refers_to: str | None, aligned: Mapping[str, Alignment], is_key: bool) -> bool:
    """Whether a column can be meant: a reference is no text beside numbers, and other columns are no references."""
    if refers_to is None:
        return is_key or column.refers_to is None
    if column.refers_to is not None or not column.kind or column.holds_numbers or refers_to not in aligned:
        return True
    if column.name.lower().endswith("id"):
        return True
    origin = aligned[refers_to].origin
    keys = [origin.column(name) for name in origin.key]
    return not (len(keys) == 1 and keys[0].holds_numbers)


def _owners(aligned: Mapping[str, Alignment]) -> dict[str, str]:
    """Table of profiles → its column of accounts, by the source's names."""
    return {
        aligned[table].origin.name: aligned[table].found["admin_id"].column
        for table in PROFILES
        if table in aligned and "admin_id" in aligned[table].found
    }


def _check_references(alignment: Alignment, references: References, aligned: Mapping[str, Alignment]) -> None:
    """A name promises; a declared target holds: where they differ, the way from the target counts."""
    owners = _owners(aligned)
    for column, target in TABLES[alignment.table].references.items():
        found = alignment.found.get(column)
        if found is None or target not in aligned or references.target(alignment.origin.name, found.column) is None:
            continue
        steps = references.way(alignment.origin.name, found.column, to=aligned[target].origin.name, owners=owners)
        if steps is None:
            del alignment.found[column]
        else:
            alignment.found[column] = Found(found.column, steps)


def _find_by_target(
    alignment: Alignment, references: References, aligned: Mapping[str, Alignment], said: OperatorMap
) -> None:
    """References that no name gave away: the only column that points to the table meant, else that leads there."""
    owners, name = _owners(aligned), alignment.origin.name
    told = said.columns.get(name, {})
    for column, target in TABLES[alignment.table].references.items():
        if column in alignment.found or target not in aligned:
            continue
        used = {found.column for found in alignment.found.values()}
        ways = {
            free.name: way
            for free in alignment.origin.columns
            if free.name not in used
            and free.name not in told
            and (way := references.way(name, free.name, to=aligned[target].origin.name, owners=owners)) is not None
        }
        straight = {free: way for free, way in ways.items() if not way}
        for candidates in (straight, ways):
            if len(candidates) == 1:
                ((free, way),) = candidates.items()
                alignment.found[column] = Found(free, way)
                break


def _find_links(
    alignment: Alignment, references: References, aligned: Mapping[str, Alignment], tables: Mapping[str, SourceTable]
) -> None:
    """References for which there is a table of pairs, and nothing else in it."""
    taken = {other.origin.name for other in aligned.values()}
    for column, target in TABLES[alignment.table].references.items():
        if column in alignment.found or target not in aligned:
            continue
        meant = [
            link
            for name, facts in tables.items()
            if name not in taken
            for link in _pairs(facts, alignment, column, aligned[target], references, _owners(aligned))
        ]
        if len(meant) == 1:
            alignment.links[column] = meant[0]


def _pairs(
    facts: SourceTable,
    alignment: Alignment,
    column: str,
    target: Alignment,
    references: References,
    owners: Mapping[str, str],
) -> Iterator[Link]:
    ends = [name for name in facts.column_names if name not in facts.key or len(facts.key) > 1]
    if "id" in ends and len(ends) == 3:
        ends.remove("id")
    if len(ends) != 2:
        return
    for own, other in (ends, ends[::-1]):
        straight = references.target(facts.name, own)
        if straight is not None and straight[0] != alignment.origin.name:
            continue
        if straight is None and not _named_for(own, alignment):
            continue
        if references.target(facts.name, other) is None:
            words = {reference_stem(column), *reference_synonyms(column)}
            if reference_stem(other) in words or _named_for(other, target):
                yield Link(facts.name, own, other)
        elif (way := references.way(facts.name, other, to=target.origin.name, owners=owners)) is not None:
            yield Link(facts.name, own, other, way)


def _named_for(column: str, alignment: Alignment) -> bool:
    """Whether a column's name says that it refers to a table."""
    meant = stem(reference_stem(column))
    return meant in {stem(alignment.table), *table_synonyms(alignment.table)} or stem(alignment.origin.name).endswith(
        meant
    )
