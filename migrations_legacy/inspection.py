"""What a source holds and what a move would do with it, without moving anything."""

from collections.abc import Iterator, Sequence

from migrations_legacy.fates import ARCHIVED, MAPPED, SKIPPED, TableFate
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.offers import Offer, offers_for
from migrations_legacy.reading.school import School


def inspection(school: School, fates: Sequence[TableFate]) -> str:
    """The findings for people, ending with a map that an operator may complete."""
    return "\n".join(_lines(school, fates))


def _lines(school: School, fates: Sequence[TableFate]) -> Iterator[str]:
    yield f"Source: {school.description}"
    yield f"{len(fates)} tables, {sum(fate.rows for fate in fates)} rows."
    for fate, title in (
        (MAPPED, "Comes over"),
        (ARCHIVED, "Is archived: the legacy does not have it"),
        (SKIPPED, "Is left out by a rule"),
    ):
        tables = [table for table in fates if table.fate == fate]
        if tables:
            yield ""
            yield f"{title}:"
            for table in tables:
                yield from _table(table)
    if made := sorted(school.made.tables):
        yield ""
        yield "Is made, since the source keeps it in another shape:"
        yield from (f"  {table}: {school.count_made(table)} rows" for table in made)
    yield from _wanting(school)
    yield from _suggestion(school, fates)


def _table(fate: TableFate) -> Iterator[str]:
    name = f"{fate.name} = {fate.legacy}" if fate.legacy else fate.name
    yield f"  {name}: {fate.rows} rows" + (f" ({fate.rule})" if fate.rule else "")
    if fate.fate == MAPPED:
        for column in fate.columns:
            if column.fate != MAPPED:
                yield f"    {column.name}: {column.fate}, {column.filled} values ({column.rule})"


def _wanting(school: School) -> Iterator[str]:
    missing = sorted(set(TABLES) - set(school.tables()))
    incomplete = {table: names for table in school.aligned if (names := _not_found(school, table))}
    if missing or incomplete:
        yield ""
        yield "Is not in the source:"
        yield from (f"  {table}" for table in missing)
        yield from (f"  {table}: {', '.join(names)}" for table, names in incomplete.items())


def _not_found(school: School, table: str) -> list[str]:
    alignment = school.aligned[table]
    return [name for name in TABLES[table].columns if name not in alignment.found and name not in alignment.links]


def _suggestion(school: School, fates: Sequence[TableFate]) -> Iterator[str]:
    """What the operator's map could say, as comments: only people know what is meant."""
    open_tables = [fate for fate in fates if fate.fate == ARCHIVED]
    open_columns = [
        (fate, [column.name for column in fate.columns if column.fate == ARCHIVED and not column.to])
        for fate in fates
        if fate.fate == MAPPED
    ]
    open_columns = [(fate, names) for fate, names in open_columns if names]
    if not open_tables and not open_columns:
        return
    missing = ", ".join(sorted(set(TABLES) - set(school.aligned))) or "none is missing"
    yield ""
    yield "A map may say otherwise (--map FILE.toml):"
    if open_tables:
        yield f'  [tables]  # "skip", "archive" or a table of the legacy: {missing}'
        yield from (f'  # "{fate.name}" = "archive"' for fate in open_tables)
    for fate, names in open_columns:
        wanted = ", ".join(_not_found(school, fate.legacy)) or "none is missing"
        yield f'  [columns."{fate.name}"]  # "skip", "archive" or a column of the legacy: {wanted}'
        free = [offer for offer in offers_for(fate.legacy) if offer not in school.offers.values()]
        if free:
            yield "    # or a field here that the legacy does not know:"
            yield from (f"    #   {offer.name}: {offer.kind}" for offer in free)
        yield from (f'  # "{name}" = "{_likely(name, free)}"' for name in names)


def _likely(column: str, free: list[Offer]) -> str:
    """What a column could mean by its name; nothing is done by names alone."""
    found = next((offer for offer in free if offer.is_likely(column)), None)
    if found is None:
        return "archive"
    free.remove(found)
    return found.name
