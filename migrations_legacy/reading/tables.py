"""Which table of a source is which table of the legacy."""

from collections import Counter
from collections.abc import Iterator, Mapping

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading.names import close, stem, table_synonyms
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.sources.base import SourceTable

_FRAMEWORK = ("auth_", "django_")
_USER_LINKS = ("groups", "user_permissions")
_SCHOOL = tuple(name for name in TABLES if not name.startswith(_FRAMEWORK) and not name.startswith("customuser_"))


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """A table's name cut into an app's prefix and the rest, in every way; the longest prefix first."""
    yield from (
        (name[: at + 1], name[at + 1 :]) for at in range(len(name) - 1, -1, -1) if name[at] == "_" and name[at + 1 :]
    )
    yield "", name


def _likeness(table: str, rest: str) -> int:
    """How sure it is that a name means a table: 3 the same, 2 singular or plural, 1 another word or a slip, 0 not."""
    if rest.lower() == table:
        return 3
    bare = stem(rest)
    if bare == stem(table):
        return 2
    return 1 if bare in table_synonyms(table) or close(bare, stem(table)) else 0


def find_tables(tables: Mapping[str, SourceTable], said: OperatorMap) -> dict[str, str]:
    """Legacy table → the source's table. What the operator says counts; then the names within the school's own app."""
    found = {target: name for name, target in said.tables.items() if target in TABLES}
    free = [name for name in tables if name not in said.tables and not name.lower().startswith(_FRAMEWORK)]
    prefix = _prefix_of_the_school(free)
    for sureness in (3, 2, 1):
        _claim(found, [(name, rest) for name in free for start, rest in _splits(name) if start == prefix], sureness)
    # A school whose models are spread over several apps: by the very names only.
    for sureness in (3, 2):
        _claim(found, [(name, rest) for name in free for _, rest in _splits(name)], sureness, alone=True)
    by_lower = {name.lower(): name for name in tables if name not in said.tables}
    if "customuser" not in found and "auth_user" in by_lower:
        found["customuser"] = by_lower["auth_user"]
    for table in TABLES:
        if table.startswith(_FRAMEWORK) and table in by_lower:
            found.setdefault(table, by_lower[table])
    if users := found.get("customuser", "").lower():
        for link in _USER_LINKS:
            if f"{users}_{link}" in by_lower:
                found.setdefault(f"customuser_{link}", by_lower[f"{users}_{link}"])
    return found


def _prefix_of_the_school(names: list[str]) -> str:
    """The app's prefix under which most tables of the legacy are found."""
    votes: Counter[str] = Counter()
    for name in names:
        for prefix, rest in _splits(name):
            votes[prefix] += max(_likeness(table, rest) for table in _SCHOOL)
    return max(votes, key=lambda prefix: (votes[prefix], len(prefix)), default="")


def _claim(found: dict[str, str], names: list[tuple[str, str]], sureness: int, *, alone: bool = False) -> None:
    """Take what is sure enough. `alone`: only where a single table could be meant."""
    for table in _SCHOOL:
        if table in found:
            continue
        taken = set(found.values())
        meant = list(
            dict.fromkeys(name for name, rest in names if name not in taken and _likeness(table, rest) >= sureness)
        )
        if meant and not (alone and len(meant) > 1):
            found[table] = meant[0]
