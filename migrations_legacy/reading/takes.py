"""How the value of a legacy's column is taken from a row of the source: as it is, or by way of other tables."""

from collections.abc import Callable, Sequence

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading import years
from migrations_legacy.reading.aligned import AlignedTables
from migrations_legacy.reading.columns import PROFILES, Alignment, Link
from migrations_legacy.reading.keys import as_key, as_number
from migrations_legacy.reading.made import MadeRows
from migrations_legacy.reading.references import Step
from migrations_legacy.sources.base import Values

Take = Callable[[Values], object]
Translate = Callable[[object], object]


class Takes:
    """Makes the functions, and keeps what they look up: tables that others refer to, never the long ones."""

    def __init__(self, aligned: AlignedTables, made: MadeRows) -> None:
        self._aligned, self._made = aligned, made
        self._look_ups: dict[Step, dict[object, object]] = {}

    def take(self, alignment: Alignment, column: str, names: Sequence[str]) -> Take:
        """The function for a column. `names`: the source's columns that the rows will consist of."""
        if link := alignment.links.get(column):
            return self._linked(alignment, link, self._translate(alignment, column), names.index(alignment.key))
        within = self._made.years_within.get(alignment.table)
        if within and column == "session_year_id_id":
            start, end = names.index(within.start), names.index(within.end)
            return lambda values: years.id_of(values[start], values[end])
        found = alignment.found.get(column)
        if found is None:
            return lambda values: None
        place = names.index(found.column)
        if profile := self._stands_for_account(alignment, column):
            return lambda values: self._account_of(profile, values[place])
        if found.steps:
            follow, translate = self._follow(found.steps), self._translate(alignment, column)
            return lambda values: translate(follow(values[place]))
        if column in TABLES[alignment.table].references or column == "id":
            translate = self._translate(alignment, column)
            return lambda values: translate(values[place])
        return lambda values: values[place]

    def is_straight(self, alignment: Alignment, column: str) -> bool:
        """Whether the source's values can be handed on unseen, as long as they are not NULL."""
        found = alignment.found.get(column)
        if found is None or found.steps or self._stands_for_account(alignment, column):
            return False
        facts = TABLES[alignment.table]
        target = facts.references.get(column)
        if target is None and not column == "id" == facts.key:
            return True
        return alignment.origin.column(found.column).holds_numbers and not self._aligned.has_text_key(target or "")

    def _stands_for_account(self, alignment: Alignment, column: str) -> str | None:
        """The table of profiles that a reference to an account leads to, in a school without a table of accounts."""
        if "customuser" in self._aligned or TABLES[alignment.table].references.get(column) != "customuser":
            return None
        declared = alignment.origin.column(alignment.found[column].column).refers_to
        profiles = [table for table in PROFILES if table in self._made.logins]
        for table in profiles:
            if declared and declared[0].lower() == self._aligned[table].origin.name.lower():
                return table
        return "staffs" if declared is None and "staffs" in profiles and alignment.table not in PROFILES else None

    def _account_of(self, profile: str, value: object) -> int | None:
        key = as_key(value)
        return None if key is None else self._made.account_id(profile, key)

    def _translate(self, alignment: Alignment, column: str) -> Translate:
        target = TABLES[alignment.table].references.get(column, "")
        return as_key if self._aligned.has_text_key(target) else as_number

    def _linked(self, alignment: Alignment, link: Link, translate: Translate, place: int) -> Take:
        """The first of the linked rows: the one with the lowest key of the link."""
        follow, first = self._follow(link.steps), self._look_up(Step(link.table, link.own, link.other))
        return lambda values: translate(follow(first.get(as_number(values[place]))))

    def _follow(self, steps: tuple[Step, ...]) -> Translate:
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
            made_for = self._without_account(step)
            for batch in self._aligned.reader.batches(step.table, (step.match, step.give)):
                for match, give in batch:
                    found.setdefault(
                        as_number(match), self._account_of(made_for, match) if give is None and made_for else give
                    )
            self._look_ups[step] = found
        return self._look_ups[step]

    def _without_account(self, step: Step) -> str:
        """The table of profiles, if a step leads from a profile's key to its account and some have none."""
        for table in self._made.logins:
            alignment = self._aligned[table]
            admin = alignment.found.get("admin_id")
            if admin and step == Step(alignment.origin.name, alignment.key, admin.column):
                return table
        return ""
