"""Gives the tables at the new place the form that the code expects."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from config.lifting.tables import Table, fenced_names
from kernel import fence
from kernel.models import ModuleMove, MoveState


def migrate(module: str, tables: Sequence[Table], target: str) -> None:
    """Carry out what is still to do at the target.

    While a module is away, `migrate` does nothing of it at home, and notes it there as done: what was noted since it
    left is done now. For that time its fence is open, and it is set up anew: SQLite loses it with a remade table.
    """
    left = _left(module, target)
    with _migrated_at(module, target):
        if left and target == DEFAULT_DB_ALIAS:
            labels = {table.model._meta.app_label for table in tables if not table.of_kernel}
            noted = MigrationRecorder(connections[target]).migration_qs
            noted.filter(app__in=labels, applied__gt=left.changed_at).delete()
        executor = MigrationExecutor(connections[target])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not any(router.allow_migrate(target, migration.app_label) for migration, _backwards in plan):
            return
        if left is None:
            call_command("migrate", database=target, interactive=False, verbosity=0)
            return
        ModuleMove.objects.using(target).filter(module=module).update(state=MoveState.ARRIVING)
        try:
            call_command("migrate", database=target, interactive=False, verbosity=0)
        except BaseException:
            left.save(using=target)  # gone since now: what was done is not done again
            raise
        fence.set_up(target, module, fenced_names(tables), MoveState.GONE, left.other)


def _left(module: str, target: str) -> ModuleMove | None:
    """What the target knows of the module when it lived there and moved away."""
    if ModuleMove._meta.db_table not in connections[target].introspection.table_names():
        return None
    return ModuleMove.objects.using(target).filter(module=module, state=MoveState.GONE).first()


@contextmanager
def _migrated_at(module: str, target: str) -> Iterator[None]:
    """For the block, the module's migrations belong to the target. Its connections stay as they are."""
    before = settings.DATABASES
    if target == DEFAULT_DB_ALIAS:
        settings.DATABASES = {alias: made for alias, made in before.items() if alias != module}
    try:
        yield
    finally:
        settings.DATABASES = before
