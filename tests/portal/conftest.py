"""A school to visit, and browsers of its people."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from modules.finance import providers
from modules.finance.providers.razorpay import RazorpayProvider
from modules.finance.sandbox import keys
from tests.modules.finance.sandbox import SECRET, Sandbox, in_use, serving
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


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with serving() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: Settings) -> Sandbox:
    """The payment provider in use, whose webhooks a test carries over by itself."""
    return in_use(sandbox_server, settings)


@pytest.fixture
def razorpay(sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Razorpay is the provider, and the sandbox stands in for its servers."""
    provider = RazorpayProvider(
        key_id=keys.KEY_ID, key_secret=SECRET, webhook_secret=keys.webhook_secret(SECRET), api=sandbox.url
    )
    settings.PAYMENT_PROVIDER = "razorpay"
    monkeypatch.setattr(providers, "_razorpay", lambda *_keys: provider)
    return sandbox
