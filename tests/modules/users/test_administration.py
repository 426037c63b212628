"""What a HOD does with people: adding, changing, completing, closing, new passwords."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from contracts.base import Role
from contracts.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from contracts.users import AccountChanges, StaffChanges, StaffFields, StaffMember, StudentChanges, UsersService
from kernel.models import AuditEntry
from modules.users.models import StaffProfile, StudentProfile, User, UserSession, UserTotal
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.people import (
    PASSWORD,
    account,
    begin_session,
    make_hod,
    make_person,
    make_student,
    make_teacher,
    picture,
)

pytestmark = pytest.mark.django_db

HEAD = actors.hod(user_id=900)


def add(users: UsersService, **fields: str) -> StaffMember:
    asked = {"email": "newcomer@school.example"} | fields
    return users.add_staff(actor=HEAD, account=account(**asked), profile=StaffFields(address="1 Lane"))


def problems_of(users: UsersService, **fields: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        add(users, **fields)
    assert not StaffProfile.objects.filter(user__username="newcomer").exists()
    return caught.value.fields


def update_staff(users: UsersService, user: User, **changes: Any) -> StaffMember:
    return users.update_staff(actor=HEAD, user_id=user.pk, changes=StaffChanges(**changes))


def can_log_in(users: UsersService, user: User, password: str = PASSWORD) -> bool:
    try:
        users.log_in(actor=actors.anonymous(), email=user.email, password=password)
    except Unauthenticated:
        return False
    return True


def test_a_teacher_is_added_with_login_and_profile(users: UsersService, published: Published) -> None:
    teacher = users.add_staff(
        actor=HEAD,
        account=account(username="  ann ", email="Ann@School.Example", first_name=" Ann "),
        profile=StaffFields(address=" 1 Lane ", employee_number="E1", joining_date=date(2026, 1, 2)),
    )
    assert (teacher.role, teacher.username, teacher.first_name, teacher.address) == (Role.STAFF, "ann", "Ann", "1 Lane")
    assert (teacher.email, teacher.joining_date) == ("Ann@school.example", date(2026, 1, 2))
    assert published() == ["created.v1"]
    assert users.counts(actor=HEAD).staff == 1
    assert UserTotal.differences() == {}
    assert can_log_in(users, User.objects.get())
    user = User.objects.get()
    assert (user.user_type, user.is_staff, user.is_superuser) == ("2", False, False)
    assert AuditEntry.objects.get(action="users.created").target == f"User:{teacher.user_id}"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "", "This field is required."),
        ("username", "two words", "Enter a valid username"),
        ("username", "x" * 151, "at most 150 characters (it has 151)"),
        ("username", "nul\0", "Null characters are not allowed."),
        ("email", "  ", "This field is required."),
        ("email", "nowhere", "Enter a valid email address."),
        ("first_name", "", "This field is required."),
        ("last_name", " ", "This field is required."),
        ("password", "", "This field is required."),
        ("password", "newcomer", "too similar to the username"),
        ("password", "1234567890", "entirely numeric"),
        ("password", "short", "too short"),
    ],
)
def test_a_bad_field_is_named(users: UsersService, field: str, value: str, message: str) -> None:
    found = problems_of(users, **{field: value})
    assert set(found) == {field}
    assert message in " ".join(found[field])


def test_name_and_e_mail_of_a_new_account_are_unused_in_whatever_case(users: UsersService) -> None:
    make_student("taken", email="Taken@school.example", withdrawn_at="2026-01-01T00:00Z")
    found = problems_of(users, username="TAKEN", email="taken@SCHOOL.example")
    assert found == {
        "username": ["Username already exists. Please choose a different username."],
        "email": ["Email already exists. Please use a different email."],
    }


def test_profile_fields_are_checked_too(users: UsersService) -> None:
    with pytest.raises(Invalid) as caught:
        users.add_staff(
            actor=HEAD, account=account(), profile=StaffFields(address="x" * 1001, phone="1" * 51, department="a\0b")
        )
    assert set(caught.value.fields) == {"address", "phone", "department"}


def test_what_is_not_given_stays_as_it_is(users: UsersService, published: Published) -> None:
    user = make_teacher(profile={"address": "old", "phone": "1"})
    teacher = update_staff(users, user, last_name="Changed", phone="2")
    assert (teacher.first_name, teacher.last_name, teacher.address, teacher.phone) == (
        "Teacher",
        "Changed",
        "old",
        "2",
    )
    assert published() == ["updated.v1"]
    assert AuditEntry.objects.get(action="users.updated").detail == {"fields": ["last_name", "phone"]}


def test_a_change_of_nothing_is_no_change(users: UsersService, published: Published) -> None:
    user = make_teacher()
    update_staff(users, user, first_name="Teacher", email=user.email)
    assert published() == []


def test_old_data_that_breaks_todays_rules_does_not_stop_other_changes(users: UsersService) -> None:
    make_teacher("twin", email="same@school.example")
    user = make_teacher("an old name", email="same@school.example", last_name="")
    changed = update_staff(
        users, user, username="an old name", email="same@school.example", last_name="", first_name="Ann"
    )
    assert changed.first_name == "Ann"


def test_a_changed_name_or_e_mail_must_be_free_but_may_change_its_case(users: UsersService) -> None:
    make_student("taken")
    user = make_teacher("ann")
    with pytest.raises(Invalid) as caught:
        update_staff(users, user, username="Taken", email="TAKEN@school.example", first_name="")
    assert set(caught.value.fields) == {"username", "email", "first_name"}
    assert update_staff(users, user, username="Ann", email="ANN@school.example").username == "Ann"


def test_a_student_gets_a_new_picture_and_the_old_file_goes(
    users: UsersService, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (media / "old.png").write_bytes(picture().content)
    user = make_student(profile={"profile_pic": "old.png"})
    with django_capture_on_commit_callbacks(execute=True):
        student = users.update_student(
            actor=HEAD, user_id=user.pk, changes=StudentChanges(gender="Male"), photo=picture("GIF")
        )
    assert (student.gender, student.has_photo) == ("Male", True)
    assert not (media / "old.png").exists()
    kept = StudentProfile.objects.get().profile_pic
    assert kept.startswith("profile_pics/")
    assert (media / kept).exists()


def test_a_refused_change_leaves_no_picture_behind(users: UsersService, media: Path) -> None:
    user = make_student()
    with pytest.raises(Invalid):
        users.update_student(actor=HEAD, user_id=user.pk, changes=StudentChanges(email="nowhere"), photo=picture())
    assert list((media / "profile_pics").iterdir()) == []
    with pytest.raises(Invalid) as caught:
        users.update_student(
            actor=HEAD,
            user_id=user.pk,
            changes=StudentChanges(),
            photo=picture().model_copy(update={"content": b"<svg/>"}),
        )
    assert set(caught.value.fields) == {"photo"}


def test_nobody_is_born_tomorrow(users: UsersService) -> None:
    user = make_student()
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid) as caught:
        users.update_student(actor=HEAD, user_id=user.pk, changes=StudentChanges(birth_date=tomorrow))
    assert set(caught.value.fields) == {"birth_date"}


def test_profile_fields_of_an_account_without_profile_are_refused(users: UsersService, media: Path) -> None:
    user = make_student(profile=None)
    with pytest.raises(Invalid) as caught:
        users.update_student(
            actor=HEAD, user_id=user.pk, changes=StudentChanges(address="x", gender=""), photo=picture()
        )
    assert set(caught.value.fields) == {"address", "photo"}
    changed = users.update_student(actor=HEAD, user_id=user.pk, changes=StudentChanges(first_name="New", address=""))
    assert changed.first_name == "New"


def test_people_are_changed_as_what_they_are(users: UsersService) -> None:
    head, teacher, student = make_hod(), make_teacher(), make_student()
    for user in (head, student):
        with pytest.raises(NotFound):
            update_staff(users, user, first_name="Other")
    for user in (head, teacher):
        with pytest.raises(NotFound):
            users.update_student(actor=HEAD, user_id=user.pk, changes=StudentChanges(first_name="Other"))
    with pytest.raises(NotFound):
        users.update_staff(actor=HEAD, user_id=999, changes=StaffChanges(first_name="Other"))
    assert "Other" not in User.objects.values_list("first_name", flat=True)


def test_no_input_can_give_a_role() -> None:
    for kind in (AccountChanges, StaffChanges, StudentChanges, StaffFields):
        assert not {"role", "user_type", "is_superuser", "is_staff", "is_active"} & set(kind.model_fields)


def test_a_staff_account_without_profile_is_completed_once(users: UsersService, published: Published) -> None:
    user = make_teacher(profile=None)
    teacher = users.complete_staff(actor=HEAD, user_id=user.pk, profile=StaffFields(address="1 Lane"))
    assert teacher.address == "1 Lane"
    assert published() == ["created.v1"]
    assert (users.counts(actor=HEAD).staff, users.counts(actor=HEAD).incomplete) == (1, 0)
    assert UserTotal.differences() == {}
    with pytest.raises(Conflict) as caught:
        users.complete_staff(actor=HEAD, user_id=user.pk, profile=StaffFields())
    assert caught.value.reason == "complete"
    with pytest.raises(NotFound):
        users.complete_staff(actor=HEAD, user_id=make_student(profile=None).pk, profile=StaffFields())


def test_an_account_is_closed_and_opened_again(users: UsersService) -> None:
    user = make_teacher()
    assert not users.set_active(actor=HEAD, user_id=user.pk, active=False).is_active
    assert not can_log_in(users, user)
    assert users.set_active(actor=HEAD, user_id=user.pk, active=True).is_active
    assert can_log_in(users, user)
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "users.deactivated",
        "users.activated",
    ]
    assert UserTotal.differences() == {}


def test_nobody_closes_their_own_account(users: UsersService) -> None:
    head = make_hod()
    with pytest.raises(Conflict) as caught:
        users.set_active(actor=actors.hod(head.pk), user_id=head.pk, active=False)
    assert caught.value.reason == "self"


def test_a_password_is_reset_and_all_sessions_end(users: UsersService) -> None:
    user = make_student()
    session_id = begin_session(user)
    User.objects.filter(pk=user.pk).update(password=PBKDF2PasswordHasher().encode("old", "salt", 1))
    users.reset_password(actor=HEAD, user_id=user.pk, new_password="quite another one")
    assert can_log_in(users, user, "quite another one")
    assert UserSession.objects.get(public_id=session_id).end_reason == "password"
    entry = AuditEntry.objects.get(action="users.password_reset")
    assert (entry.target, entry.actor_user_id, entry.detail) == (f"User:{user.pk}", 900, {})


@pytest.mark.parametrize("password", ["", "12345678", "student", "short"])
def test_a_reset_password_keeps_the_rules(users: UsersService, password: str) -> None:
    user = make_student()
    with pytest.raises(Invalid) as caught:
        users.reset_password(actor=HEAD, user_id=user.pk, new_password=password)
    assert set(caught.value.fields) == {"new_password"}
    assert can_log_in(users, user)


def test_passwords_of_heads_and_of_people_not_there_are_not_reset(users: UsersService) -> None:
    gone = make_teacher("gone", withdrawn_at="2026-01-01T00:00Z")
    for user_id in (make_hod().pk, make_person(Role.NONE, "odd").pk, gone.pk, 999):
        with pytest.raises(NotFound):
            users.reset_password(actor=HEAD, user_id=user_id, new_password="quite another one")


@pytest.mark.parametrize("actor", [actors.teacher(), actors.student(), actors.anonymous()])
def test_only_the_hod_does_any_of_this(users: UsersService, actor: Any) -> None:
    teacher, student = make_teacher(), make_student()
    with pytest.raises(Forbidden):
        users.add_staff(actor=actor, account=account(), profile=StaffFields())
    with pytest.raises(Forbidden):
        users.update_staff(actor=actor, user_id=teacher.pk, changes=StaffChanges(first_name="x"))
    with pytest.raises(Forbidden):
        users.update_student(actor=actor, user_id=student.pk, changes=StudentChanges(first_name="x"))
    with pytest.raises(Forbidden):
        users.complete_staff(actor=actor, user_id=teacher.pk, profile=StaffFields())
    with pytest.raises(Forbidden):
        users.set_active(actor=actor, user_id=teacher.pk, active=False)
    with pytest.raises(Forbidden):
        users.reset_password(actor=actor, user_id=student.pk, new_password="quite another one")
    with pytest.raises(Forbidden):
        users.remove_person(actor=actor, user_id=student.pk)
    with pytest.raises(Forbidden):
        users.remove_incomplete(actor=actor, user_id=student.pk)
    with pytest.raises(Forbidden):
        users.restore_person(actor=actor, user_id=student.pk)
    assert User.objects.count() == 2
