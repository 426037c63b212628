"""What a question costs does not grow with the school."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import Program
from tests.api.matrix import Row, rows
from tests.api.matrix.things import furnished, things
from tests.portal import query_counts
from tests.portal.school import School, grow

pytestmark = pytest.mark.sqlite_only

FILE = Path(__file__).with_name("query_counts.json")
MANY = 200


def questions() -> dict[str, Row]:
    return {operation: row for operation, row in rows().items() if operation.startswith("GET ") and not row.public}


def counted(school: School) -> dict[str, int]:
    """By operation, the queries that it takes whoever may ask it: the head, or else a student."""
    found = {}
    askers = {
        role: (Program(person), things(school, person, own=True))
        for role, person in (("hod", school.hod), ("student", school.student))
    }
    for operation, row in questions().items():
        program, named = askers["hod" if row.hod == "yes" else "student"]
        asked = row.asked(operation, named)
        for _ in range(2):  # what is remembered between requests is remembered by the first
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                response = program(asked.method, asked.path, query=asked.query)
            assert response.status_code == 200, operation
        found[operation] = len(captured)
    return found


def test_every_question_costs_the_same_in_a_small_and_in_a_large_school(db: None) -> None:
    school = furnished()
    small = counted(school)
    grow(school, MANY)
    assert counted(school) == small
    assert query_counts.compare(small, file=FILE) == {}, "UPDATE_QUERY_COUNTS=1 writes it"
