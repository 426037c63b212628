"""Every cell of the table of permissions (`tests.api.matrix`), and the page that shows it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import override_settings

from kernel.rest.schema import endpoints
from tests.api.conftest import Program
from tests.api.matrix import COLUMNS, STATUSES, page, rows
from tests.api.matrix.things import DEACTIVATED, REVOKED, close_the_doors, furnished, pay_a_fine, things
from tests.modules.finance.sandbox import Sandbox, serving, settings_for
from tests.plugins.cell_counts import CheckCells
from tests.portal.school import ESSAY, ESSAY_TEXT, School

pytestmark = pytest.mark.sqlite_only  # who may do what is the same on any database

PAGE = Path(settings.BASE_DIR, "docs", "permissions.md")


@pytest.fixture(autouse=True)
def _an_essay(_own_media: None) -> None:
    default_storage.save(ESSAY, ContentFile(ESSAY_TEXT))


@dataclass(frozen=True)
class Visitors:
    """By column, the program that asks and the names of what it asks about."""

    school: School
    columns: Mapping[str, tuple[Program, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The payment provider, for as long as the school stands."""
    with serving() as server, override_settings(**settings_for(server)):
        yield server


@pytest.fixture(scope="module")
def visitors(sandbox: Sandbox, django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    """The school is made once; what a test changes is undone by the test's own transaction inside of this one."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        vars(around)["_from_testcase"] = True
        with around:
            school = furnished()
            pay_a_fine(school, sandbox)
            yield _visitors(school)
            transaction.set_rollback(True)


def _visitors(school: School) -> Visitors:
    student, teacher, hod = (Program(person) for person in (school.student, school.teacher, school.hod))
    deactivated, revoked = (Program(school.students[n]) for n in (DEACTIVATED, REVOKED))
    for program in (deactivated, revoked):
        assert program.get("leaves/own/").status_code == 200
    close_the_doors(school)
    own, others = (things(school, school.student, own=whose) for whose in (True, False))
    taught, not_taught = (things(school, school.teacher, own=whose) for whose in (True, False))
    return Visitors(
        school,
        {
            "nobody": (Program(), own),
            "deactivated": (deactivated, own),
            "revoked": (revoked, own),
            "student": (student, own),
            "student, other's": (student, others),
            "staff": (teacher, taught),
            "staff, other's": (teacher, not_taught),
            "hod": (hod, things(school, school.hod, own=True)),
        },
    )


def operations() -> dict[str, str]:
    """By the key of a row, the operation's path."""
    prefix = "/api/v1/"
    return {
        f"{method.upper()} {path.removeprefix(prefix)}": path.removeprefix(prefix)
        for path, view in endpoints().items()
        for method in view.calls
    }


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert sorted(rows()) == sorted(operations())


@pytest.mark.parametrize("operation", sorted(rows()))
def test_cells(operation: str, visitors: Visitors, db: None, cells_checked: CheckCells) -> None:
    row, found = rows()[operation], {}
    for column, (program, named) in visitors.columns.items():
        cache.clear()
        before = transaction.savepoint()
        asked = row.asked(operation, named)
        response = program(asked.method, asked.path, asked.body, query=asked.query)
        transaction.savepoint_rollback(before)
        word = next((word for word, statuses in STATUSES.items() if response.status_code in statuses), "")
        found[column] = word or f"{response.status_code} {response.data}"
    assert found == row.outcomes()
    cells_checked(found.values())


def test_the_roles_in_the_description_are_those_that_succeed() -> None:
    for path, view in endpoints().items():
        for method, call in view.calls.items():
            outcomes = rows()[f"{method.upper()} {path.removeprefix('/api/v1/')}"].outcomes()
            succeeding = {column.partition(",")[0] for column, outcome in outcomes.items() if outcome == "yes"}
            assert call.public == ("nobody" in succeeding), (method, path)
            named = set() if call.public else succeeding - set(COLUMNS[:3])
            assert {role.value for role in call.roles} == named, (method, path)


def test_the_page_shows_the_table() -> None:
    if os.environ.get("UPDATE_PERMISSIONS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "UPDATE_PERMISSIONS=1 .venv/bin/pytest tests/api/test_permissions.py"
    )
