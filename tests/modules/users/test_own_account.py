"""What people do with their own account."""

from typing import Any

import pytest
import time_machine

from contracts.base import Actor, Role
from contracts.errors import Forbidden, Invalid, NotFound, Unauthenticated
from contracts.users import HeadOfDepartment, LoggedIn, OwnChanges, StaffMember, Student, UsersService
from kernel.models import AuditEntry
from modules.users import throttle
from modules.users.models import HodProfile, User
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.people import PASSWORD, begin_session, make_hod, make_person, make_student, make_teacher

pytestmark = pytest.mark.django_db

NEW = "quite another one"


def actor_for(user: User, session_id: str | None = None) -> Actor:
    return Actor(user_id=user.pk, role=user.role, profile_id=None, request_id="test", session_id=session_id)


def goes_on(users: UsersService, user: User, login: LoggedIn) -> bool:
    """Whether the session of this login lives."""
    known = users.identify(
        actor=actors.system(),
        user_id=user.pk,
        session_hash=login.session_hash,
        session_id=login.identity.session_id or "",
    )
    return known is not None


def test_everybody_finds_the_kind_of_person_they_are(users: UsersService) -> None:
    kinds: list[tuple[Any, Any]] = [(make_hod, HeadOfDepartment), (make_teacher, StaffMember), (make_student, Student)]
    for make, kind in kinds:
        user = make(profile={"phone": "12"})
        found = users.own_profile(actor=actor_for(user))
        assert type(found) is kind
        assert (found.user_id, found.phone) == (user.pk, "12")


def test_an_incomplete_account_has_an_own_profile_with_empty_fields(users: UsersService) -> None:
    user = make_teacher(profile=None)
    found = users.own_profile(actor=actor_for(user))
    assert isinstance(found, StaffMember)
    assert (found.profile_id, found.address) == (None, "")


def test_names_address_and_phone_are_changed_and_the_session_goes_on(users: UsersService, published: Published) -> None:
    user = make_student()
    login = users.update_own_profile(
        actor=actor_for(user), changes=OwnChanges(first_name="Ann", address="2 Lane", phone="34", password="")
    )
    assert login.identity.name == "Ann Person"
    assert login.session_hash == user.get_session_auth_hash()
    found = users.own_profile(actor=actor_for(user))
    assert isinstance(found, Student)
    assert (found.first_name, found.address, found.phone) == ("Ann", "2 Lane", "34")
    assert published() == ["updated.v1"]


def test_a_new_password_gives_a_new_session_hash(users: UsersService, published: Published) -> None:
    user = make_teacher()
    session_id = begin_session(user)
    login = users.update_own_profile(actor=actor_for(user, session_id), changes=OwnChanges(password=NEW))
    assert login.session_hash != user.get_session_auth_hash()
    assert login.identity.session_id == session_id
    assert goes_on(users, user, login)
    assert published() == []
    assert AuditEntry.objects.get().action == "users.password_changed"


def test_nothing_is_kept_of_a_change_with_a_bad_part(users: UsersService) -> None:
    user = make_teacher()
    for changes in (OwnChanges(first_name="Ann", password="123"), OwnChanges(first_name="Ann", phone="1" * 60)):
        with pytest.raises(Invalid):
            users.update_own_profile(actor=actor_for(user), changes=changes)
    user.refresh_from_db()
    assert user.first_name == "Teacher"
    assert user.check_password(PASSWORD)


def test_a_head_without_names_changes_the_password_alone(users: UsersService) -> None:
    user = make_hod(first_name="", last_name="")
    changes = OwnChanges(first_name="", last_name="", address="", password=NEW)
    assert users.update_own_profile(actor=actor_for(user), changes=changes).identity.name == "head"


def test_a_head_without_profile_gets_one_for_the_phone(users: UsersService) -> None:
    user = make_person(Role.HOD, "bare")
    users.update_own_profile(actor=actor_for(user), changes=OwnChanges(phone="12"))
    assert HodProfile.objects.get(user=user).phone == "12"


def test_what_an_account_cannot_hold_is_refused(users: UsersService) -> None:
    for user in (make_hod(), make_teacher(profile=None)):
        with pytest.raises(Invalid) as caught:
            users.update_own_profile(actor=actor_for(user), changes=OwnChanges(address="1 Lane"))
        assert set(caught.value.fields) == {"address"}


def test_the_password_is_changed_by_who_knows_the_old_one(users: UsersService) -> None:
    user = make_student()
    actor = actor_for(user, begin_session(user))
    login = users.change_own_password(actor=actor, old_password=PASSWORD, new_password=NEW)
    assert goes_on(users, user, login)
    users.log_in(actor=actors.anonymous(), email=user.email, password=NEW)
    with pytest.raises(Unauthenticated):
        users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", NEW, "old_password"), (PASSWORD, "123", "new_password"), (PASSWORD, "", "new_password")],
)
def test_a_wrong_old_or_a_weak_new_password_is_refused(users: UsersService, old: str, new: str, field: str) -> None:
    user = make_student()
    with pytest.raises(Invalid) as caught:
        users.change_own_password(actor=actor_for(user), old_password=old, new_password=new)
    assert set(caught.value.fields) == {field}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_present_password_cannot_be_found_out_by_trying(users: UsersService) -> None:
    user, other = make_student(), make_teacher()
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False) as now:
        for _ in range(throttle.MOST_FAILURES):
            with pytest.raises(Invalid, match="incorrect"):
                users.change_own_password(actor=actor_for(user), old_password="guess", new_password=NEW)
        with pytest.raises(Invalid, match="Too many"):
            users.change_own_password(actor=actor_for(user), old_password=PASSWORD, new_password=NEW)
        users.change_own_password(actor=actor_for(other), old_password=PASSWORD, new_password=NEW)
        now.shift(throttle.SPAN_SECONDS)
        users.change_own_password(actor=actor_for(user), old_password=PASSWORD, new_password=NEW)


NOBODY = actors.student().model_copy(update={"role": Role.NONE, "profile_id": None})


@pytest.mark.parametrize("actor", [actors.anonymous(), NOBODY, actors.system()])
def test_who_has_no_account_in_the_school_has_nothing_to_change(users: UsersService, actor: Any) -> None:
    with pytest.raises(Forbidden):
        users.update_own_profile(actor=actor, changes=OwnChanges(first_name="x"))
    with pytest.raises(Forbidden):
        users.change_own_password(actor=actor, old_password=PASSWORD, new_password=NEW)
    with pytest.raises((Forbidden, NotFound)):
        users.own_profile(actor=actor)


def test_an_account_closed_meanwhile_changes_nothing_any_more(users: UsersService) -> None:
    user = make_teacher(is_active=False)
    with pytest.raises(Forbidden):
        users.update_own_profile(actor=actor_for(user), changes=OwnChanges(first_name="x"))


def test_a_password_shows_in_no_representation() -> None:
    assert NEW not in repr(OwnChanges(password=NEW))
