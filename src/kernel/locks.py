"""Having something to oneself across several transactions, between which other modules are asked."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kernel.databases import alias_of

_in_memory = RLock()


@contextmanager
def alone_with(module: str, name: str) -> Iterator[None]:
    """Wait until nobody else of this module is in a block of the same name, in whatever thread or process. No
    transaction is opened, so that the block may call other modules.

    With SQLite blocks of all names are one after the other, as its transactions are. A process that is killed, or loses
    its connection, lets go.
    """
    connection = connections[alias_of(module)]
    lock = _on_server if connection.vendor == "postgresql" else _on_file
    with lock(connection, f"{module}:{name}"):
        yield


@contextmanager
def _on_server(connection: BaseDatabaseWrapper, name: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 1))", [name])
    held_by = connection.connection
    try:
        yield
    finally:
        if connection.connection is held_by and not held_by.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [name])


@contextmanager
def _on_file(connection: BaseDatabaseWrapper, name: str) -> Iterator[None]:
    """Beside the database; one in memory belongs to this process alone."""
    database = Path(_name_of(connection))
    if not database.is_file():
        with _in_memory:
            yield
        return
    with database.with_name(f"{database.name}-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _name_of(connection: BaseDatabaseWrapper) -> str:
    return str(connection.settings_dict["NAME"])
