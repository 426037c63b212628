"""Whose session it is, now and across the change-over."""

import hashlib
import hmac
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.base import Role
from contracts.errors import Forbidden
from contracts.users import NOWHERE, Identity, UsersService
from modules.users.models import StudentProfile, User
from tests import actors
from tests.modules.users.people import (
    PASSWORD,
    begin_session,
    make_hod,
    make_person,
    make_student,
    make_teacher,
    student_id,
)

pytestmark = pytest.mark.django_db


def legacy_hash(password_hash: str, key: str) -> str:
    """What the legacy's sessions hold, computed apart from Django."""
    salt = b"django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    return hmac.new(hashlib.sha256(salt + key.encode()).digest(), password_hash.encode(), "sha256").hexdigest()


def whose(
    users: UsersService, user: User, session_hash: str | None = None, session_id: str | None = None
) -> Identity | None:
    """Whom a session of this account is taken for; where nothing else is said, one that has just begun."""
    return users.identify(
        actor=actors.system(),
        user_id=user.pk,
        session_hash=user.get_session_auth_hash() if session_hash is None else session_hash,
        session_id=session_id or begin_session(user),
    )


def adopt(users: UsersService, user: User, session_hash: str, session_id: str = "carried over") -> Identity | None:
    return users.adopt_session(
        actor=actors.system(), user_id=user.pk, session_hash=session_hash, session_id=session_id, origin=NOWHERE
    )


def test_a_session_belongs_to_whom_it_was_given(users: UsersService) -> None:
    for user in (make_hod(), make_teacher(), make_student(), make_person(Role.NONE, "odd")):
        known = whose(users, user)
        assert known is not None
        assert (known.user_id, known.role, known.email) == (user.pk, user.role, user.email)


def test_a_session_of_the_legacy_goes_on_while_its_key_is_a_fallback(users: UsersService, settings: Settings) -> None:
    user = make_student()
    carried_over = legacy_hash(user.password, "the legacy's key")
    assert adopt(users, user, carried_over) is None
    settings.SECRET_KEY_FALLBACKS = ["another", "the legacy's key"]
    known = adopt(users, user, carried_over)
    assert known is not None
    assert known.profile_id == student_id(user)


def test_a_new_password_ends_the_old_sessions(users: UsersService) -> None:
    user = make_teacher()
    login = users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD)
    user.set_password("quite another one")
    user.save()
    assert whose(users, user, login.session_hash, login.identity.session_id) is None
    assert adopt(users, user, login.session_hash) is None


def test_hashing_the_password_anew_ends_no_session_and_another_password_ends_all(
    users: UsersService, settings: Settings
) -> None:
    user = make_student()
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1)
    user.save()
    settings.SECRET_KEY_FALLBACKS = ["the legacy's key"]
    carried_over = legacy_hash(user.password, "the legacy's key")
    browser, began = user.get_session_auth_hash(), begin_session(user)
    users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD)  # hashes it anew

    user.refresh_from_db()
    assert user.password.startswith("md5$")
    assert adopt(users, user, carried_over) is not None
    assert whose(users, user, browser, began) is not None

    User.objects.filter(pk=user.pk).update(password=make_password("quite another one"))
    assert adopt(users, user, carried_over, "another device") is None
    assert whose(users, user, carried_over, "carried over") is None
    assert whose(users, user, browser, began) is None


def test_a_session_from_before_a_renewal_is_djangos_own_too(client: Client) -> None:
    user = make_hod()
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1)
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    assert user.renew_hash(make_password(PASSWORD))
    assert client.get("/admin/").status_code == 200
    user.set_password("quite another one")
    user.save()
    cache.clear()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("state", [{"is_active": False}, {"half_made": True}, {"withdrawn_at": "2026-01-01T00:00Z"}])
def test_sessions_of_closed_accounts_are_nobodys(users: UsersService, state: dict[str, object]) -> None:
    user = make_teacher()
    began = begin_session(user)
    User.objects.filter(pk=user.pk).update(**state)
    assert whose(users, user, session_id=began) is None
    assert adopt(users, user, user.get_session_auth_hash()) is None


@pytest.mark.parametrize("session_hash", ["", "0" * 64, "é"])
def test_an_invented_session_is_nobodys(users: UsersService, session_hash: str) -> None:
    user = make_teacher()
    assert whose(users, user, session_hash) is None
    assert adopt(users, user, session_hash) is None
    user.pk = 999
    assert adopt(users, user, session_hash) is None


def test_a_profile_that_waits_for_its_enrolment_is_not_known_yet(users: UsersService) -> None:
    user = make_student()
    StudentProfile.objects.filter(user=user).update(half_made=True)
    known = whose(users, user)
    assert known is not None
    assert known.profile_id is None


def test_one_query_tells_whose_session_it_is(
    users: UsersService, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_student()
    began = begin_session(user)
    with django_assert_num_queries(1):
        assert whose(users, user, session_id=began)


@pytest.mark.parametrize("actor", [actors.hod(), actors.teacher(), actors.student(), actors.anonymous()])
def test_only_the_house_itself_asks(users: UsersService, actor: Any) -> None:
    with pytest.raises(Forbidden):
        users.identify(actor=actor, user_id=1, session_hash="", session_id="")
    with pytest.raises(Forbidden):
        users.adopt_session(actor=actor, user_id=1, session_hash="", session_id="x", origin=NOWHERE)
    with pytest.raises(Forbidden):
        users.note_session_seen(actor=actor, session_id="x", origin=NOWHERE)
