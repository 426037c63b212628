"""How guessing is slowed down, with either cache, and who is not held up by it."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from pytest_django import Settings

from contracts.errors import LimitReached, Unauthenticated
from contracts.users import Origin, UsersService
from modules.users import throttle
from modules.users.models import User
from modules.users.throttle import Attempt
from tests import actors
from tests.modules.users.people import PASSWORD, make_student, make_teacher
from tests.servers.valkey import valkey

HOME, SCHOOL, STRANGER = "192.0.2.1", "198.51.100.1", "203.0.113.1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with valkey() as url:
        yield url


@pytest.fixture(params=["this process's memory", "Valkey"])
def _either_cache(request: pytest.FixtureRequest, settings: Settings) -> Iterator[BaseCache]:
    if request.param == "Valkey":
        url = request.getfixturevalue("server")
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    caches["default"].clear()
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False):
        yield caches["default"]
    caches["default"].clear()


@pytest.mark.usefixtures("_either_cache")
@pytest.mark.sqlite_only
class TestCounters:
    def test_a_name_from_one_address_waits_after_ten_failures_and_nobody_else(self) -> None:
        for _ in range(throttle.MOST_FAILURES):
            assert Attempt("ada", HOME).wait_seconds() == 0
            Attempt("ada", HOME).count_failure()
        assert Attempt("ada", HOME).wait_seconds() == 270
        assert Attempt("ada", SCHOOL).wait_seconds() == 0
        assert Attempt("bob", HOME).wait_seconds() == 0
        assert Attempt("bob", HOME).strangers_wait_seconds() == 0

    def test_strangers_wait_for_a_name_that_is_tried_from_everywhere(self) -> None:
        for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
            Attempt("ada", f"192.0.2.{number}").count_failure()
        assert Attempt("ada", STRANGER).strangers_wait_seconds() == 270
        assert Attempt("ada", STRANGER).wait_seconds() == 0
        assert Attempt("bob", STRANGER).strangers_wait_seconds() == 0

    def test_strangers_wait_at_an_address_that_tries_many_names(self) -> None:
        for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
            Attempt(f"student {number}", SCHOOL).count_failure()
        assert Attempt("ada", SCHOOL).strangers_wait_seconds() == 270
        assert Attempt("ada", HOME).strangers_wait_seconds() == 0

    def test_an_unknown_address_counts_by_name_alone(self) -> None:
        for number in range(throttle.MOST_FAILURES_OF_STRANGERS - 1):
            Attempt(f"student {number}", "").count_failure()
        assert Attempt("ada", "").strangers_wait_seconds() == 0
        for _ in range(throttle.MOST_FAILURES):
            Attempt("ada", "").count_failure()
        assert Attempt("ada", "").wait_seconds() == 270

    def test_whoever_has_one_ipv6_address_has_many(self) -> None:
        for number in range(throttle.MOST_FAILURES):
            Attempt("ada", f"2001:db8:0:1::{number:x}").count_failure()
        assert Attempt("ada", "2001:db8:0:1:ffff::1").wait_seconds() == 270
        assert Attempt("ada", "2001:db8:0:2::1").wait_seconds() == 0

    def test_the_next_span_begins_anew(self) -> None:
        for _ in range(throttle.MOST_FAILURES):
            Attempt("ada", HOME).count_failure()
        with time_machine.travel("2026-03-02T08:05:00Z", tick=False):
            assert Attempt("ada", HOME).wait_seconds() == 0

    def test_neither_name_nor_address_stands_in_the_cache(self) -> None:
        assert not any(
            text in key for key in (Attempt("ada", HOME)._pair, *Attempt("ada", HOME)._wide) for text in ("ada", HOME)
        )


# --- what that means for people ---------------------------------------------------------------------------------------


@pytest.fixture
def _one_moment() -> Iterator[None]:
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False):
        yield


def outcome(users: UsersService, email: str, password: str, address: str) -> str:
    """ "in", "refused" or "wait"."""
    try:
        users.log_in(actor=actors.anonymous(), email=email, password=password, origin=Origin(address=address))
    except Unauthenticated:
        return "refused"
    except LimitReached:
        return "wait"
    return "in"


@pytest.fixture
def ada(db: None, users: UsersService, _one_moment: None) -> User:
    """Logs in from school now and then."""
    user = make_student("ada")
    assert outcome(users, user.email, PASSWORD, SCHOOL) == "in"
    return user


def test_a_stranger_cannot_lock_anybody_out(users: UsersService, ada: User) -> None:
    for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
        assert outcome(users, ada.email, "guess", f"203.0.113.{number}") == "refused"
    assert outcome(users, ada.email, PASSWORD, STRANGER) == "wait"
    assert outcome(users, ada.email, PASSWORD, HOME) == "wait"
    assert outcome(users, ada.email, PASSWORD, SCHOOL) == "in"


def test_a_prankster_at_school_does_not_lock_the_school_out(users: UsersService, ada: User) -> None:
    newcomer = make_teacher("newcomer")
    for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
        assert outcome(users, f"{number}@school.example", "guess", SCHOOL) == "refused"
    assert outcome(users, ada.email, PASSWORD, SCHOOL) == "in"
    assert outcome(users, newcomer.email, PASSWORD, SCHOOL) == "wait"
    assert outcome(users, newcomer.email, PASSWORD, HOME) == "in"


def test_nothing_is_learned_where_strangers_wait(users: UsersService, ada: User) -> None:
    for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
        outcome(users, f"{number}@school.example", "guess", SCHOOL)
    known_here, known_elsewhere = ada.email, make_teacher("bob").email
    for email in (known_here, known_elsewhere, "nobody@school.example"):
        assert outcome(users, email, "guess", SCHOOL) == "wait"


def test_who_is_no_stranger_still_has_no_more_than_ten_tries(users: UsersService, ada: User) -> None:
    for number in range(throttle.MOST_FAILURES_OF_STRANGERS):
        outcome(users, f"{number}@school.example", "guess", SCHOOL)
    for _ in range(throttle.MOST_FAILURES):
        assert outcome(users, ada.email, "guess", SCHOOL) == "wait"
    assert outcome(users, ada.email, PASSWORD, SCHOOL) == "wait"


def test_successful_logins_of_a_whole_school_count_nothing(users: UsersService, ada: User) -> None:
    for _ in range(throttle.MOST_FAILURES_OF_STRANGERS + 10):
        assert outcome(users, ada.email, PASSWORD, SCHOOL) == "in"
    assert outcome(users, make_teacher("newcomer").email, PASSWORD, SCHOOL) == "in"
