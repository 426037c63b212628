"""Rows of the legacy that a source of another shape has no table for: accounts, and session years."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from operator import itemgetter
from typing import Any

from migrations_legacy.reading import people, years
from migrations_legacy.reading.aligned import AlignedTables
from migrations_legacy.reading.columns import PROFILES
from migrations_legacy.reading.defaults import DEFAULTS
from migrations_legacy.sources.base import Values

Fill = dict[str, Any]


class MadeRows:
    """What is made for a school. `notes`: legacy table → rule → rows made by it."""

    def __init__(self, aligned: AlignedTables) -> None:
        self._aligned = aligned
        self.notes: dict[str, Counter[str]] = {}

    @cached_property
    def logins(self) -> dict[str, people.OwnLogins]:
        """Tables of profiles that may hold people without account."""
        return {
            table: found
            for table in PROFILES
            if table in self._aligned and (found := people.own_logins(self._aligned[table]))
        }

    @cached_property
    def years_within(self) -> dict[str, years.Years]:
        """Tables that hold their session's days themselves, in a school without a table of sessions."""
        if "sessionyearmodel" in self._aligned:
            return {}
        return {
            table: within
            for table in ("students", "attendance")
            if table in self._aligned
            and "session_year_id_id" not in self._aligned[table].found
            and (within := years.years_within(self._aligned[table]))
        }

    @cached_property
    def tables(self) -> dict[str, Callable[[], Iterator[Fill]]]:
        """Legacy table → its made rows, in the order of ids."""
        made: dict[str, Callable[[], Iterator[Fill]]] = {}
        if self.logins:
            made["customuser"] = self._accounts
        if "sessionyearmodel" not in self._aligned and "students" in self._aligned:
            made["sessionyearmodel"] = self._years
        return made

    def rows(self, table: str) -> Iterator[Fill]:
        """The made rows of a table, with their notes."""
        self.notes[table] = Counter()
        return self.tables[table]() if table in self.tables else iter(())

    def used_columns(self, table: str) -> set[str]:
        """The source's columns of a table whose every value goes into made rows."""
        logins, within = self.logins.get(table), self.years_within.get(table)
        of_accounts = set(logins.columns.values()) if logins and logins.always else set()
        return of_accounts | ({within.start, within.end} if within else set())

    def account_id(self, table: str, profile: int) -> int:
        """The id of the account that is made for a profile."""
        return self.logins[table].account_id(profile, beside_others="customuser" in self._aligned)

    def says_who(self, table: str, values: Values) -> bool:
        """Whether a profile without account says enough about its person to make one."""
        columns = self.logins[table].columns
        names = self._aligned[table].origin.column_names
        return any(values[names.index(columns[sign])] for sign in people.SIGNS & columns.keys())

    def _accounts(self) -> Iterator[Fill]:
        # Ids follow from the profiles' and come in their order, but for numbers that other numbers stand for.
        made = (account for logins in self.logins.values() for account in self._accounts_of(logins))
        return iter(sorted(made, key=itemgetter("id")))

    def _accounts_of(self, logins: people.OwnLogins) -> Iterator[Fill]:
        alignment = self._aligned[logins.table]
        names = alignment.origin.column_names
        places = {name: names.index(column) for name, column in logins.columns.items()}
        if created := alignment.found.get("created_at"):
            places["created_at"] = names.index(created.column)
        admin = alignment.found.get("admin_id")
        for batch in self._aligned.batches(logins.table):
            for key, values in batch:
                has_account = admin is not None and values[names.index(admin.column)] is not None
                if key is None or has_account or not self.says_who(logins.table, values):
                    continue
                own = {name: values[place] for name, place in places.items()}
                account = logins.account(key, own, number=self.account_id(logins.table, key))
                self.notes["customuser"][people.MADE] += 1
                for name, default in DEFAULTS["customuser"].items():
                    if account[name] is None:
                        account[name] = default.value(account)
                yield account

    def _years(self) -> Iterator[Fill]:
        reader = self._aligned.reader
        if self.years_within:
            spans = {
                days
                for table, within in self.years_within.items()
                for batch in reader.batches(self._aligned[table].origin.name, (within.start, within.end))
                for start, end in batch
                if (days := years.span(start, end))
            }
            self.notes["sessionyearmodel"][years.MADE] += len(spans)
            yield from years.made_rows(spans)
            return
        registered: Iterator[object] = iter(())
        registers = self._aligned.get("attendance")
        if registers and (found := registers.found.get("attendance_date")):
            batches = reader.batches(registers.origin.name, (found.column,))
            registered = (value for batch in batches for (value,) in batch)
        self.notes["sessionyearmodel"][years.MADE_ONE] += 1
        yield years.one_year(registered)
