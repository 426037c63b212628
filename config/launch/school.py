"""What the configured databases hold now: nothing, a school, the demo school, or something that is none of ours."""

from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from config.launch.building import has_content
from config.launch.preflight import LEGACY_TABLE, SQLITE_MAGIC, CannotStart, has_table
from config.settings.environment import MODULES


def sqlite_files() -> dict[str, Path]:
    """The SQLite files of the settings by database alias; without databases of other kinds and those in memory."""
    return {
        alias: Path(database["NAME"])
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"].endswith("sqlite3") and ":memory:" not in str(database["NAME"])
    }


def check_not_legacy(path: Path) -> None:
    """Raise CannotStart when this existing database is no place for a school of ours; it is not touched."""
    with path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise CannotStart(f"{path}: not a SQLite database. DATABASE_URL names the place for the new one.")
    if not (path.with_name(f"{path.name}-wal")).exists() and has_table(path, LEGACY_TABLE):
        raise CannotStart(
            f"{path} is a legacy school's database. "
            "To move it in, name it as LEGACY and let DATABASE_URL name another place."
        )


def exists() -> bool:
    """Whether there is a database to look into. A server's always is; it may be empty."""
    files = sqlite_files()
    for path in files.values():
        if has_content(path):
            check_not_legacy(path)
    return "default" not in files or has_content(files["default"])


def check_reachable(connection: BaseDatabaseWrapper) -> None:
    """Raise CannotStart when the database's server does not let us in.

    Asks past the connection pool, which would try for long and then not say why.
    """
    if connection.vendor != "postgresql":
        return
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(f"The database {connection.alias} cannot be reached: {reason}") from None


def pending_migrations() -> bool:
    """Whether a database lacks tables or changes of this version. Raises CannotStart when one cannot be used."""
    for connection in connections.all():
        check_reachable(connection)
        try:
            executor = MigrationExecutor(connection)
        except DatabaseError as error:
            raise CannotStart(f"The database {connection.alias} cannot be used: {error}") from None
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
    return False


def has_people() -> bool:
    """Whether anybody can log in. A process without the users module has nothing to fill: there it counts as yes."""
    return not apps.is_installed("modules.users") or get_user_model()._default_manager.exists()


def is_whole() -> bool:
    """Whether all modules live in this process, as a demo school needs."""
    return set(settings.LOCAL_MODULES) == set(MODULES)
