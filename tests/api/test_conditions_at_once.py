"""Two programs that saw the same and change it in the same moment: one is served."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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


@pytest.fixture
def school(transactional_db: None) -> Iterator[School]:
    yield make_school(students=1)
    cache.clear()


@pytest.mark.parametrize("methods", [("PUT", "PUT"), ("PUT", "DELETE")])
def test_of_two_with_the_same_version_one_is_served(school: School, speak_for: As, methods: tuple[str, str]) -> None:
    course = Course.objects.create(name="Optics")
    path = f"academics/courses/{course.pk}/"
    programs = [speak_for(school.hod) for _ in methods]
    seen = programs[0].get(path)["ETag"]
    compared = Barrier(len(methods))

    def and_wait(operation: Any, **arguments: Any) -> Any:
        found = invoke(operation, **arguments)
        if operation.kind == "query":
            with suppress(BrokenBarrierError):
                compared.wait(timeout=A_MOMENT)
        return found

    def change(number: int) -> int:
        try:
            body = {"name": f"Optics {number}"} if methods[number] == "PUT" else None
            status: int = programs[number](methods[number], path, body, If_Match=seen).status_code
            return status
        finally:
            connections.close_all()

    with patch("kernel.rest.views.invoke", and_wait), ThreadPoolExecutor(len(methods)) as threads:
        statuses = sorted(threads.map(change, range(len(methods))))
    assert statuses in ([200, 412], [204, 404])
