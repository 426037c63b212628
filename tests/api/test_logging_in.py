"""Logging in, refreshing and logging out over the API, and what of it ends where."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from kernel.identity import tokens
from kernel.models import KeptResponse
from modules.users import forgotten, throttle
from modules.users.models import User, UserSession
from tests.api.conftest import As, Program
from tests.portal.school import PASSWORD, School, login

NEW = "quite another one"


@pytest.fixture(autouse=True)
def _keys_of_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_keys", tokens.PublicKeys())


def log_in(name: str, password: str = PASSWORD, **headers: Any) -> Any:
    return Program().post("auth/login/", {"username": name, "password": password}, **headers)


def by(answer: Any) -> dict[str, Any]:
    """The header of whoever got these tokens."""
    return {"Authorization": f"Bearer {answer.data['access_token']}"}


def ask(answer: Any) -> Any:
    return Program()("GET", "users/validate-token/", **by(answer))


def refresh(answer: Any) -> Any:
    return Program().post("auth/refresh/", {"refresh_token": answer.data["refresh_token"]})


def test_username_and_e_mail_log_in(school: School) -> None:
    user = User.objects.get(pk=school.teacher.user_id)
    for name in (user.username, user.email):
        answer = log_in(name)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-cache, no-store"
        assert ask(answer).data["user_id"] == user.pk
        assert ask(answer).data["role"] == "staff"


@pytest.mark.parametrize(
    "body", [{}, {"username": "x"}, {"username": 1, "password": "x"}, {"username": "x", "password": "y", "role": "hod"}]
)
def test_what_is_no_login_is_refused_at_its_fields(school: School, body: dict[str, Any]) -> None:
    answer = Program().post("auth/login/", body)
    assert (answer.status_code, answer.data["code"]) == (422, "invalid")


def test_wrong_passwords_and_unknown_names_are_answered_alike(school: School) -> None:
    answers = [log_in(name, "guess") for name in (school.teacher.email, "nobody")]
    assert {(a.status_code, a.data["code"], a.data["detail"]) for a in answers} == {
        (401, "unauthenticated", "Invalid Login Credentials!")
    }


def test_guessing_has_to_wait(school: School) -> None:
    for _ in range(throttle.MOST_FAILURES):
        log_in(school.teacher.email, "guess")
    answer = log_in(school.teacher.email)
    assert (answer.status_code, answer.data["code"]) == (429, "limit_reached")
    assert 0 < int(answer["Retry-After"]) <= throttle.SPAN_SECONDS


def test_whence_somebody_comes_is_not_for_them_to_say(school: School, settings: Settings) -> None:
    body = {"username": school.teacher.email, "password": PASSWORD}
    assert Program().post("auth/login/", body | {"origin": {"address": "203.0.113.9"}}).status_code == 422
    assert log_in(school.teacher.email, X_Forwarded_For="203.0.113.9", User_Agent="timetable/1.0").status_code == 200
    session = UserSession.objects.latest("pk")
    assert (session.address, session.agent) == ("127.0.0.1", "timetable/1.0")
    settings.TRUSTED_PROXIES = 1
    log_in(school.teacher.email, X_Forwarded_For="203.0.113.9")
    assert UserSession.objects.latest("pk").address == "203.0.113.9"


def test_tokens_are_refreshed_and_a_stolen_one_ends_the_session(school: School) -> None:
    first = log_in(school.student.email)
    second = refresh(first)
    assert ask(second).status_code == 200
    reused = refresh(first)
    assert (reused.status_code, reused.data["code"]) == (401, "unauthenticated")
    assert ask(second).status_code == 401
    assert refresh(second).status_code == 401


def test_no_token_is_kept_for_a_request_that_is_sent_again(school: School) -> None:
    first = log_in(school.student.email, Idempotency_Key="one")
    second = log_in(school.teacher.email, Idempotency_Key="one")
    assert second.data["identity"]["user_id"] == school.teacher.user_id
    assert first.data["refresh_token"] != second.data["refresh_token"]
    assert not KeptResponse.objects.exists()


def test_logging_out_ends_this_session_alone(school: School) -> None:
    here, there = log_in(school.student.email), log_in(school.student.email)
    assert Program().post("auth/logout/", **by(here)).status_code == 204
    assert ask(here).status_code == 401
    assert refresh(here).status_code == 401
    assert ask(there).status_code == 200


def test_pages_and_programs_share_one_list_and_one_end(school: School, speak_for: As) -> None:
    page = login(Client(), school.student)
    program = log_in(school.student.email)
    listed = Program()("GET", "auth/sessions/", **by(program)).data["items"]
    assert {(s["kind"], s["is_current"]) for s in listed} == {("api", True), ("page", False)}
    other = next(s["id"] for s in listed if s["kind"] == "page")
    assert Program()("DELETE", f"auth/sessions/{other}/", **by(program)).status_code == 204
    assert page.get("/student_home/").status_code == 302
    assert ask(program).status_code == 200

    head = speak_for(school.hod)
    ended = head("DELETE", f"users/accounts/{school.student.user_id}/sessions/")
    assert (ended.status_code, ended.data) == (200, {"ended": 1})
    assert ask(program).status_code == 401


def test_everywhere_else_is_logged_out(school: School) -> None:
    here, there = log_in(school.student.email), log_in(school.student.email)
    page = login(Client(), school.student)
    answer = Program().post("auth/sessions/end-others/", **by(here))
    assert answer.data == {"ended": 2}
    assert [ask(here).status_code, ask(there).status_code] == [200, 401]
    assert page.get("/student_home/").status_code == 302


def test_a_changed_password_leaves_only_the_session_it_was_changed_in(school: School) -> None:
    here, there = log_in(school.student.email), log_in(school.student.email)
    wrong = Program().post("auth/password/", {"old_password": "guess", "new_password": NEW}, **by(here))
    assert (wrong.status_code, set(wrong.data["errors"])) == (422, {"old_password"})
    changed = Program().post("auth/password/", {"old_password": PASSWORD, "new_password": NEW}, **by(here))
    assert (changed.status_code, changed.content) == (204, b"")
    assert [ask(here).status_code, ask(there).status_code] == [200, 401]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "auth/password/", {"old_password": PASSWORD, "new_password": NEW}),
        ("PATCH", "users/profile/", {"password": NEW}),
    ],
)
def test_a_password_that_a_browser_changes_keeps_this_browser_alone(
    school: School, speak_for: As, method: str, path: str, body: dict[str, str]
) -> None:
    here, there = speak_for(school.hod), login(Client(), school.hod)
    program = log_in(school.hod.email)
    assert here(method, path, body, Idempotency_Key="k").status_code in (200, 204)
    assert here.get("users/profile/").status_code == 200
    assert here.client.get("/admin_home/").status_code == 200
    assert there.get("/admin_home/").status_code == 302
    assert ask(program).status_code == 401


def test_deactivated_accounts_are_out_at_once(school: School, speak_for: As) -> None:
    program = log_in(school.teacher.email)
    path = f"users/accounts/{school.teacher.user_id}/active/"
    assert speak_for(school.hod)("PUT", path, {"active": False}).data["is_active"] is False
    assert ask(program).status_code == 401
    assert log_in(school.teacher.email).status_code == 401
    speak_for(school.hod)("PUT", path, {"active": True})
    assert ask(program).status_code == 401, "what has ended stays so"
    assert log_in(school.teacher.email).status_code == 200


def test_a_forgotten_password_is_renewed(school: School, deliver: Callable[[], int]) -> None:
    for email in (school.student.email, "nobody@school.example"):
        answer = Program().post("auth/password-reset/", {"email": email})
        assert (answer.status_code, answer.content) == (204, b"")
    deliver()
    assert len(mail.outbox) == 1
    token = forgotten.token_for(User.objects.get(pk=school.student.user_id))
    confirm = {"token": token, "new_password": NEW}
    assert Program().post("auth/password-reset/confirm/", confirm).status_code == 204
    again = Program().post("auth/password-reset/confirm/", confirm)
    assert (again.status_code, set(again.data["errors"])) == (422, {"token"})
    assert log_in(school.student.email, NEW).status_code == 200


def test_a_token_opens_no_page(school: School) -> None:
    answer = log_in(school.hod.email)
    assert Client(headers=by(answer)).get("/admin_home/").status_code == 302
    assert Client(headers=by(answer)).get("/admin/").status_code == 302


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "smuggled",
    [
        {"role": "hod"},
        {"user_type": "1"},
        {"is_staff": True},
        {"is_superuser": True},
        {"user_id": 1},
        {"is_active": True},
    ],
)
def test_nobody_gains_a_role_through_the_own_profile(school: School, speak_for: As, smuggled: dict[str, Any]) -> None:
    before = User.objects.filter(pk=school.student.user_id).values().get()
    answer = speak_for(school.student)("PATCH", "users/profile/", {"first_name": "Now"} | smuggled)
    assert answer.status_code == 422
    assert User.objects.filter(pk=school.student.user_id).values().get() == before


def test_a_teacher_is_added_changed_removed_and_brought_back(school: School, speak_for: As) -> None:
    head = speak_for(school.hod)
    account = {
        "username": "new",
        "email": "new@school.example",
        "password": PASSWORD,
        "first_name": "New",
        "last_name": "Comer",
    }
    made = head.post("users/staff/", {"account": account, "profile": {"department": "Botany"}})
    assert made.status_code == 201
    assert PASSWORD not in made.content.decode()
    where = made["Location"].partition("/api/v1/")[2]
    assert head.get(where).data["department"] == "Botany"
    taken = head.post("users/staff/", {"account": account, "profile": {}})
    assert (taken.status_code, set(taken.data["errors"])) == (422, {"username", "email"})
    assert head.get("users/availability/username/", username="NEW").data == {"taken": True}
    etag = head.get(where)["ETag"]
    assert head("PATCH", where, {"department": "Genetics"}, If_Match=etag).data["department"] == "Genetics"
    assert head("PATCH", where, {"department": "Zoology"}, If_Match=etag).status_code == 412
    removed = head("DELETE", f"users/accounts/{made.data['user_id']}/")
    assert removed.data == {"user_id": made.data["user_id"], "erased": True}
    assert head.get(where).status_code == 404


def test_lists_are_searched_ordered_and_paged(school: School, speak_for: As) -> None:
    head = speak_for(school.hod)
    found = head.get("users/students/", search=school.student.name.split()[0], ordering="-name", page_size=2)
    assert found.data["items"][0]["user_id"] == school.student.user_id
    assert head.get("users/students/", ordering="password").status_code == 400
    few = head.get("users/students/", fields="user_id,email", page_size=1)
    assert set(few.data["items"][0]) == {"user_id", "email"}
    assert head.get("users/students/", complete="false").data["total"] == 0


def test_no_answer_holds_a_password_or_its_hash(school: School, speak_for: As) -> None:
    head = speak_for(school.hod)
    stored = User.objects.get(pk=school.student.user_id).password
    for path in (
        "users/students/",
        f"users/students/{school.student.user_id}/",
        f"users/accounts/{school.student.user_id}/",
        f"users/accounts/{school.student.user_id}/sessions/",
        "users/profile/",
        "users/validate-token/",
    ):
        text = head.get(path).content.decode()
        assert "password" not in text
        assert "session_hash" not in text
        assert stored not in text
