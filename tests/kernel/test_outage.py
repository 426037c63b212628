"""What counts as a database that is away, and what as a fault of ours."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from psycopg import errors

from contracts.errors import ModuleUnavailable
from kernel.outage import is_outage

pytestmark = pytest.mark.sqlite_only


def sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(name)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("kind", "raised", "is_away"),
    [
        (OperationalError, psycopg.OperationalError("connection refused"), True),
        (InterfaceError, psycopg.InterfaceError("the connection is closed"), True),
        (OperationalError, errors.AdminShutdown(), True),
        (OperationalError, errors.CannotConnectNow(), True),
        (OperationalError, errors.TooManyConnections(), True),
        (OperationalError, sqlite("SQLITE_CANTOPEN"), True),
        (OperationalError, sqlite("SQLITE_BUSY"), True),
        (OperationalError, errors.DeadlockDetected(), False),
        (OperationalError, sqlite("SQLITE_ERROR"), False),
        (ProgrammingError, errors.UndefinedTable(), False),
    ],
)
def test_a_database_is_away_when_its_driver_says_so(kind: type[Exception], raised: Exception, is_away: bool) -> None:
    error, through_a_module = kind(), ModuleUnavailable(module="leaves")
    error.__cause__, through_a_module.__cause__ = raised, error
    assert is_outage(error) is is_away
    assert is_outage(through_a_module) is is_away


def test_other_errors_are_none() -> None:
    assert not is_outage(None)
    assert not is_outage(ModuleUnavailable(module="leaves"))
