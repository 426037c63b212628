"""What the demo school is made of, for any day, and when it is not made."""

from datetime import date
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from config import demo
from config.demo import calendar, files
from config.demo.hurry import hurry
from config.demo.people import invent


@pytest.mark.django_db
def test_without_the_demo_school_there_are_no_logins() -> None:
    assert demo.logins() == ()


@pytest.mark.django_db
def test_a_database_with_a_single_account_is_left_alone() -> None:
    get_user_model()._default_manager.create(username="somebody")
    with pytest.raises(CommandError, match="already"):
        call_command("load_demo", stdout=StringIO())
    assert get_user_model()._default_manager.count() == 1


@pytest.mark.django_db
def test_a_process_without_all_modules_makes_no_school(settings: Any) -> None:
    settings.LOCAL_MODULES = ("users", "academics")
    with pytest.raises(CommandError, match="all modules"):
        call_command("load_demo", stdout=StringIO())


def test_hurrying_ends_with_the_block() -> None:
    before = list(django_settings.PASSWORD_HASHERS), django_settings.EMAIL_BACKEND
    with hurry():
        assert django_settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")
        assert make_password("x").startswith("argon2$argon2id$v=19$m=1024,t=1,p=1$")
        assert check_password("x", make_password("x"))
    assert (list(django_settings.PASSWORD_HASHERS), django_settings.EMAIL_BACKEND) == before
    assert not make_password("x").startswith("argon2$argon2id$v=19$m=1024,")


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31)), st.integers(0, 11))
def test_lessons_are_past_weekdays_of_the_session_year(today: date, subject: int) -> None:
    first_day, last_day = calendar.session_year(today)
    days = calendar.lessons(subject, today)
    assert first_day <= today <= last_day
    assert 2 * calendar.WEEKS <= len(days) == len(set(days))
    assert all(first_day <= day < today and day.weekday() < 5 for day in days)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31)))
def test_the_next_weekday_is_at_most_two_days_away(day: date) -> None:
    found = calendar.next_weekday(day)
    assert found.weekday() < 5
    assert 0 <= (found - day).days <= 2


@pytest.mark.parametrize("seed", [1, 20])
def test_the_same_seed_invents_the_same_people_of_different_names(seed: int) -> None:
    def people() -> list[Any]:
        return invent(Random(seed), 120, youngest=date(2007, 1, 1), oldest=date(2001, 1, 1))

    assert people() == people()
    assert len({person.username for person in people()}) == 120
    assert all(date(2001, 1, 1) <= person.birth_date <= date(2007, 1, 1) for person in people())


def test_files_are_small_real_and_the_same_every_time() -> None:
    essay, notes = files.essay("Ada Okafor", "Price of bread"), files.notes("Ada Okafor", "Price of bread")
    assert (essay.name, notes.name) == ("price-of-bread.pdf", "price-of-bread.txt")
    assert essay.content.startswith(b"%PDF-")
    assert essay == files.essay("Ada Okafor", "Price of bread")
    assert len(essay.content) < 4096
    assert notes.content.decode().splitlines()[1] == "Ada Okafor"
