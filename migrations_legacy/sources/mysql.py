"""What is particular about reading MySQL and MariaDB. Their driver is imported only where it is needed.

A day or time that is all zeros is how MySQL writes that there is none: it is read as NULL.
"""

from typing import Any

from migrations_legacy.sources.base import SourceColumn

SNAPSHOT = (
    # Whatever the server's own mode is, days that are none may be looked for, and names are quoted as Django does.
    "SET SESSION sql_mode = ''",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
WITHOUT_TRANSACTIONS = (
    "SELECT t.table_name FROM information_schema.tables t "
    "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
    "WHERE t.table_schema = DATABASE() AND COALESCE(e.transactions, 'NO') <> 'YES'"
)
"""Tables that the snapshot does not hold for."""
_ZERO = "0000-00-00"
DAYS = frozenset({"date", "datetime", "timestamp"})
"""Kinds of columns that may hold zeros."""


def conversions() -> dict[Any, Any]:
    """How the driver hands values on: days and times in their written form, as SQLite has them."""
    from django.db.backends.mysql.base import django_conversions
    from MySQLdb.constants import FIELD_TYPE

    moments = (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP)
    found: dict[Any, Any] = django_conversions | dict.fromkeys(moments, _moment)
    return found | {FIELD_TYPE.TIME: str, FIELD_TYPE.BIT: _number}


def streaming_cursor() -> Any:
    """The class of a cursor that does not hold all rows in memory."""
    from MySQLdb.cursors import SSCursor

    return SSCursor


def filled(column: str, kind: str) -> str:
    """SQL for a column's value, if it is one that is not read as NULL. `kind`: see SourceColumn."""
    return f"NULLIF(LEFT(CAST({column} AS CHAR), 10), '{_ZERO}')" if kind in DAYS else column


def may_be_zero(column: SourceColumn) -> bool:
    """Whether a column that takes no NULL may hold what is read as NULL."""
    return column.kind in DAYS and not column.nullable


def is_zero(value: object) -> bool:
    """Whether a value of a column of days or times is that there is none."""
    return isinstance(value, str) and value.startswith(_ZERO)


def _moment(written: str) -> str | None:
    return None if is_zero(written) else written.removesuffix(".000000")


def _number(bits: bytes) -> int:
    return int.from_bytes(bits, "big")
