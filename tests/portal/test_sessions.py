"""Where people are logged in: what they see of it, and logging out there."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from contracts.base import Role
from kernel.identity import pages
from modules.users.models import User, UserSession
from portal.devices import device_name
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import PASSWORD, School, Somebody, make_people

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"


@pytest.fixture
def person(db: None) -> Somebody:
    return make_people([("Ada", "Student", Role.STUDENT)])[0]


def come_in(person: Somebody, agent: str = FIREFOX, address: str = "127.0.0.1") -> Client:
    """A browser in which the person typed e-mail and password."""
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/doLogin/", {"email": person.email, "password": PASSWORD})
    return client


def ends_of(client: Client, path: str = "/sessions/") -> list[str]:
    """Where the sessions of a list are ended."""
    return re.findall(
        r'href="((?:/person_sessions/\d+|/sessions)/[\w-]+/end/|/logout_user/)"', client.get(path).content.decode()
    )


def is_in(client: Client, home: str = "/student_home/") -> bool:
    return client.get(home).status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/18.5 Safari/605.1.15", "Safari on Mac"),
        ("curl/8.14.1", "curl/8.14.1"),
        ("x" * 500, "x" * 60),
        ("", "Unknown program"),
    ],
)
def test_a_device_is_named_in_plain_words(agent: str, words: str) -> None:
    assert device_name(agent) == words


def test_every_place_is_listed_with_device_address_and_which_one_it_is(person: Somebody) -> None:
    here = come_in(person, address="192.0.2.1")
    come_in(person, PHONE, address="192.0.2.2")
    text = text_of(here.get("/sessions/"))
    assert "Safari on iPhone 192.0.2.2" in text
    assert "Firefox on Windows This one 192.0.2.1" in text


def test_a_session_is_ended_from_another_one(person: Somebody) -> None:
    here, there = come_in(person), come_in(person, PHONE)
    (url,) = [u for u in ends_of(here) if u != "/logout_user/"]
    question = here.get(url)
    assert "Safari on iPhone" in text_of(question)
    assert is_in(there)
    response = here.post(url, fields_of(question))
    assert flashes(response) == ["success: You are logged out there."]
    assert not is_in(there)
    assert is_in(here)
    assert here.get(url).status_code == 404


def test_the_present_session_is_ended_by_logging_out(person: Somebody) -> None:
    here = come_in(person)
    assert ends_of(here) == ["/logout_user/"]
    own = UserSession.objects.get()
    assert here.post(f"/sessions/{own.public_id}/end/")["Location"] == "/logout_user/"
    here.post("/logout_user/")
    own.refresh_from_db()
    assert own.end_reason == "logout"


def test_everywhere_else_is_logged_out_at_once(person: Somebody) -> None:
    here, *others = [come_in(person) for _ in range(3)]
    assert "Log out everywhere else" in text_of(here.get("/sessions/"))
    here.post("/sessions/end/")
    assert is_in(here)
    assert not any(map(is_in, others))
    assert "Log out everywhere else" not in text_of(here.get("/sessions/"))


def test_nobody_ends_the_session_of_another_student(person: Somebody) -> None:
    other = make_people([("Eve", "Student", Role.STUDENT)])[0]
    victim, attacker = come_in(person), come_in(other)
    session_id = UserSession.objects.get(user_id=person.user_id).public_id
    for method in (attacker.get, attacker.post):
        assert method(f"/sessions/{session_id}/end/").status_code == 404
        assert method(f"/person_sessions/{person.user_id}/{session_id}/end/")["Location"] == "/student_home/"
    assert is_in(victim)


def test_a_head_ends_sessions_of_others(school: School, browse: Browse) -> None:
    head, victim, second = browse(school.hod), browse(school.student), browse(school.student)
    path = f"/person_sessions/{school.student.user_id}/"
    assert path in head.get(f"/edit_student/{school.student.user_id}/").content.decode()
    urls = ends_of(head, path)
    assert len(urls) == 2
    response = head.post(urls[0])
    assert response["Location"] == path
    assert [is_in(victim), is_in(second)].count(True) == 1
    head.post(f"{path}end/")
    assert not is_in(victim)
    assert not is_in(second)
    assert is_in(head, "/admin_home/")


def test_a_head_closes_and_opens_an_account(school: School, browse: Browse) -> None:
    head, teacher = browse(school.hod), browse(school.teacher)
    path = f"/set_active/{school.teacher.user_id}/"
    for active, done in ((False, "is closed"), (True, "is open")):
        question = head.get(path)
        response = head.post(path, fields_of(question))
        assert done in flashes(response)[0]
        assert User.objects.get(pk=school.teacher.user_id).is_active is active
        assert not is_in(teacher, "/staff_home/"), "logged out, and not logged in again by itself"
    own = head.post(f"/set_active/{school.hod.user_id}/", {"active": "0"})
    assert flashes(own)[-1] == "error: You cannot close your own account."


def test_a_withdrawn_account_is_neither_closed_nor_opened_here(school: School, as_hod: Client) -> None:
    User.objects.filter(pk=school.teacher.user_id).update(withdrawn_at="2026-01-01T00:00Z", is_active=False)
    path = f"/set_active/{school.teacher.user_id}/"
    for ask in (as_hod.get, as_hod.post):
        assert ask(path)["Location"] == f"/person_sessions/{school.teacher.user_id}/"
    assert not User.objects.get(pk=school.teacher.user_id).is_active


def test_logging_in_again_replaces_the_session_of_this_browser(person: Somebody) -> None:
    client = come_in(person)
    client.post("/doLogin/", {"email": person.email, "password": PASSWORD})
    assert len(ends_of(client)) == 1
    other = make_people([("Eve", "Student", Role.STUDENT)])[0]
    client.post("/doLogin/", {"email": other.email, "password": PASSWORD})
    assert UserSession.objects.filter(ended_at=None).get().user_id == other.user_id


def of_the_legacy(client: Client) -> None:
    """Let the session be as the legacy left it."""
    session = client.session
    del session[pages.SESSION_KEY]
    session.save()
    UserSession.objects.all().delete()


def test_a_session_from_before_is_taken_in_when_it_is_first_seen(person: Somebody) -> None:
    old = come_in(person, PHONE, address="192.0.2.9")
    of_the_legacy(old)
    assert is_in(old)
    assert is_in(old)
    taken_in = UserSession.objects.get()
    assert (taken_in.address, taken_in.user_id) == ("192.0.2.9", person.user_id)
    assert str(Session.objects.get().session_key) not in taken_in.public_id
    here = come_in(person)
    (url,) = [u for u in ends_of(here) if u != "/logout_user/"]
    here.post(url)
    assert not is_in(old)
    session = old.session
    del session[pages.SESSION_KEY]
    session.save()
    assert not is_in(old), "what has ended is not taken in again"


def test_a_session_of_the_admin_site_is_listed_and_ended_like_others(school: School, as_hod: Client) -> None:
    User.objects.filter(pk=school.hod.user_id).update(is_staff=True, is_superuser=True)
    admin = Client(headers={"User-Agent": PHONE})
    admin.post("/admin/login/", {"username": school.hod.email, "password": PASSWORD, "next": "/admin/"})
    assert admin.get("/admin/").status_code == 200
    (url,) = [u for u in ends_of(as_hod) if u != "/logout_user/"]
    as_hod.post(url)
    assert admin.get("/admin/").status_code == 302
    assert not is_in(admin, "/admin_home/")
    again = Client()
    again.post("/admin/login/", {"username": school.hod.email, "password": PASSWORD, "next": "/admin/"})
    assert is_in(again, "/admin_home/")
    again.post("/admin/logout/")
    assert len(ends_of(as_hod)) == 1


def seen(client: Client) -> list[tuple[datetime, str]]:
    is_in(client)
    return list(UserSession.objects.values_list("last_seen_at", "address"))


def test_being_seen_is_noted_at_most_once_a_minute(person: Somebody) -> None:
    with time_machine.travel("2026-03-02T08:00:00Z", tick=False) as now:
        client = come_in(person, address="192.0.2.1")
        first = seen(client)
        now.shift(timedelta(seconds=59))
        assert seen(client) == first
        now.shift(timedelta(seconds=2))
        client.defaults["REMOTE_ADDR"] = "192.0.2.2"
        ((at, address),) = second = seen(client)
        assert (at.isoformat(), address) == ("2026-03-02T08:01:01+00:00", "192.0.2.2")
        now.shift(timedelta(seconds=30))
        assert seen(client) == second


def test_a_changed_password_leaves_only_the_present_session(school: School, browse: Browse) -> None:
    here, there = browse(school.hod), browse(school.hod)
    new = "quite another one"
    here.post("/change_own_password/", {"old_password": PASSWORD, "new_password": new, "confirm_password": new})
    assert is_in(here, "/admin_home/")
    assert not is_in(there, "/admin_home/")
    assert ends_of(here) == ["/logout_user/"]
