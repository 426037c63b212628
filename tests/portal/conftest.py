"""A school to visit, and browsers of its people."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from modules.finance import providers
from modules.finance.providers.razorpay import RazorpayProvider
from tests.modules.finance.test_providers import FakeRazorpay
from tests.portal.copied import Copies
from tests.portal.school import School, Somebody, login, make_school

Browse = Callable[[Somebody], Client]

HERE = Path(__file__).parent
ON_EVERY_DATABASE = ("test_routes.py", "test_homes.py")
"""Tests that see every page work. What the others say of pages is the same on any database."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages reach the database through the modules, which are tested on each: once more on PostgreSQL is enough."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.name not in ON_EVERY_DATABASE:
            item.add_marker(pytest.mark.sqlite_only)


@pytest.fixture(autouse=True)
def _own_media(settings: Settings, tmp_path: Path) -> None:
    """What is handed in goes to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def schools() -> Copies:
    return Copies(make_school)


@pytest.fixture
def school(db: None, schools: Copies) -> School:
    """Forty students; `make_school` and `grow` make more."""
    return schools.one_more()


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


@pytest.fixture
def razorpay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRazorpay]:
    """Razorpay is the provider, and its orders are taken by a server of ours."""
    settings.PAYMENT_PROVIDER, settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "razorpay", "rzp_1", "s3cret"
    with FakeRazorpay() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        provider = RazorpayProvider(key_id="rzp_1", key_secret="s3cret", api=server.url)
        monkeypatch.setattr(providers, "_razorpay", lambda _key_id, _secret: provider)
        yield server
        server.shutdown()
        thread.join()
