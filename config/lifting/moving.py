"""A module's move from the database that it lives in to another one, from the plan to the switch."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import AutoField

from config.lifting import copying, media
from config.lifting.copying import Tell
from config.lifting.migrating import migrate
from config.lifting.tables import Table, fenced_names, first_id, highest_id, set_highest_id, tables_of
from config.settings.environment import MODULES, database
from kernel import fence
from kernel.models import ModuleMove, MoveState

ROUNDS = 5
"""How often changes are brought over at most, before and during the freeze."""


class CannotMove(Exception):
    """Why the module stays where it is; nothing was switched."""


@contextmanager
def reachable(module: str, url: str) -> Iterator[None]:
    """For the block, the module has a database of its own at this address, as `<NAME>_DATABASE_URL` would say."""
    made = database(url)
    made["OPTIONS"].pop("pool", None)
    before = settings.DATABASES
    settings.DATABASES = connections.settings = connections.configure_settings(before | {module: made})
    try:
        yield
    finally:
        connections[module].close()
        del connections[module]
        settings.DATABASES = connections.settings = before


@dataclass(frozen=True)
class Move:
    """Between two database aliases, one of which is the module's name."""

    module: str
    source: str
    target: str
    media_folder: Path | None = None

    @cached_property
    def tables(self) -> list[Table]:
        return tables_of(self.module)

    def plan(self) -> Iterator[str]:
        """What would be moved, line by line."""
        total = 0
        for table in self.tables:
            rows = table.rows(self.source).count()
            total += rows
            yield f"{rows:>12,}  {table.name}"
        files = media.files_of(self.module, self.source)
        yield f"{total:>12,}  rows in all"
        yield f"{sum(files.values()):>12,}  bytes of media in {len(files)} files"

    def state(self, alias: str) -> str:
        """What the database at one end knows of the module's move; empty for nothing, or for no tables yet."""
        if ModuleMove._meta.db_table not in connections[alias].introspection.table_names():
            return ""
        found = ModuleMove.objects.using(alias).filter(module=self.module).first()
        return found.state if found else ""

    def run(self, tell: Tell) -> float:
        """Do it, or what is left of it. Returns the seconds for which writers were refused."""
        if self.state(self.source) == MoveState.GONE:
            raise CannotMove(f"{self.module} has left this database already")
        if self.state(self.target) == MoveState.HERE and self.state(self.source) == MoveState.FROZEN:
            return self._finish(time.perf_counter())  # killed between the two halves of the switch
        self._prepare(tell)
        began = time.perf_counter()
        rows = copying.copy(self.tables, self.module, self.source, self.target, tell)
        tell(f"{rows:,} rows copied, {rows / (time.perf_counter() - began):,.0f} a second")
        for _ in range(ROUNDS):
            changed = len(copying.reconcile(self.tables, self.module, self.source, self.target))
            tell(f"{changed} segments changed meanwhile, and were copied again")
            if changed <= 1:
                break
        self._copy_media()
        return self._switch()

    def abort(self) -> None:
        """Let writers go on where they are. What was copied stays, and is brought up to date by the next run."""
        if self.state(self.target) == MoveState.HERE and self.state(self.source) != MoveState.GONE:
            raise CannotMove(f"{self.module} is switched already but for the last step; run it again to finish")
        if self.state(self.source) == MoveState.GONE:
            raise CannotMove(f"{self.module} has moved; bring it back with a move the other way")
        with transaction.atomic(using=self.source):
            ModuleMove.objects.using(self.source).filter(module=self.module).delete()
            fence.take_down(self.source, self.module, fenced_names(self.tables))

    def _prepare(self, tell: Tell) -> None:
        migrate(self.module, self.tables, self.target)
        missing = {t.name for t in self.tables} - set(connections[self.target].introspection.table_names())
        if missing:
            raise CannotMove(f"the target has no tables {', '.join(sorted(missing))}")
        if state := self.state(self.target):
            if state == MoveState.HERE:
                raise CannotMove("the target says that the module lives there already")
            tell("What an earlier move has brought is taken up.")
            return
        own = [t for t in self.tables if not t.of_kernel and t.model._meta.app_label == self.module]
        if any(table.rows(self.target).exists() for table in own):
            raise CannotMove("the target already holds rows of this module that no move has brought there")
        ModuleMove.objects.using(self.target).create(
            module=self.module, state=MoveState.ARRIVING, other=address(self.source)
        )

    def _copy_media(self) -> None:
        if self.media_folder:
            media.copy(media.files_of(self.module, self.source), self.media_folder)

    def _switch(self) -> float:
        began = time.perf_counter()
        names = fenced_names(self.tables)
        fence.set_up(self.source, self.module, names, MoveState.FROZEN, address(self.target))
        try:
            self._bring_over_the_last()
            self._continue_ids()
            self._copy_media()
        except BaseException:
            self.abort()
            raise
        with transaction.atomic(using=self.target):
            ModuleMove.objects.using(self.target).filter(module=self.module).update(
                state=MoveState.HERE, other=address(self.source), table="", segment=-1
            )
            fence.take_down(self.target, self.module, names)
        return self._finish(began)

    def _bring_over_the_last(self) -> None:
        """Nobody writes any more: what is the same stays so. Only what had to be copied is compared again."""
        changed = copying.reconcile(self.tables, self.module, self.source, self.target)
        for _ in range(ROUNDS):
            if not changed:
                return
            changed = copying.reconcile(self.tables, self.module, self.source, self.target, among=changed)
        names = sorted({table.name for table, _ in changed})
        raise CannotMove(f"not the same on both sides, however often it is copied: {', '.join(names)}")

    def _finish(self, began: float) -> float:
        """From here on the old place knows that the module is gone; the kernel's rows are in one place only."""
        with transaction.atomic(using=self.source):
            ModuleMove.objects.using(self.source).filter(module=self.module).update(state=MoveState.HERE)
            for table in reversed([table for table in self.tables if table.of_kernel]):
                copying.delete(table.all(self.source))
            ModuleMove.objects.using(self.source).filter(module=self.module).update(
                state=MoveState.GONE, other=address(self.target)
            )
        return time.perf_counter() - began

    def _continue_ids(self) -> None:
        for table in self.tables:
            if not isinstance(table.model._meta.pk, AutoField):
                continue
            highest = max(highest_id(self.source, table), highest_id(self.target, table))
            if table.of_kernel and self.target != DEFAULT_DB_ALIAS:
                highest = first_id(highest, MODULES.index(self.module), len(MODULES))
            set_highest_id(self.target, table, highest)


def address(alias: str) -> str:
    """Where a database is, without a password."""
    made = connections[alias].settings_dict
    return f"{made.get('HOST') or ''}/{made['NAME']}"[-300:]
