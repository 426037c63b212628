"""What an operator says about a source that cannot be told from it: a small TOML file.

[tables]
"campus_pupil" = "students"           # this table is the legacy's `students`
"campus_visits" = "skip"              # leave it out; "archive" keeps it as it is, which is the default

[columns."campus_pupil"]
"roll" = "archive"
"class_ref" = "course_id_id"          # this column is the legacy's `course_id_id`
"dob" = "users.StudentProfile.birth_date"  # this column fills a field here that the legacy does not know
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import APP_PREFIX, TABLES
from migrations_legacy.offers import BY_NAME
from migrations_legacy.sources.base import SourceTable

ARCHIVE, SKIP = "archive", "skip"
_FATES = (ARCHIVE, SKIP)


@dataclass(frozen=True)
class OperatorMap:
    """Table → legacy table or fate; table → column → legacy column, offered field or fate. Names are the source's."""

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def fate_of(self, table: str, column: str = "") -> str:
        """`archive` or `skip` where the operator says so; empty otherwise."""
        said = self.columns.get(table, {}).get(column, "") if column else self.tables.get(table, "")
        return said if said in _FATES else ""

    def check(self, tables: Mapping[str, SourceTable]) -> None:
        """SourceRefused when it names what the source does not have, so that no slip of the pen goes unseen."""
        for table in (*self.tables, *self.columns):
            if table not in tables:
                raise SourceRefused(f"The map names the table {table}, which the source does not have.")
        for table, columns in self.columns.items():
            for column in columns:
                if column not in tables[table].column_names:
                    raise SourceRefused(
                        f"The map names the column {column} of {table}, which the source does not have."
                    )


def read_map(path: Path) -> OperatorMap:
    """The operator's file. SourceRefused when it is no such file, or names a target that there is not."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceRefused(f"{path}: cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise SourceRefused(f"{path}: no valid TOML ({error}).") from error
    tables, columns = content.pop("tables", {}), content.pop("columns", {})
    if content or not isinstance(tables, dict) or not isinstance(columns, dict):
        raise SourceRefused(f'{path}: a map has the sections [tables] and [columns."name of a table"], nothing else.')
    tables = {name: _known_table(path, name, target) for name, target in tables.items()}
    for table, named in columns.items():
        if not isinstance(named, dict):
            raise SourceRefused(f"{path}: columns of {table} are to be a section of their own.")
        taken: dict[object, str] = {}
        for column, target in named.items():
            _check_column(path, tables.get(table, ""), column, target)
            if target not in _FATES and taken.setdefault(target, column) != column:
                raise SourceRefused(f"{path}: {taken[target]} and {column} of {table} cannot both become {target}.")
    return OperatorMap(tables, columns)


def _known_table(path: Path, name: str, target: object) -> str:
    short = str(target).removeprefix(APP_PREFIX)
    if short not in TABLES and short not in _FATES:
        raise SourceRefused(f"{path}: {name} cannot become {target}, which is no table of the legacy.")
    return short


def _check_column(path: Path, table: str, column: str, target: object) -> None:
    known = TABLES[table].columns if table in TABLES else {name for facts in TABLES.values() for name in facts.columns}
    if target not in _FATES and target not in known and target not in BY_NAME:
        raise SourceRefused(
            f"{path}: the column {column} cannot become {target}, which is no column of the legacy and no field that "
            "may be filled; inspect lists them."
        )
