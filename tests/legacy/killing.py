"""Moves in processes that are killed with SIGKILL, at statements that a seed picks.

Each attempt is a fork of one process that has Django set up. Writes JSON: for each school how many attempts were
killed, and what the database holds once a last run went through.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connections, models

from kernel.append_only import AppendOnly
from kernel.guard import acting_as
from kernel.module import ModuleConfig
from kernel.totals import RunningTotal, derived_models
from migrations_legacy.models import OriginalValues, PlacedBlock, QuarantinedRow

ATTEMPTS = 5
_OURS: tuple[type[models.Model], ...] = (OriginalValues, PlacedBlock, QuarantinedRow)
_OF_A_RUN = frozenset({"run", "since", "seal"})


def state() -> dict[str, str]:
    """Table → rows and digest of what it holds, besides what tells when and how often something was written. Tables
    that are only added to show the way to what they come to, which is in the totals.
    """
    tables: list[type[models.Model]] = [*_OURS, Session]
    for config in apps.get_app_configs():
        if isinstance(config, ModuleConfig):
            tables += (model for model in config.get_models() if not issubclass(model, AppendOnly))
    return {model._meta.db_table: _content(model) for model in tables}


def _content(model: type[models.Model]) -> str:
    made = model in _OURS or model in derived_models()
    fields = [
        field.attname
        for field in model._meta.concrete_fields
        if field.attname not in _OF_A_RUN and not (made and isinstance(field, models.AutoField))
    ]
    with acting_as(model._meta.app_label):
        found = model._base_manager.values_list(*fields)
        # A total of zero may be written or not.
        found = found.exclude(value=0) if issubclass(model, RunningTotal) else found
        rows = sorted(ascii([_plain(value) for value in row]) for row in found)
    return f"{len(rows)} {blake2b(''.join(rows).encode(), digest_size=8).hexdigest()}"


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else str(value)


class KilledAt:
    """A wrapper of a connection's statements that kills its own process before one of them."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def count_statements(school: str) -> int:
    """How many statements a run takes that changes nothing, to have a measure; the first takes more."""
    counter = KilledAt(0)
    with connections["default"].execute_wrapper(counter):
        call_command("migrate_legacy", school, dry_run=True, verbosity=0)
    connections.close_all()
    return -counter.left


def attempt(school: str, number: int) -> bool:
    """One run that is killed before its statement of this number; whether it was, since it may be through earlier."""
    child = os.fork()
    if not child:
        status = 1
        try:
            with connections["default"].execute_wrapper(KilledAt(number)):
                call_command("migrate_legacy", school, verbosity=0)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.WEXITSTATUS(status):
        sys.exit(f"a run before statement {number} failed")
    return False


def main(seed: str, *schools: str) -> None:
    """Move each school in, one state of the same legacy after the other."""
    random = Random(seed)
    call_command("migrate", verbosity=0)
    told = []
    for school in schools:
        measure = count_statements(school)
        killed = sum(attempt(school, random.randint(1, 2 * measure)) for _ in range(ATTEMPTS))
        call_command("migrate_legacy", school, verbosity=0)
        told.append({"killed": killed, "state": state()})
        connections.close_all()
    Path(os.environ["TOLD"]).write_text(json.dumps(told))
