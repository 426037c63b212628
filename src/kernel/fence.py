"""Keeps everybody from writing a module's rows in one database, whatever process they are in, while reading goes on.

Triggers refuse, so that it costs nothing while nothing moves, raw SQL is held too, and an old process that was never
told cannot lose a write. They look at the module's row in `ModuleMove`: whoever moves the module opens the fence inside
a transaction of its own, which nobody else sees. Setting the fence up waits for the writers that have begun.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name
from django.utils.translation import gettext as _

from contracts.errors import ModuleMoving
from kernel.models import ModuleMove, MoveState

_MARK = re.compile(r"fenced module: (\w+)")
_ATTEMPTS = 40
_EVERY = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Fenced:
    """A table whose writers are refused."""

    table: str
    owner: str = ""
    """SQL that names whose row `{row}` is, as in "{row}.consumer"; it begins with the module's name and a dot, or is
    it. Empty where all rows are the module's.
    """
    kinds: tuple[str, ...] = _EVERY


KERNEL_TABLES = (
    Fenced("kernel_outboxevent", "{row}.type_id"),
    Fenced("kernel_delivery", "(SELECT e.type_id FROM kernel_outboxevent e WHERE e.id = {row}.event_id)"),
    Fenced("kernel_inboxentry", "{row}.consumer"),
    Fenced("kernel_auditentry", "{row}.action"),
    Fenced("kernel_jobstate", "{row}.name"),
    # What began before may still be noted as answered; at the new place it then counts as of unknown outcome.
    Fenced("kernel_commandanswer", "{row}.operation", ("INSERT",)),
    Fenced("kernel_keptresponse", "{row}.module", ("INSERT",)),
)


def told_by(error: DatabaseError) -> ModuleMoving | None:
    """What to tell a writer whom the fence refused; None for every other error."""
    found = _MARK.search(str(error))
    if found is None:
        return None
    text = _("This part of the school is being moved. Nothing was changed; please try again in a minute.")
    return ModuleMoving(module=found[1], message=text)


def set_up(alias: str, module: str, tables: Iterable[str], state: MoveState, other: str) -> None:
    """Refuse writers of the module in this database from now on. Returns when none is at work any more.

    Raises OperationalError when writers do not come to an end within a minute.
    """
    connection = connections[alias]
    fenced = [*(Fenced(table) for table in tables), *KERNEL_TABLES]
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic(using=alias), connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    # Shorter than a deadlock is looked for: it is always us who let a writer go first.
                    cursor.execute("SET LOCAL lock_timeout = '500ms'")
                    names = ", ".join(map(connection.ops.quote_name, [one.table for one in fenced]))
                    cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
                for one in fenced:
                    for statement in _triggers(connection, module, one):
                        cursor.execute(statement)
                ModuleMove.objects.using(alias).update_or_create(
                    module=module, defaults={"state": state, "other": other}
                )
        except OperationalError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return


def take_down(alias: str, module: str, tables: Iterable[str]) -> None:
    """Let everybody write again. Inside the caller's transaction, if there is one."""
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for one in [*(Fenced(table) for table in tables), *KERNEL_TABLES]:
            for kind in _EVERY:
                name, table = _name(module, one, kind), connection.ops.quote_name(one.table)
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                    cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def opened(alias: str, module: str) -> Iterator[None]:
    """A transaction for which the fence is open, and for nobody else."""
    with transaction.atomic(using=alias):
        move = ModuleMove.objects.using(alias).select_for_update().get(module=module)
        ModuleMove.objects.using(alias).filter(module=module).update(state=MoveState.ARRIVING)
        yield
        ModuleMove.objects.using(alias).filter(module=module).update(state=move.state)


def _name(module: str, one: Fenced, kind: str) -> str:
    return truncate_name(f"fence_{module}_{one.table}_{kind.lower()}", 63)


def _triggers(connection: BaseDatabaseWrapper, module: str, one: Fenced) -> Iterator[str]:
    """The module's name and the tables come from the code, never from outside."""
    table = connection.ops.quote_name(one.table)
    move = f"kernel_modulemove m WHERE m.module = '{module}' AND m.state IN ('frozen', 'gone')"
    shut = f"EXISTS (SELECT 1 FROM {move})"  # noqa: S608 - names of the code
    for kind in one.kinds:
        owner = one.owner.format(row="OLD" if kind == "DELETE" else "NEW")
        refused = f"{shut} AND ({owner} = '{module}' OR {owner} LIKE '{module}.%')" if owner else shut
        name = _name(module, one, kind)
        if connection.vendor == "sqlite":
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {kind} ON {table} WHEN {refused}"
                f" BEGIN SELECT RAISE(ABORT, 'fenced module: {module}'); END"
            )
            continue
        row = "OLD" if kind == "DELETE" else "NEW"
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {refused} THEN RAISE EXCEPTION 'fenced module: {module}'; END IF; RETURN {row}; END $$"
        )
        level = "ROW" if owner else "STATEMENT"
        yield (f"CREATE OR REPLACE TRIGGER {name} BEFORE {kind} ON {table} FOR EACH {level} EXECUTE FUNCTION {name}()")
