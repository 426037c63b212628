"""Whether an error means that a database is away for now: stopped, starting, or not reached."""

from django.db import InterfaceError, OperationalError

RETRY_AFTER = 5
"""Seconds after which it is worth asking again."""

_AWAY = ("08", "53", "57P")
"""SQLSTATE classes: connection exception, insufficient resources, operator intervention (shutdown, still starting)."""
_SQLITE_AWAY = ("SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR")


def is_outage(error: BaseException | None) -> bool:
    """Whether the error, or what it was raised from, says that a database cannot be reached just now."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return _says_away(error.__cause__)
        error = error.__cause__
    return False


def _says_away(raised: BaseException | None) -> bool:
    """By what the driver says. psycopg has no SQLSTATE where no server answered."""
    if raised is None:
        return False
    if (name := getattr(raised, "sqlite_errorname", None)) is not None:
        return str(name).startswith(_SQLITE_AWAY)
    state = getattr(raised, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)
