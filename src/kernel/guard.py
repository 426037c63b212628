"""Watches every SQL statement for what an import linter cannot see.

Refused are a statement that touches tables of two modules, a module (or the portal) that touches tables of another,
and a
transaction that has written to two modules. In production the guard only logs.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.transaction import Atomic

from kernel import fence
from kernel.context import running, running_module
from kernel.databases import outermost_transaction
from kernel.metrics import CROSSINGS, STATEMENTS

log = structlog.get_logger(__name__)

acting_as = running
"""Says on whose behalf tables are touched, for commands that work for several modules one after the other."""

_WORD = re.compile(r"\w+")
_WRITES = re.compile(
    r"\s*(?:insert|update|delete|replace|merge|truncate|with\b.*\b(?:insert|update|delete)\b)",
    re.IGNORECASE | re.DOTALL,
)
_SCHEMA = re.compile(r"\s*(?:create|alter|drop|pragma|explain)\b", re.IGNORECASE)


class BoundaryCrossed(RuntimeError):
    """A statement or transaction reached over a module's border. Ask the owning module through its contract instead."""


@lru_cache(maxsize=1)
def table_owners() -> dict[str, str]:
    """Table → module, for the tables of all modules in this process. Django's and the kernel's own tables belong to
    nobody.
    """
    from kernel.module import ModuleConfig

    return {
        model._meta.db_table: config.label
        for config in apps.get_app_configs()
        if isinstance(config, ModuleConfig)
        for model in config.get_models(include_auto_created=True)
    }


@lru_cache(maxsize=4096)
def touched(sql: str) -> tuple[frozenset[str], bool]:
    """The modules whose tables a statement names, and whether it writes. Remembered, since Django repeats its
    statements.
    """
    if _SCHEMA.match(sql):
        return frozenset(), False
    owners = table_owners()
    return frozenset(owners[word] for word in _WORD.findall(sql) if word in owners), bool(_WRITES.match(sql))


def crossings(sql: str, *, running: str | None, written: Iterable[str] = ()) -> list[str]:
    """How a statement breaks the rules, given whose code runs and which modules its transaction has written to."""
    modules, writes = touched(sql)
    problems = []
    if len(modules) > 1:
        problems.append(f"one statement touches tables of {' and '.join(sorted(modules))}")
    if running is not None and modules - {running}:
        problems.append(f"{running} touches tables of {' and '.join(sorted(modules - {running}))}")
    if writes and set(written) - modules and modules:
        problems.append(f"one transaction writes to {' and '.join(sorted(modules | set(written)))}")
    return problems


class Guard:
    """The execute wrapper of one connection. Remembers which modules the open transaction has written to."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.transaction: Atomic | None = None
        self.written: set[str] = set()
        self.statements = STATEMENTS.labels(connection.alias)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.statements.inc()
        modules, writes = touched(sql)
        if modules:
            current = outermost_transaction(self.connection)
            if current is not self.transaction:
                self.transaction, self.written = current, set()
            problems = crossings(sql, running=running_module(), written=self.written)
            if problems:
                self.report(problems, sql)
            if writes and current is not None:
                self.written |= modules
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            if moved := fence.told_by(error):
                raise moved from error
            raise

    def report(self, problems: list[str], sql: str) -> None:
        if settings.GUARD == "raise":
            raise BoundaryCrossed(f"{'; '.join(problems)}: {sql[:300]}")
        CROSSINGS.labels(running_module() or "").inc()
        log.error("boundary_crossed", problems=problems, sql=sql[:300])


def install() -> None:
    """Put a guard on every connection that opens from now on."""

    def guard(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if not any(isinstance(wrapper, Guard) for wrapper in connection.execute_wrappers):
            connection.execute_wrappers.append(Guard(connection))

    connection_created.connect(guard, weak=False, dispatch_uid="kernel.guard")
