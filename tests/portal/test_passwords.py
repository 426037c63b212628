"""The HOD sets new passwords for staff and students."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.base import Role
from kernel.models import AuditEntry
from modules.users.models import User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.school import PASSWORD, School, Somebody, grow, login, make_account

NEW = "Chalk-and-slate-7"


def reset(client: Client, person: Somebody, password: str = NEW, **more: str) -> Any:
    return client.post("/reset_password/", {"user_id": person.user_id, "new_password": password, **more})


def names(response: Any) -> list[str]:
    return [row.person.full_name for row in response.context["rows"]]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_all_staff_and_students_stand_in_pages_each_with_a_form(school: School, as_hod: Client) -> None:
    page = as_hod.get("/manage_passwords/")
    assert page.context["table"].page.total == 42
    assert names(page)[:4] == ["Otto Other", "Tara Teacher", "Student0 Surname0", "Student1 Surname1"]
    html = page.content.decode()
    assert html.count('action="/reset_password/"') == 25
    assert html.count('type="password"') == 25
    assert set(fields_of(page, "/reset_password/")) == {"csrfmiddlewaretoken", "user_id", "new_password"}
    assert school.hod.email not in text_of(page)
    assert school.teacher.email in text_of(page)


@pytest.mark.parametrize("size", [25, 50, 100])
def test_nobody_is_missing_or_twice_where_the_staffs_list_ends_inside_a_page(
    school: School, as_hod: Client, size: int
) -> None:
    grow(school, 70)
    seen: list[str] = []
    for number in range(1, 112 // size + 2):
        found = names(as_hod.get(f"/manage_passwords/?page={number}&size={size}"))
        assert len(found) == min(size, max(0, 112 - (number - 1) * size))
        seen += found
    assert len(seen) == len(set(seen)) == 112
    assert as_hod.get("/manage_passwords/?page=99").status_code == 200


def test_the_list_is_searched_and_filtered(school: School, as_hod: Client) -> None:
    make_account("Ines", "Incomplete", Role.STUDENT)
    assert names(as_hod.get("/manage_passwords/?q=tara")) == ["Tara Teacher"]
    assert names(as_hod.get("/manage_passwords/?who=staff")) == ["Otto Other", "Tara Teacher"]
    assert names(as_hod.get("/manage_passwords/?who=student"))[0] == "Ines Incomplete"
    assert names(as_hod.get("/manage_passwords/?who=student&q=surname39")) == ["Student39 Surname39"]
    assert len(names(as_hod.get("/manage_passwords/?who=hod"))) == 25, "heads are not here; the filter is ignored"


def test_the_list_costs_the_same_at_any_size(school: School, as_hod: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_hod.get("/manage_passwords/").status_code == 200
        return len(captured)

    cost()
    few = cost()
    grow(school, 100)
    assert cost() == few <= 9


# --- resetting --------------------------------------------------------------------------------------------------------


def test_a_new_password_opens_the_account_and_ends_its_sessions(
    school: School, as_hod: Client, as_student: Client, client: Client
) -> None:
    response = reset(as_hod, school.student)
    assert (response.status_code, response["Location"]) == (302, "/manage_passwords/")
    assert flashes(response) == ["success: Password reset successful"]
    assert as_student.get("/student_home/")["Location"] == "/"
    for password, home in ((PASSWORD, "/"), (NEW, "/student_home/")):
        assert client.post("/doLogin/", {"email": school.student.email, "password": password})["Location"] == home
    entry = AuditEntry.objects.get(action="users.password_reset")
    assert (entry.target, NEW in str(vars(entry))) == (f"User:{school.student.user_id}", False)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "This field is required."),
        ("short7!", "too short"),
        ("password", "too common"),
        ("12121212121", "entirely numeric"),
        ("student0.surname0", "too similar"),
    ],
)
def test_a_password_against_the_rules_is_refused_at_its_row_and_not_repeated(
    school: School, as_hod: Client, password: str, said: str
) -> None:
    before = User.objects.get(pk=school.student.user_id).password
    response = reset(as_hod, school.student, password, list="?q=surname0")
    assert response["Location"] == "/manage_passwords/?q=surname0"
    (flash,) = flashes(response)
    assert flash.startswith("error: Error resetting password: ")
    assert said in flash
    page = as_hod.get(response["Location"])
    (row,) = page.context["rows"]
    assert said in row.errors[0]
    if password:
        assert f'value="{password}"' not in page.content.decode()
    assert User.objects.get(pk=school.student.user_id).password == before
    assert not as_hod.get(response["Location"]).context["rows"][0].errors, "and only once"


def test_a_password_may_have_spaces_around_it(school: School, as_hod: Client, client: Client) -> None:
    reset(as_hod, school.student, f" {NEW} ")
    assert client.post("/doLogin/", {"email": school.student.email, "password": NEW})["Location"] == "/"


def test_heads_and_those_who_are_not_there_are_not_found(school: School, as_hod: Client) -> None:
    """The legacy let any head set any other head's password."""
    passwords = list(User.objects.order_by("pk").values_list("password", flat=True))
    odd = make_account("Olga", "Odd", user_type="9")
    User.objects.filter(pk=odd.user_id).delete()
    for user_id in (school.hod.user_id, odd.user_id, 999999, "abc", "", "-1", "9" * 30):
        response = as_hod.post("/reset_password/", {"user_id": user_id, "new_password": NEW})
        assert (response.status_code, response["Location"]) == (302, "/manage_passwords/")
        assert flashes(response)[-1] == "error: User not found"
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == passwords


def test_afterwards_the_list_is_where_it_was_and_never_elsewhere(school: School, as_hod: Client) -> None:
    page = as_hod.get("/manage_passwords/?who=student&page=2")
    sent = fields_of(page, "/reset_password/")
    response = as_hod.post("/reset_password/", sent | {"new_password": NEW})
    assert response["Location"] == "/manage_passwords/?who=student&page=2"
    for query in ("//evil.example/", "https://evil.example/?a=b", "\r\nX: y", "?" * 9):
        assert reset(as_hod, school.student, list=query)["Location"].startswith("/manage_passwords/")


def test_opening_the_address_leads_to_the_list_without_a_word(school: School, as_hod: Client) -> None:
    response = as_hod.get(f"/reset_password/?user_id={school.student.user_id}&new_password={NEW}")
    assert (response.status_code, response["Location"], flashes(response)) == (302, "/manage_passwords/", [])


def test_only_the_hod_resets_and_only_with_the_token(school: School, browse: Browse, client: Client) -> None:
    before = User.objects.get(pk=school.student.user_id).password
    assert reset(client, school.student)["Location"] == "/"
    assert reset(browse(school.teacher), school.student)["Location"] == "/staff_home/"
    assert reset(browse(school.student), school.student)["Location"] == "/student_home/"
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    assert reset(strict, school.student).status_code == 403
    assert User.objects.get(pk=school.student.user_id).password == before
    token = token_of(strict, "/manage_passwords/")
    assert flashes(reset(strict, school.student, csrfmiddlewaretoken=token)) == ["success: Password reset successful"]
