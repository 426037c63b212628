"""Forgotten passwords: a mail to the owner, a token in it that is good once, and nothing for anybody else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contracts.base import Role
from contracts.errors import Invalid, LimitReached, Unauthenticated
from contracts.users import Origin, UsersService
from kernel.models import AuditEntry, Delivery, OutboxEvent
from modules.users import forgotten, throttle
from modules.users.models import PasswordReset, User, UserSession
from tests import actors
from tests.modules.users.people import PASSWORD, begin_session, make_hod, make_person, make_student, make_teacher

pytestmark = pytest.mark.django_db

NEW = "quite another one"
Deliver = Callable[[], int]


def ask(users: UsersService, email: str, address: str = "192.0.2.7") -> None:
    users.request_password_reset(actor=actors.anonymous(), email=email, origin=Origin(address=address))


def tokens_mailed() -> list[str]:
    return [match for m in mail.outbox for match in re.findall(r"/new_password/#(\S+)", str(m.body))]


def choose(users: UsersService, token: str, password: str = NEW) -> None:
    users.reset_forgotten_password(actor=actors.anonymous(), token=token, new_password=password)


def can_log_in(users: UsersService, user: User, password: str) -> bool:
    try:
        users.log_in(actor=actors.anonymous(), email=user.email, password=password)
    except Unauthenticated:
        return False
    return True


def test_who_reads_the_mail_chooses_a_new_password(users: UsersService, deliver: Deliver, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://school.example"
    user = make_student()
    session_id = begin_session(user)
    ask(users, user.email)
    assert mail.outbox == [], "nobody waits for the mail server"
    deliver()
    (sent,) = mail.outbox
    assert sent.to == [user.email]
    assert "https://school.example/new_password/#" in sent.body
    (token,) = tokens_mailed()
    choose(users, token)
    assert can_log_in(users, user, NEW)
    assert not can_log_in(users, user, PASSWORD)
    assert UserSession.objects.get(public_id=session_id).end_reason == "password"
    entry = AuditEntry.objects.get(action="users.forgotten_password_reset")
    assert (entry.target, entry.actor_role) == (f"User:{user.pk}", "anonymous")


def test_a_token_is_good_once(users: UsersService, deliver: Deliver) -> None:
    user = make_student()
    ask(users, user.email)
    deliver()
    (token,) = tokens_mailed()
    choose(users, token)
    with pytest.raises(Invalid) as caught:
        choose(users, token, "and once again one")
    assert set(caught.value.fields) == {"token"}
    assert can_log_in(users, user, NEW)


def test_of_two_mails_the_one_used_first_counts(users: UsersService, deliver: Deliver) -> None:
    user = make_student()
    ask(users, user.email)
    ask(users, user.email)
    deliver()
    first, second = tokens_mailed()
    choose(users, second)
    with pytest.raises(Invalid):
        choose(users, first)


def test_a_token_expires_and_ends_with_a_login(users: UsersService) -> None:
    user = make_student()
    token = forgotten.token_for(user)
    with time_machine.travel(timedelta(minutes=61), tick=False), pytest.raises(Invalid):
        choose(users, token)
    assert can_log_in(users, user, PASSWORD)
    with pytest.raises(Invalid):
        choose(users, token)


def test_a_token_of_somebody_else_or_an_invented_one_is_not_good(users: UsersService) -> None:
    mine, theirs = make_student("mine"), make_teacher("theirs")
    code = forgotten.token_for(mine).partition(".")[2]
    for token in (
        "",
        ".",
        "x",
        f"{theirs.pk}.{code}",
        f"999.{code}",
        code,
        f"{'9' * 30}.{code}",
        f"²{'.'}{code}",
        "1.\0",
    ):
        with pytest.raises(Invalid) as caught:
            choose(users, token)
        assert set(caught.value.fields) == {"token"}, token
    assert can_log_in(users, theirs, PASSWORD)


def test_the_new_password_keeps_the_rules_and_the_token_stays_good_until_it_does(users: UsersService) -> None:
    user = make_student()
    token = forgotten.token_for(user)
    with pytest.raises(Invalid) as caught:
        choose(users, token, "123")
    assert set(caught.value.fields) == {"new_password"}
    choose(users, token)


@pytest.mark.parametrize("state", [{"is_active": False}, {"half_made": True}, {"withdrawn_at": "2026-01-01T00:00Z"}])
def test_closed_accounts_are_not_opened_by_mail(
    users: UsersService, deliver: Deliver, state: dict[str, object]
) -> None:
    user = make_student()
    token = forgotten.token_for(user)
    User.objects.filter(pk=user.pk).update(**state)
    ask(users, user.email)
    deliver()
    assert mail.outbox == []
    with pytest.raises(Invalid):
        choose(users, token)


def test_asking_for_an_unknown_address_looks_and_costs_the_same(users: UsersService, deliver: Deliver) -> None:
    user = make_student()
    with CaptureQueriesContext(connection) as known:
        ask(users, user.email)
    with CaptureQueriesContext(connection) as unknown:
        ask(users, "nobody@school.example", address="192.0.2.8")
    assert [q["sql"].split()[:1] for q in known] == [q["sql"].split()[:1] for q in unknown]
    deliver()
    assert len(mail.outbox) == 1
    assert not PasswordReset.objects.exists()


def test_everybody_who_shares_the_address_is_written_to_at_what_is_stored(
    users: UsersService, deliver: Deliver
) -> None:
    make_student("elder", email="Family@school.example")
    make_hod("younger", email="family@school.example")
    make_person(Role.NONE, "odd", email="family@school.example")
    ask(users, " FAMILY@school.example ")
    deliver()
    assert [m.to for m in mail.outbox] == [["Family@school.example"], ["family@school.example"]]
    assert ["elder" in str(m.body) for m in mail.outbox] == [True, False]


@pytest.mark.parametrize("email", ["", "   ", "\0", "x" * 300, "no address"])
def test_nothing_is_sent_for_what_is_no_address(users: UsersService, deliver: Deliver, email: str) -> None:
    make_student(email="")
    make_teacher(email="no address")
    ask(users, email)
    deliver()
    assert mail.outbox == []


def test_no_token_and_no_address_stand_in_events_or_on_record(users: UsersService, deliver: Deliver) -> None:
    user = make_student()
    ask(users, user.email)
    deliver()
    (token,) = tokens_mailed()
    choose(users, token)
    stored = [*OutboxEvent.objects.values_list(), *Delivery.objects.values_list(), *AuditEntry.objects.values_list()]
    assert token not in str(stored)
    assert user.email not in str(stored)


def test_asking_too_often_has_to_wait_whether_there_is_such_an_account_or_not(users: UsersService) -> None:
    user = make_student()
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False) as now:
        for email in (user.email, "nobody@school.example"):
            for _ in range(throttle.MOST_RESETS):
                ask(users, email)
            with pytest.raises(LimitReached) as caught:
                ask(users, email.upper(), address="192.0.2.99")
            assert caught.value.retry_after == 270
        now.shift(timedelta(minutes=5))
        ask(users, user.email)


def test_one_place_does_not_ask_for_a_whole_school(users: UsersService) -> None:
    with time_machine.travel("2026-03-02T08:00:30Z", tick=False):
        for number in range(throttle.MOST_RESETS_ASKED):
            ask(users, f"{number}@school.example")
        with pytest.raises(LimitReached):
            ask(users, "another@school.example")
        ask(users, "another@school.example", address="192.0.2.8")
