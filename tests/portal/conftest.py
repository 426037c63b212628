"""A school to visit, and browsers of its people."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.portal.school import School, Somebody, login, make_school

Browse = Callable[[Somebody], Client]


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path: Path) -> None:
    """What is handed in goes to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def school(db: None) -> School:
    """Forty students; `make_school` and `grow` make more."""
    return make_school()


@pytest.fixture
def browse() -> Browse:
    """Gives the browser of a person who is logged in."""

    def open_browser(person: Somebody) -> Client:
        return login(Client(), person)

    return open_browser


@pytest.fixture
def as_hod(school: School, browse: Browse) -> Client:
    return browse(school.hod)


@pytest.fixture
def as_teacher(school: School, browse: Browse) -> Client:
    return browse(school.teacher)


@pytest.fixture
def as_student(school: School, browse: Browse) -> Client:
    return browse(school.student)


@pytest.fixture(autouse=True)
def _no_failed_logins() -> None:
    """What an earlier test failed to log in with slows nobody down."""
    cache.clear()
