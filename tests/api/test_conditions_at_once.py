"""Two programs that change in the same moment what they saw: of the same thing, one is served."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connections

from kernel.rest.calls import invoke
from modules.academics.models import Course
from tests.api.conftest import As
from tests.portal.school import School, make_school

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

A_MOMENT = 0.5
"""Seconds for which whoever has compared waits for the other, who must not get so far."""
LONGEST = 30
"""Seconds after which the other is taken not to come, who must."""


@pytest.fixture
def school(transactional_db: None) -> Iterator[School]:
    yield make_school(students=1)
    cache.clear()


def at_once(*changes: Callable[[], Any], wait: float) -> tuple[list[int], bool]:
    """The statuses of changes that are made together, and whether all of them had compared before any was carried out.
    Whoever has compared waits so many seconds for the others.
    """
    compared = Barrier(len(changes))

    def and_wait(operation: Any, **arguments: Any) -> Any:
        found = invoke(operation, **arguments)
        if operation.kind == "query":
            with suppress(BrokenBarrierError):
                compared.wait(timeout=wait)
        return found

    def status_of(change: Callable[[], Any]) -> int:
        try:
            status: int = change().status_code
            return status
        finally:
            connections.close_all()

    with patch("kernel.rest.views.invoke", and_wait), ThreadPoolExecutor(len(changes)) as threads:
        statuses = list(threads.map(status_of, changes))
    return statuses, not compared.broken


@pytest.mark.parametrize("methods", [("PUT", "PUT"), ("PUT", "DELETE")])
def test_of_two_with_the_same_version_one_is_served(school: School, speak_for: As, methods: tuple[str, str]) -> None:
    course = Course.objects.create(name="Optics")
    path = f"academics/courses/{course.pk}/"
    programs = [speak_for(school.hod) for _ in methods]
    seen = programs[0].get(path)["ETag"]
    bodies = [{"name": f"Optics {number}"} if method == "PUT" else None for number, method in enumerate(methods)]
    changes = [
        partial(program, method, path, body, If_Match=seen)
        for program, method, body in zip(programs, methods, bodies, strict=True)
    ]
    statuses, together = at_once(*changes, wait=A_MOMENT)
    assert sorted(statuses) in ([200, 412], [204, 404])
    assert not together


def test_people_who_change_their_own_profile_do_not_wait_for_each_other(school: School, speak_for: As) -> None:
    path = "users/profile/"
    programs = [speak_for(person) for person in (school.hod, school.teacher)]
    changes = [
        partial(program, "PATCH", path, {"first_name": "Now"}, If_Match=program.get(path)["ETag"])
        for program in programs
    ]
    assert at_once(*changes, wait=LONGEST) == ([200, 200], True)
