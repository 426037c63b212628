"""Which database holds a module's tables, and what transactions are open."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet


def alias_of(app_label: str) -> str:
    """The database alias of a module: its own when it has one, else the common one. Django's own apps may follow a
    module.
    """
    module = settings.TABLES_FOLLOW.get(app_label, app_label)
    return module if module in settings.DATABASES else DEFAULT_DB_ALIAS


def module_aliases() -> tuple[str, ...]:
    """The aliases of all modules that live in this process."""
    from kernel.module import ModuleConfig

    labels = [config.label for config in apps.get_app_configs() if isinstance(config, ModuleConfig)]
    return tuple(sorted({alias_of(label) for label in labels} or {DEFAULT_DB_ALIAS}))


def atomic(module: str) -> transaction.Atomic:
    """A transaction on the module's database."""
    return transaction.atomic(using=alias_of(module))


def outermost_transaction(connection: BaseDatabaseWrapper) -> transaction.Atomic | None:
    """The block that opened the transaction, if one is open. TestCase's own around a test does not count."""
    if not connection.in_atomic_block:
        return None
    return next((block for block in connection.atomic_blocks if not vars(block)["_from_testcase"]), None)


def has_open_transaction(connection: BaseDatabaseWrapper) -> bool:
    """Whether code holds a transaction open."""
    return outermost_transaction(connection) is not None


def in_transaction(alias: str) -> bool:
    return has_open_transaction(connections[alias])


class ModuleRouter:
    """Sends each module's models to the module's database. The kernel's own tables exist in every database."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return alias_of(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        return alias_of(first._meta.app_label) == alias_of(second._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return app_label == "kernel" or alias_of(app_label) == db


def serialize(module: str, name: str) -> None:
    """Inside a transaction, wait until nobody else holds one that named the same thing. For rules that span rows yet
    to come.

    SQLite needs nothing: its write transactions are one after the other from their first statement on.
    """
    connection = connections[alias_of(module)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{module}:{name}"])


def insert_from(model: type[Model], fields: Sequence[str], rows: QuerySet[Any, Any]) -> None:
    """Insert what a query on the same database gives, without a journey through Python.

    `rows`: a query of tuples (`values_list`) whose values are in the order of the fields.
    """
    connection = connections[alias_of(model._meta.app_label)]
    column_of = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    names = ", ".join(connection.ops.quote_name(column_of[name]) for name in fields)
    select, params = rows.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names}) {select}", params)
