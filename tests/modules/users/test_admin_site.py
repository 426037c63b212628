"""Django's own login, its admin site, and the first account of a school."""

import os
from io import StringIO
from unittest import mock

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import Client

from contracts.base import Role
from contracts.users import UsersService
from kernel.models import AuditEntry
from modules.users import throttle
from modules.users.models import HodProfile, User, UserTotal
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.people import PASSWORD, make_hod, make_student, make_teacher

pytestmark = pytest.mark.django_db


def test_username_and_e_mail_open_the_admin_site(users: UsersService) -> None:
    user = make_hod()
    assert authenticate(username="head", password=PASSWORD) == user
    assert authenticate(username=user.email, password=PASSWORD) == user
    assert authenticate(username="head", password="wrong") is None
    assert authenticate(username="", password=PASSWORD) is None
    assert authenticate(username="head", password=None) is None


@pytest.mark.parametrize("state", [{"is_active": False}, {"half_made": True}, {"withdrawn_at": "2026-01-01T00:00Z"}])
def test_closed_accounts_stay_closed(client: Client, state: dict[str, object]) -> None:
    user = make_hod(is_staff=True, is_superuser=True)
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(**state)
    assert authenticate(username="head", password=PASSWORD) is None
    assert client.get("/admin/").status_code == 302


def test_guessing_is_stopped_here_as_well() -> None:
    make_hod()
    for _ in range(throttle.MOST_FAILURES):
        authenticate(username="head", password="guess")
    assert authenticate(username="head", password=PASSWORD) is None


def test_the_admin_site_shows_people_without_their_passwords(client: Client) -> None:
    head, student = make_hod(is_staff=True, is_superuser=True), make_student()
    client.force_login(head)
    for path in ("user/", f"user/{student.pk}/change/", "studentprofile/", "staffprofile/", "hodprofile/"):
        response = client.get(f"/admin/users/{path}")
        assert response.status_code == 200
        assert student.password not in response.content.decode()
    assert client.get("/admin/users/user/add/").status_code == 403


def test_the_first_head_is_made_on_the_command_line(users: UsersService, published: Published) -> None:
    with mock.patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}):
        call_command(
            "createsuperuser", "--noinput", "--username=root", "--email=root@school.example", stdout=StringIO()
        )
    user = User.objects.get()
    assert (user.role, user.is_superuser, user.is_staff) == (Role.HOD, True, True)
    assert HodProfile.objects.get().user_id == user.pk
    assert published() == ["created.v1"]
    assert AuditEntry.objects.get().actor_role == Role.SYSTEM
    assert UserTotal.differences() == {}
    login = users.log_in(actor=actors.anonymous(), email="root@school.example", password=PASSWORD)
    assert login.identity.role is Role.HOD


def test_totals_can_be_counted_anew() -> None:
    make_hod()
    make_teacher()
    make_student(profile=None)
    UserTotal.objects.all().delete()
    UserTotal.rebuild()
    assert UserTotal.read(["hod", "staff", "student", "incomplete"]) == {
        "hod": 1,
        "staff": 1,
        "student": 0,
        "incomplete": 1,
    }
