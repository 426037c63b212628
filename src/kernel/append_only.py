"""Rows that are written once and stay: the model refuses to change or delete them, and so does the database.

The database's part are triggers, so that raw SQL is held too. They make way for a move of the module to another
database, which replaces what it copied before, as its `ModuleMove` says. On SQLite, a migration that alters such a
table in a way that makes it anew must end with `protected` again.
"""

from typing import Any, NoReturn, TypeVar

from django.db import migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name

from kernel.models import MoveState

_Row = TypeVar("_Row", bound=models.Model, covariant=True)
_KINDS = ("UPDATE", "DELETE")


class AppendOnlyViolated(RuntimeError):
    """Code tried to change or delete what is written once. Write another row that corrects it."""


def _refuse(model: type[models.Model]) -> NoReturn:
    raise AppendOnlyViolated(f"{model._meta.label} is append-only")


class AppendOnlyQuerySet(models.QuerySet[_Row, _Row]):
    """Rows can be added and read."""

    def update(self, **changes: Any) -> NoReturn:
        _refuse(self.model)

    def delete(self) -> NoReturn:
        _refuse(self.model)


class AppendOnly(models.Model):
    """Base of models whose rows are never changed; their migration says `protected`."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            _refuse(type(self))
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        _refuse(type(self))


def protected(module: str, *tables: str) -> migrations.RunPython:
    """A step of a migration after which the database refuses to change or delete rows of these tables of a module."""

    def forwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for kind in _KINDS:
                for statement in _trigger(editor.connection, module, table, kind):
                    editor.execute(statement)

    def backwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for kind in _KINDS:
                name = _name(table, kind)
                if editor.connection.vendor == "postgresql":
                    editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {editor.quote_name(table)}")
                    editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
                else:
                    editor.execute(f"DROP TRIGGER IF EXISTS {name}")

    return migrations.RunPython(forwards, backwards)


def _name(table: str, kind: str) -> str:
    return truncate_name(f"append_only_{table}_{kind.lower()}", 63)


def _trigger(connection: BaseDatabaseWrapper, module: str, table: str, kind: str) -> list[str]:
    """The module's name and the table come from the code, never from outside."""
    name, quoted, text = _name(table, kind), connection.ops.quote_name(table), f"append-only table: {table}"
    move = f"kernel_modulemove m WHERE m.module = '{module}' AND m.state = '{MoveState.ARRIVING}'"
    refused = f"NOT EXISTS (SELECT 1 FROM {move})"  # noqa: S608 - names of the code
    if connection.vendor == "sqlite":
        begin = f"CREATE TRIGGER {name} BEFORE {kind} ON {quoted} WHEN {refused}"
        return [f"DROP TRIGGER IF EXISTS {name}", f"{begin} BEGIN SELECT RAISE(ABORT, '{text}'); END"]
    row = "OLD" if kind == "DELETE" else "NEW"
    raised = f"RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation'"
    body = f"BEGIN IF {refused} THEN {raised}; END IF; RETURN {row}; END"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {kind} ON {quoted} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
