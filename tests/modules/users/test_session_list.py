"""Where people are logged in, and how that ends."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from contracts.base import Actor, PageRequest
from contracts.errors import Forbidden, NotFound
from contracts.users import Origin, SessionInfo, SessionKind, UsersService
from kernel.models import AuditEntry
from modules.users import sessions
from modules.users.models import User, UserSession
from modules.users.tasks import forget_sessions
from tests import actors
from tests.modules.users.fakes import Referring
from tests.modules.users.people import PASSWORD, begin_session, make_hod, make_student, make_teacher

pytestmark = pytest.mark.django_db

LIBRARY = Origin(address="192.0.2.7", agent="Firefox in the library")


def actor_in(user: User, session_id: str | None = None) -> Actor:
    return Actor(user_id=user.pk, role=user.role, profile_id=None, request_id="test", session_id=session_id)


def listed(users: UsersService, user: User, session_id: str | None = None) -> list[SessionInfo]:
    return list(users.own_sessions(actor=actor_in(user, session_id), page=PageRequest()).items)


def goes_on(users: UsersService, user: User, session_id: str) -> bool:
    user.refresh_from_db()
    found = users.identify(
        actor=actors.system(), user_id=user.pk, session_hash=user.get_session_auth_hash(), session_id=session_id
    )
    return found is not None


def test_a_login_begins_a_session_that_says_whence_it_came(users: UsersService) -> None:
    user = make_teacher()
    login = users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD, origin=LIBRARY)
    (session,) = listed(users, user, login.identity.session_id)
    assert (session.id, session.kind, session.is_current) == (login.identity.session_id, SessionKind.PAGE, True)
    assert (session.address, session.agent) == ("192.0.2.7", "Firefox in the library")
    assert session.expires_at - session.created_at == timedelta(days=14)
    assert session.last_seen_at == session.created_at


def test_what_a_program_calls_itself_is_kept_within_bounds(users: UsersService) -> None:
    user = make_teacher()
    origin = Origin(address="192.0.2.7", agent="a\0b\x1b[31m" + "c" * 1000)
    users.log_in(actor=actors.anonymous(), email=user.email, password=PASSWORD, origin=origin)
    (session,) = listed(users, user)
    assert session.agent.startswith("ab[31mc")
    assert len(session.agent) == sessions.LONGEST_AGENT


def test_the_sessions_seen_last_stand_first_and_only_ones_own(users: UsersService) -> None:
    user, other = make_teacher(), make_student()
    begin_session(other)
    first, second = begin_session(user), begin_session(user)
    assert [s.id for s in listed(users, user)] == [second, first]
    with time_machine.travel(timedelta(hours=1), tick=False):
        users.note_session_seen(actor=actors.system(), session_id=first, origin=LIBRARY)
    found = listed(users, user, second)
    assert [(s.id, s.is_current, s.address) for s in found] == [(first, False, "192.0.2.7"), (second, True, "")]
    assert found[0].last_seen_at - found[0].created_at >= timedelta(minutes=59)


def test_a_list_of_sessions_costs_two_queries(
    users: UsersService, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_teacher()
    for _ in range(5):
        begin_session(user)
    with django_assert_num_queries(2):
        assert len(listed(users, user)) == 5


def test_a_session_ends_when_it_is_logged_out_and_stays_ended(users: UsersService) -> None:
    user = make_teacher()
    here, there = begin_session(user), begin_session(user)
    users.end_session(actor=actor_in(user, here), session_id=there)
    assert [s.id for s in listed(users, user)] == [here]
    assert not goes_on(users, user, there)
    assert goes_on(users, user, here)
    ended = UserSession.objects.get(public_id=there)
    users.end_session(actor=actor_in(user, here), session_id=there)
    users.note_session_seen(actor=actors.system(), session_id=there, origin=LIBRARY)
    again = UserSession.objects.get(public_id=there)
    assert (again.ended_at, again.end_reason, again.address) == (ended.ended_at, "logout", "")


def test_sessions_of_others_are_not_found(users: UsersService) -> None:
    teacher, student = make_teacher(), make_student()
    session_id = begin_session(student)
    for actor in (actor_in(teacher), actors.anonymous()):
        for name in (session_id, "none", "nul\0"):
            with pytest.raises(NotFound):
                users.end_session(actor=actor, session_id=name)
    assert goes_on(users, student, session_id)
    with pytest.raises(Forbidden):
        users.sessions_of(actor=actor_in(teacher), user_id=student.pk, page=PageRequest())
    with pytest.raises(Forbidden):
        users.end_sessions_of(actor=actor_in(teacher), user_id=student.pk)


def test_who_is_nobody_has_no_sessions(users: UsersService) -> None:
    for actor in (actors.anonymous(), actors.system()):
        with pytest.raises(Forbidden):
            users.own_sessions(actor=actor, page=PageRequest())
        with pytest.raises(Forbidden):
            users.end_other_sessions(actor=actor)


def test_everywhere_else_is_logged_out_at_once(users: UsersService) -> None:
    user, other = make_teacher(), make_student()
    here, _there, _elsewhere = (begin_session(user) for _ in range(3))
    anothers = begin_session(other)
    assert users.end_other_sessions(actor=actor_in(user, here)) == 2
    assert [s.id for s in listed(users, user)] == [here]
    assert goes_on(users, other, anothers)


def test_a_head_sees_and_ends_anybodys_sessions_and_that_is_on_record(users: UsersService) -> None:
    head, student = make_hod(), make_student()
    own, first, _second = begin_session(head), begin_session(student), begin_session(student)
    actor = actor_in(head, own)
    assert users.sessions_of(actor=actor, user_id=student.pk, page=PageRequest()).total == 2
    users.end_session(actor=actor, session_id=first)
    assert UserSession.objects.get(public_id=first).end_reason == "revoked"
    assert users.end_sessions_of(actor=actor, user_id=student.pk) == 1
    assert users.end_sessions_of(actor=actor, user_id=student.pk) == 0
    entries = AuditEntry.objects.filter(action="users.sessions_ended").values_list("actor_user_id", "target", "detail")
    assert list(entries) == [(head.pk, f"User:{student.pk}", {"sessions": 1})] * 2
    assert users.end_sessions_of(actor=actor, user_id=head.pk) == 0, "not the one it is done from"
    for operation in (users.sessions_of, users.end_sessions_of):
        with pytest.raises(NotFound):
            operation(actor=actor, user_id=999, **({"page": PageRequest()} if operation == users.sessions_of else {}))


def test_a_session_ends_when_its_time_is_over(users: UsersService) -> None:
    user = make_teacher()
    session_id = begin_session(user)
    with time_machine.travel(timedelta(days=14, minutes=1), tick=False):
        assert not goes_on(users, user, session_id)
        assert listed(users, user) == []


def test_a_changed_password_ends_all_sessions_but_the_one_it_was_changed_in(users: UsersService) -> None:
    user = make_teacher()
    here, there = begin_session(user), begin_session(user)
    users.change_own_password(actor=actor_in(user, here), old_password=PASSWORD, new_password="quite another one")
    assert [s.id for s in listed(users, user)] == [here]
    assert goes_on(users, user, here)
    assert UserSession.objects.get(public_id=there).end_reason == "password"


def test_sessions_end_with_the_account_and_do_not_come_back_with_it(users: UsersService, rest: Referring) -> None:
    head = actor_in(make_hod())
    closed, withdrawn = make_teacher("closed"), make_student("withdrawn")
    sessions_of = {user: begin_session(user) for user in (closed, withdrawn)}
    users.set_active(actor=head, user_id=closed.pk, active=False)
    users.set_active(actor=head, user_id=closed.pk, active=True)
    rest.used["users.User"] = 1
    users.remove_person(actor=head, user_id=withdrawn.pk)
    users.restore_person(actor=head, user_id=withdrawn.pk)
    for user, session_id in sessions_of.items():
        assert not goes_on(users, user, session_id)
        assert UserSession.objects.get(public_id=session_id).end_reason == "closed"


def test_an_erased_account_takes_its_sessions_with_it(users: UsersService, rest: Referring) -> None:
    user = make_teacher()
    begin_session(user)
    assert users.remove_person(actor=actors.hod(), user_id=user.pk).erased
    assert not UserSession.objects.exists()


def test_a_session_of_the_legacy_is_taken_in_once_and_can_be_ended(users: UsersService) -> None:
    user = make_teacher()

    def adopt() -> bool:
        found = users.adopt_session(
            actor=actors.system(),
            user_id=user.pk,
            session_hash=user.get_session_auth_hash(),
            session_id="carried over",
            origin=LIBRARY,
        )
        return found is not None

    assert adopt()
    assert adopt()
    (session,) = listed(users, user)
    assert (session.id, session.address) == ("carried over", "192.0.2.7")
    users.end_session(actor=actor_in(user), session_id="carried over")
    assert not adopt()
    assert listed(users, user) == []


def test_sessions_are_forgotten_long_after_they_ended(users: UsersService) -> None:
    user = make_teacher()
    begin_session(user)
    with time_machine.travel(timedelta(days=14) + sessions.KEPT_FOR + timedelta(minutes=1), tick=False):
        fresh = begin_session(user)
        assert forget_sessions() == "1 sessions forgotten"
        assert [s.public_id for s in UserSession.objects.all()] == [fresh]
