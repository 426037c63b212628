"""Who gets in, with which password, and how guessing is slowed down."""

import pytest
import structlog
import time_machine
from django.contrib.auth.hashers import PBKDF2PasswordHasher, PBKDF2SHA1PasswordHasher, make_password
from pytest_django import Settings

from contracts.base import Role
from contracts.errors import LimitReached, Unauthenticated
from contracts.users import LoggedIn, UsersService
from modules.users import credentials, throttle
from modules.users.models import User
from tests import actors
from tests.modules.users.people import PASSWORD, make_hod, make_person, make_student, make_teacher, student_id

pytestmark = pytest.mark.django_db

OLD = "Legacy#2025"


def log_in(users: UsersService, email: str, password: str = PASSWORD) -> LoggedIn:
    return users.log_in(actor=actors.anonymous(), email=email, password=password)


def refused(users: UsersService, email: str, password: str = PASSWORD) -> bool:
    try:
        log_in(users, email, password)
    except Unauthenticated:
        return True
    return False


def test_each_role_gets_in_and_is_known_by_its_profile(users: UsersService) -> None:
    head, teacher, student = make_hod(), make_teacher(), make_student()
    found = [log_in(users, u.email).identity for u in (head, teacher, student)]
    assert [(i.user_id, i.role, i.name) for i in found] == [
        (head.pk, Role.HOD, "Head Person"),
        (teacher.pk, Role.STAFF, "Teacher Person"),
        (student.pk, Role.STUDENT, "Student Person"),
    ]
    assert found[0].profile_id is None
    assert found[2].profile_id == student_id(student)


def test_a_login_is_noted(users: UsersService) -> None:
    user = make_teacher()
    log_in(users, user.email)
    user.refresh_from_db()
    assert user.last_login is not None


@pytest.mark.parametrize(
    "encoded",
    [
        PBKDF2PasswordHasher().encode(OLD, "salt", 180_000),
        PBKDF2PasswordHasher().encode(OLD, "salt", 260_000),
        PBKDF2PasswordHasher().encode(OLD, "salt", 870_000),
        PBKDF2SHA1PasswordHasher().encode(OLD, "salt", 260_000),
    ],
    ids=["Django 3.0", "Django 3.2", "Django 5.1", "SHA-1"],
)
def test_hashes_of_the_legacy_open_the_account_and_are_renewed(users: UsersService, encoded: str) -> None:
    user = make_teacher()
    User.objects.filter(pk=user.pk).update(password=encoded)
    first = log_in(users, user.email, OLD)
    user.refresh_from_db()
    assert user.password.startswith("md5$")
    assert first.session_hash == user.get_session_auth_hash()
    assert not refused(users, user.email, OLD)
    assert refused(users, user.email, "another")


@pytest.mark.parametrize("stored", ["!", "!4sW8", "", "plain text", "unknown$1$2$3"])
def test_a_password_that_cannot_be_used_opens_nothing(users: UsersService, stored: str) -> None:
    user = make_teacher()
    User.objects.filter(pk=user.pk).update(password=stored)
    assert refused(users, user.email, stored)
    assert refused(users, user.email, "")


def test_people_who_share_an_e_mail_get_in_with_their_own_passwords(users: UsersService) -> None:
    first = make_teacher("a", email="shared@school.example", password="first password")
    second = make_student("b", email="shared@school.example", password="second password")
    assert log_in(users, "shared@school.example", "first password").identity.user_id == first.pk
    assert log_in(users, "shared@school.example", "second password").identity.user_id == second.pk


def test_of_the_same_e_mail_and_password_the_first_active_account_wins(users: UsersService) -> None:
    first, second = (make_teacher(name, email="same@school.example") for name in "ab")
    assert log_in(users, "same@school.example").identity.user_id == first.pk
    User.objects.filter(pk=first.pk).update(is_active=False)
    assert log_in(users, "same@school.example").identity.user_id == second.pk


def test_the_e_mail_is_taken_as_it_is_written(users: UsersService) -> None:
    upper = make_teacher("upper", email="Case@school.example")
    lower = make_teacher("lower", email="case@school.example")
    assert log_in(users, "Case@school.example").identity.user_id == upper.pk
    assert log_in(users, "case@school.example").identity.user_id == lower.pk
    assert refused(users, "CASE@school.example")
    assert refused(users, " case@school.example")
    assert refused(users, "upper"), "the username is no e-mail"


