"""A source of any variant, read as the legacy's own tables and columns."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from typing import Any

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading import people, years
from migrations_legacy.reading.columns import PROFILES, Alignment, align
from migrations_legacy.reading.defaults import DEFAULTS, Default
from migrations_legacy.reading.keys import as_key, as_number
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.reading.ordering import Ordered
from migrations_legacy.reading.references import Step
from migrations_legacy.reading.tables import find_tables
from migrations_legacy.sources.base import Reader, Row, Values

Take = Callable[[Values], object]
Fill = dict[str, object]
_ONLY = "nothing was kept: the only one there is"
_HEAD = "no teacher was kept: the first head of department"
_FROM_PROFILE = "no user type was kept: it follows from the profile"


class School:
    """The school in a source. Opens nothing by itself, and closes the reader that it was given.

    `notes`: legacy table → rule → rows, of the last time that the table was read.
    """

    def __init__(self, reader: Reader, said: OperatorMap | None = None) -> None:
        """`said`: what the operator says about the source. SourceRefused when it does not fit."""
        self.reader = reader
        self.said = said or OperatorMap()
        self.said.check(reader.tables())
        self.aligned = align(reader.tables(), find_tables(reader.tables(), self.said), self.said)
        self.notes: dict[str, Counter[str]] = {}
        self._ordered: dict[str, Ordered] = {}
        self._look_ups: dict[Step, dict[object, object]] = {}
        self._logins = {
            table: found
            for table in PROFILES
            if table in self.aligned and (found := people.own_logins(self.aligned[table]))
        }

    @property
    def description(self) -> str:
        return self.reader.description

    def tables(self) -> tuple[str, ...]:
        return tuple(sorted(self.aligned.keys() | self._made.keys()))

    def columns(self, table: str) -> tuple[str, ...]:
        return TABLES[table].columns

    def count(self, table: str) -> int:
        return sum(1 for _ in self._made[table]()) + self.count_found(table)

    def count_found(self, table: str) -> int:
        """Number of rows that the source itself has of a table."""
        if table not in self.aligned:
            return 0
        if (ordered := self.ordered(table)) is not None:
            return ordered.count()
        return self.reader.count(self.aligned[table].origin.name)

    def rows(self, table: str) -> Iterator[Row]:
        self.notes[table] = Counter()
        rows: Iterator[Fill] = self._found_rows(table) if table in self.aligned else iter(())
        if table in self._made:
            rows = merge(rows, self._made[table](), key=lambda row: row["id"])  # type: ignore[arg-type,return-value]
        return people.Usernames(self.notes[table]).settle(rows) if table == "customuser" else rows

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[Values]:
        alignment = self.aligned.get(table)
        if alignment is None:
            return frozenset()
        found = [alignment.found.get(column) for column in columns]
        if all(one is not None and not one.steps for one in found) and self.ordered(table) is None:
            raw = [one.column for one in found if one is not None]
            if not any(self._fallback(table, column) for column in columns):
                takes = [self._take(alignment, column, tuple(raw)) for column in columns]
                groups = self.reader.repeated(alignment.origin.name, raw)
                return frozenset(tuple([take(group) for take in takes]) for group in groups)
        counts = Counter(tuple([row[column] for column in columns]) for row in self._found_rows(table, noting=False))
        return frozenset(group for group, rows in counts.items() if rows > 1)

    def close(self) -> None:
        for ordered in self._ordered.values():
            ordered.close()
        self.reader.close()

    def ordered(self, table: str) -> Ordered | None:
        """The table in the order of its keys' numbers, where the source's own order is another; see Ordered."""
        alignment = self.aligned[table]
        if table not in self._ordered:
            if not self._needs_order(alignment):
                return None
            key = (alignment.key,) if alignment.key else alignment.origin.key
            self._ordered[table] = Ordered(self.reader, alignment.origin, key)
        return self._ordered[table]

    def has_text_key(self, table: str) -> bool:
        """Whether the source tells a table's rows apart by something else than whole numbers."""
        alignment = self.aligned.get(table)
        if alignment is None or TABLES[table].key != "id":
            return False
        return not alignment.key or not alignment.origin.column(alignment.key).holds_numbers

    def left_tables(self) -> list[str]:
        """The source's tables that are none of the legacy's."""
        taken = {alignment.origin.name for alignment in self.aligned.values()}
        return [name for name in self.reader.tables() if name not in taken]

    def left_columns(self) -> dict[str, list[str]]:
        """Legacy table → the source's columns whose values do not come over as they are."""
        left: dict[str, list[str]] = {}
        for table, alignment in self.aligned.items():
            used = alignment.carried | self.own_login_columns(table) | self.year_columns(table)
            if others := [name for name in alignment.origin.column_names if name not in used]:
                left[table] = others
        return left

    def own_login_columns(self, table: str) -> set[str]:
        """The source's columns of a table that go into accounts which are made for all its rows."""
        logins = self._logins.get(table)
        return set(logins.columns.values()) if logins and logins.always else set()

    def year_columns(self, table: str) -> set[str]:
        """The source's columns of a table that go into session years which are made."""
        within = self._years_within.get(table)
        return {within.start, within.end} if within else set()

    def _needs_order(self, alignment: Alignment) -> bool:
        if TABLES[alignment.table].key != "id" or TABLES[alignment.table].many_to_many:
            return False
        declared = alignment.origin.key == (alignment.key,)
        return not declared or self.has_text_key(alignment.table)

    # What is made -----------------------------------------------------------------------------------------------

    @cached_property
    def _years_within(self) -> dict[str, years.Years]:
        """Tables that hold their session's days themselves, in a school without a table of sessions."""
        if "sessionyearmodel" in self.aligned:
            return {}
        return {
            table: within
            for table in ("students", "attendance")
            if table in self.aligned and (within := years.years_within(self.aligned[table]))
        }

    @cached_property
    def _made(self) -> dict[str, Callable[[], Iterator[Fill]]]:
        made: dict[str, Callable[[], Iterator[Fill]]] = {}
        if self._logins:
            made["customuser"] = self._made_accounts
        if "sessionyearmodel" not in self.aligned and "students" in self.aligned:
            made["sessionyearmodel"] = self._made_years
        return _Defaulted(made)

    def _made_accounts(self) -> Iterator[Fill]:
        return merge(*map(self._accounts_of, self._logins.values()), key=lambda row: row["id"])  # type: ignore[arg-type,return-value]

    def _accounts_of(self, logins: people.OwnLogins) -> Iterator[Fill]:
        alignment = self.aligned[logins.table]
        places = {name: alignment.origin.column_names.index(column) for name, column in logins.columns.items()}
        if created := alignment.found.get("created_at"):
            places["created_at"] = alignment.origin.column_names.index(created.column)
        for key, values in self._keyed(logins.table):
            own = {name: values[place] for name, place in places.items()}
            if self._is_without_account(alignment, values) and any(
                own.get(name) for name in ("email", "username", "password")
            ):
                self.notes.setdefault("customuser", Counter())[people.MADE] += 1
                yield self._complete("customuser", logins.account(key, own, number=self._account_id(logins, key)))

    def _account_id(self, logins: people.OwnLogins, key: int) -> int:
        return logins.account_id(key, beside_others="customuser" in self.aligned)

    @staticmethod
    def _is_without_account(alignment: Alignment, values: Values) -> bool:
        admin = alignment.found.get("admin_id")
        return admin is None or values[alignment.origin.column_names.index(admin.column)] is None

    def _made_years(self) -> Iterator[Fill]:
        if self._years_within:
            self.notes.setdefault("sessionyearmodel", Counter())[years.MADE] += 1
            spans = {
                found
                for table, within in self._years_within.items()
                for batch in self.reader.batches(self.aligned[table].origin.name, (within.start, within.end))
                for start, end in batch
                if (found := years.span(start, end))
            }
            yield from years.made_rows(spans)
            return
        self.notes.setdefault("sessionyearmodel", Counter())[years.MADE_ONE] += 1
        days: Iterator[object] = iter(())
        if (registers := self.aligned.get("attendance")) and (found := registers.found.get("attendance_date")):
            days = (
                value for batch in self.reader.batches(registers.origin.name, (found.column,)) for (value,) in batch
            )
        yield years.one_year(days)

    # What is found ----------------------------------------------------------------------------------------------

    def _keyed(self, table: str) -> Iterator[tuple[int, Values]]:
        """(number of the key, row as the source has it), in the order of numbers."""
        alignment = self.aligned[table]
        if (ordered := self.ordered(table)) is not None:
            for batch in ordered.batches():
                yield from batch
            return
        place = alignment.origin.column_names.index(alignment.key)
        for rows in self.reader.batches(alignment.origin.name):
            for values in rows:
                yield as_key(values[place]) or 0, values

    def _found_rows(self, table: str, *, noting: bool = True) -> Iterator[Fill]:
        alignment = self.aligned[table]
        names = alignment.origin.column_names
        takes = {column: self._take(alignment, column, names) for column in TABLES[table].columns}
        straight = [name for name in takes if self._is_straight(alignment, name)]
        if len(straight) == len(takes) and self.ordered(table) is None:
            # Millions of rows of an ordinary school go through here: nothing is done for each value.
            raw = [alignment.found[name].column for name in takes]
            columns = tuple(takes)
            for batch in self.reader.batches(alignment.origin.name, raw):
                for values in batch:
                    yield dict(zip(columns, values, strict=True))
            return
        fallbacks = [(name, default) for name in takes if (default := self._fallback(table, name))]
        key_column = TABLES[table].key
        notes = self.notes.setdefault(table, Counter()) if noting else Counter()
        keyed = self._keyed(table) if (key_column == "id" and alignment.key) or self.ordered(table) else None
        rows = (
            keyed if keyed is not None else ((None, v) for b in self.reader.batches(alignment.origin.name) for v in b)
        )
        for key, values in rows:
            row = {name: take(values) for name, take in takes.items()}
            if key is not None:
                row[key_column] = key
            for name, default in fallbacks:
                if row[name] is None:
                    row[name] = default.value(row | {"": values})
                    if row[name] is not None:
                        notes[default.rule] += 1
            yield row

    def _complete(self, table: str, row: Fill) -> Fill:
        """A made row with what stands for empty values."""
        for name, default in DEFAULTS.get(table, {}).items():
            if row.get(name) is None:
                row[name] = default.value(row)
        return row

    def _is_straight(self, alignment: Alignment, column: str) -> bool:
        """Whether the source's values can be handed on unseen."""
        found = alignment.found.get(column)
        if found is None or found.steps:
            return False
        declared = alignment.origin.column(found.column)
        is_number = column in TABLES[alignment.table].references or (column == "id" == TABLES[alignment.table].key)
        if is_number and not declared.holds_numbers:
            return False
        target = TABLES[alignment.table].references.get(column, "")
        if target in self.aligned and self.has_text_key(target):
            return False
        return not (declared.nullable and self._fallback(alignment.table, column))

    def _take(self, alignment: Alignment, column: str, names: Sequence[str]) -> Take:
        """The function that gives a column's value from a row of the source with these columns."""
        target = TABLES[alignment.table].references.get(column, "")
        translate: Callable[[object], object] = (
            as_key if target in self.aligned and self.has_text_key(target) else as_number
        )
        if link := alignment.links.get(column):
            return self._take_linked(alignment, link.table, link.own, link.other, link.steps, translate, names)
        if (within := self._years_within.get(alignment.table)) and column == "session_year_id_id":
            start, end = names.index(within.start), names.index(within.end)
            return lambda values: years.id_of(values[start], values[end])
        found = alignment.found.get(column)
        if found is None:
            return lambda values: None
        place = names.index(found.column)
        if column == "admin_id":
            return self._take_account(alignment, place, found.steps, translate, names)
        if found.steps:
            follow = self._follow(found.steps)
            return lambda values: translate(follow(values[place]))
        if target or column == "id":
            return lambda values: translate(values[place])
        return lambda values: values[place]

    def _take_account(
        self,
        alignment: Alignment,
        place: int,
        steps: tuple[Step, ...],
        translate: Callable[[object], object],
        names: Sequence[str],
    ) -> Take:
        follow = self._follow(steps)
        return lambda values: translate(follow(values[place]))

    def _take_linked(
        self,
        alignment: Alignment,
        table: str,
        own: str,
        other: str,
        steps: tuple[Step, ...],
        translate: Callable[[object], object],
        names: Sequence[str],
    ) -> Take:
        """The first of the linked rows: the one with the lowest key of the link."""
        follow, place = self._follow(steps), names.index(alignment.key)
        first = self._look_up(Step(table, own, other))
        return lambda values: translate(follow(first.get(as_number(values[place]))))

    def _follow(self, steps: tuple[Step, ...]) -> Callable[[object], object]:
        tables = [self._look_up(step) for step in steps]

        def follow(value: object) -> object:
            for table in tables:
                value = table.get(as_number(value))
            return value

        return follow

    def _look_up(self, step: Step) -> dict[object, object]:
        """What a step gives for each value; the first row counts where several match."""
        if step not in self._look_ups:
            found: dict[object, object] = {}
            for batch in self.reader.batches(step.table, (step.match, step.give)):
                for match, give in batch:
                    found.setdefault(as_number(match), give)
            self._look_ups[step] = found
        return self._look_ups[step]

    # What stands for empty values -------------------------------------------------------------------------------

    def _fallback(self, table: str, column: str) -> Default | None:
        if column == "admin_id" and table in self._logins:
            return Default(people.MADE, self._account_for(self._logins[table]))
        if column == "session_year_id_id" and table == "attendance" and not self._years_within.get(table):
            return Default(years.BY_DAY, lambda row: self._calendar.of(row["attendance_date"]))
        if column == "session_year_id_id" and table == "students" and not self._years_within.get(table):
            return Default(_ONLY, lambda row: self._calendar.sole())
        if column == "course_id_id" and table in ("students", "subjects"):
            return Default(_ONLY, lambda row: self._sole_course)
        if (table, column) == ("subjects", "staff_id_id"):
            return Default(_HEAD, lambda row: self._first_head)
        if (table, column) == ("customuser", "user_type"):
            return Default(_FROM_PROFILE, lambda row: self._types.get(row["id"], "1" if row["is_superuser"] else ""))
        return DEFAULTS.get(table, {}).get(column)

    def _account_for(self, logins: people.OwnLogins) -> Callable[[Mapping[str, Any]], object]:
        names = self.aligned[logins.table].origin.column_names
        signs = [
            names.index(logins.columns[name]) for name in ("email", "username", "password") if name in logins.columns
        ]
        return lambda row: self._account_id(logins, row["id"]) if any(row[""][place] for place in signs) else None

    @cached_property
    def _calendar(self) -> years.Calendar:
        rows = list(self._made["sessionyearmodel"]())
        if "sessionyearmodel" in self.aligned:
            rows.extend(self._found_rows("sessionyearmodel", noting=False))
        return years.Calendar(rows)

    @cached_property
    def _sole_course(self) -> object:
        keys = (
            [row["id"] for _, row in zip(range(2), self._found_rows("courses", noting=False), strict=False)]
            if ("courses" in self.aligned)
            else []
        )
        return keys[0] if len(keys) == 1 else None

    @cached_property
    def _first_head(self) -> object:
        return next((row["id"] for row in self.rows("customuser") if str(row["user_type"]).strip() == "1"), None)

    @cached_property
    def _types(self) -> dict[object, str]:
        """Account → user type, by the profile that refers to it."""
        found: dict[object, str] = {}
        for number, table in enumerate(PROFILES, start=1):
            if table in self.aligned and "admin_id" in self.aligned[table].found:
                for row in self._found_rows(table, noting=False):
                    found.setdefault(row["admin_id"], str(number))
        return found


class _Defaulted(dict[str, Callable[[], Iterator[Fill]]]):
    """Tables of which nothing is made have no made rows."""

    def __missing__(self, table: str) -> Callable[[], Iterator[Fill]]:
        return lambda: iter(())
