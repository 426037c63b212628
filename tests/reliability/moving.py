"""What processes do that move modules: `<act> <argument> ... then <act> ...`."""

import json
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from config.lifting import copying, media, moving
from config.lifting.copying import Tell
from config.lifting.tables import Table
from contracts.errors import ModuleMoving
from kernel import fence
from modules.attendance.models import AttendanceReport
from modules.users.models import StudentProfile
from tests.reliability import acts


def lift(folder: str, targets: str) -> None:
    """`targets`: JSON of module → address of its own database."""
    for module, url in json.loads(targets).items():
        out, files = Path(folder) / f"{module}.env", Path(folder) / "files"
        call_command("lift", module, to=url, run=True, out=out, media=files, verbosity=0)


def land(folder: str, *modules: str) -> None:
    for module in modules:
        call_command("land", module, run=True, out=Path(folder) / f"{module}.env", verbosity=0)


def lift_and_die_copying(folder: str, targets: str, nth: str) -> None:
    """Killed inside the transaction of the n-th segment, when its rows are in and its checkpoint is not."""
    left, insert = int(nth), copying.insert

    def insert_or_die(table: Table, segment: int, source: str, target: str) -> int:
        nonlocal left
        left -= 1
        rows = insert(table, segment, source, target)
        return rows if left else acts.die()

    with patch.object(copying, "insert", insert_or_die):
        lift(folder, targets)


def lift_and_die_frozen(folder: str, targets: str) -> None:
    """Killed while writers are refused."""
    files_of = media.files_of
    calls = 0

    def files_of_or_die(module: str, alias: str) -> dict[str, int]:
        nonlocal calls
        calls += 1  # for the plan, before the freeze, and within it
        return files_of(module, alias) if calls < 3 else acts.die()

    with patch.object(media, "files_of", files_of_or_die):
        lift(folder, targets)


def lift_and_die_switching(folder: str, targets: str) -> None:
    """Killed when the new place knows that the module is there, and the old one does not know that it left."""

    def die(move: moving.Move, began: float) -> NoReturn:
        acts.die()

    with patch.object(moving.Move, "_finish", die):
        lift(folder, targets)


def lift_while_marks_change(folder: str, targets: str) -> None:
    """After the copy, and before it is compared, a mark is added, one changed, and one deleted."""
    copy = copying.copy

    def copy_and_change(tables: list[Table], module: str, source: str, target: str, tell: Tell) -> int:
        rows = copy(tables, module, source, target, tell)
        marks = AttendanceReport.objects.using(source)
        first, second = marks.order_by("pk")[:2]
        first.delete(using=source)
        marks.filter(pk=second.pk).update(status="late")
        marks.create(attendance_id=second.attendance_id, student_id=987654, status="present")
        return rows

    with patch.object(copying, "copy", copy_and_change):
        lift(folder, targets)


def lift_and_compare(folder: str, targets: str, changes_before: str = "") -> None:
    """While nobody may write, all is compared once; with `changes_before`, a mark changes at the very last moment
    before, and what had to be copied for it is compared once more.
    """
    compare, set_up = copying.reconcile, fence.set_up
    compared: list[int | None] = []

    def freeze(alias: str, *arguments: Any) -> None:
        if changes_before:
            AttendanceReport.objects.using(alias).filter(pk=AttendanceReport.objects.earliest("pk").pk).update(
                status="late"
            )
        set_up(alias, *arguments)
        compared.clear()

    def count(
        tables: list[Table], module: str, source: str, target: str, among: list[copying.Segment] | None = None
    ) -> list[copying.Segment]:
        compared.append(None if among is None else len(among))
        return compare(tables, module, source, target, among)

    with patch.object(fence, "set_up", freeze), patch.object(copying, "reconcile", count):
        lift(folder, targets)
    assert compared == ([None, 1] if changes_before else [None])


def plan(folder: str, targets: str) -> None:
    """Only look."""
    for module, url in json.loads(targets).items():
        call_command("lift", module, to=url, out=Path(folder) / "none.env", media=Path(folder) / "none", verbosity=0)


def lift_while_a_photo_comes(folder: str, targets: str) -> None:
    """A student gets a photo after the files were copied for the first time."""
    copy_media = moving.Move._copy_media

    def copy_and_add(move: moving.Move) -> None:
        copy_media(move)
        file = Path(settings.MEDIA_ROOT, "photos", "late.png")
        if not file.exists():
            file.write_bytes(b"late")
            last = StudentProfile.objects.using(move.source).latest("pk")
            StudentProfile.objects.using(move.source).filter(pk=last.pk).update(profile_pic="photos/late.png")

    with patch.object(moving.Move, "_copy_media", copy_and_add):
        lift(folder, targets)


def land_with_files(folder: str, module: str) -> None:
    """Home from where the lifted module kept its files."""
    out, home = Path(folder) / "landed.env", Path(folder) / "home"
    with override_settings(MEDIA_ROOT=str(Path(folder) / "files")):
        call_command("land", module, run=True, out=out, media=home, verbosity=0)


def migrate(*arguments: str) -> None:
    call_command("migrate", *arguments, verbosity=0)


def refused(*arguments: str) -> None:
    """The head approves requests, and is told that leaves is being moved."""
    with pytest.raises(ModuleMoving) as refusal:
        acts.approve(*arguments)
    assert (refusal.value.module, refusal.value.may_have_executed) == ("leaves", False)


def give_up(folder: str, targets: str) -> None:
    for module, url in json.loads(targets).items():
        call_command("lift", module, to=url, abort=True, out=Path(folder) / "none.env", verbosity=0)


def main(*words: str) -> None:
    """Do acts, of these or of `tests.reliability.acts`, one after the other; "then" stands between them."""
    own: tuple[Callable[..., Any], ...] = (
        *(lift, land, migrate, plan, refused, give_up, lift_while_marks_change),
        *(lift_and_compare, lift_while_a_photo_comes, land_with_files),
        *(lift_and_die_copying, lift_and_die_frozen, lift_and_die_switching),
    )
    found = {one.__name__: one for one in own}
    for is_between, group in groupby(words, key=lambda word: word == "then"):
        if not is_between:
            act, *arguments = group
            if act in found:
                found[act](*arguments)
            else:
                acts.main(act, *arguments)