def test_an_account_without_e_mail_is_opened_by_an_empty_one(users: UsersService) -> None:
    make_teacher("a", email="", password="first password")
    second = make_teacher("b", email="", password="second password")
    assert log_in(users, "", "second password").identity.user_id == second.pk


def test_an_empty_password_opens_what_was_stored_with_it(users: UsersService) -> None:
    user = make_teacher(password="")
    assert not refused(users, user.email, "")


@pytest.mark.parametrize("state", [{"is_active": False}, {"half_made": True}, {"withdrawn_at": "2026-01-01T00:00Z"}])
def test_inactive_half_made_and_withdrawn_accounts_stay_closed(users: UsersService, state: dict[str, object]) -> None:
    user = make_student()
    User.objects.filter(pk=user.pk).update(**state)
    assert refused(users, user.email)
    user.refresh_from_db()
    assert user.last_login is None


def test_an_account_of_no_role_is_told_so(users: UsersService) -> None:
    user = make_person(Role.NONE, "odd")
    with pytest.raises(Unauthenticated, match="neither"):
        log_in(users, user.email)
    assert refused(users, user.email, "wrong")


def test_an_unknown_e_mail_costs_a_hash_like_a_known_one(users: UsersService, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def hash_and_note(password: str) -> str:
        hashed.append(password)
        return make_password(password)

    monkeypatch.setattr(credentials, "make_password", hash_and_note)
    assert refused(users, "nobody@school.example", "guess")
    assert hashed == ["guess"]
    assert refused(users, "nul\0@school.example", "guess")


def test_only_so_many_accounts_are_tried_for_one_login(users: UsersService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "MOST_ACCOUNTS", 2)
    for name in "abc":
        make_teacher(name, email="", password=f"password of {name}")
    assert not refused(users, "", "password of b")
    assert refused(users, "", "password of c")


def test_guessing_is_stopped_for_a_while_even_with_the_right_password(users: UsersService) -> None:
    user, other = make_teacher(), make_teacher("other")
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False) as now:
        for _ in range(throttle.MOST_FAILURES):
            assert refused(users, user.email, "guess")
        with pytest.raises(LimitReached) as caught:
            log_in(users, user.email)
        assert 0 < caught.value.retry_after <= throttle.SPAN_SECONDS
        assert not refused(users, other.email)
        now.shift(caught.value.retry_after)
        assert not refused(users, user.email)


def test_unknown_e_mails_are_stopped_as_well_so_that_nothing_is_learned_from_it(users: UsersService) -> None:
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False):
        for _ in range(throttle.MOST_FAILURES):
            assert refused(users, "nobody@school.example", "guess")
        with pytest.raises(LimitReached):
            log_in(users, "nobody@school.example")


def test_successful_logins_are_never_held_against_anybody(users: UsersService) -> None:
    user = make_teacher(email="shared@school.example")
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False):
        assert all(not refused(users, user.email) for _ in range(throttle.MOST_FAILURES + 1))


def test_failures_are_logged_without_what_was_typed(users: UsersService) -> None:
    user = make_teacher()
    with structlog.testing.capture_logs() as logs:
        assert refused(users, user.email, "secret guess")
    (entry,) = [e for e in logs if e["event"] == "login_failed"]
    assert entry["accounts"] == [user.pk]
    assert "secret guess" not in str(logs)
    assert user.email not in str(logs)


def test_renewing_a_hash_never_overwrites_a_password_changed_at_that_moment(
    users: UsersService, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_teacher()
    User.objects.filter(pk=user.pk).update(password=PBKDF2PasswordHasher().encode(OLD, "salt", 1))

    def changed_meanwhile(password: str) -> str:
        User.objects.filter(pk=user.pk).update(password="changed")
        return make_password(password)

    monkeypatch.setattr(credentials, "make_password", changed_meanwhile)
    log_in(users, user.email, OLD)
    user.refresh_from_db()
    assert user.password == "changed"


def test_the_first_hasher_of_the_settings_hashes_new_passwords(users: UsersService, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", *settings.PASSWORD_HASHERS]
    user = make_teacher()
    User.objects.filter(pk=user.pk).update(password=PBKDF2PasswordHasher().encode(OLD, "salt", 260_000))
    log_in(users, user.email, OLD)
    user.refresh_from_db()
    assert user.password.startswith("argon2$")
