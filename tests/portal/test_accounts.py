"""Whether a name is free: the legacy's AJAX, which the forms for new accounts ask; and who can be brought back."""

import pytest
from django.test import Client

from tests.portal.pages import token_of
from tests.portal.school import School, login


@pytest.mark.parametrize(
    ("field", "taken", "free"),
    [("email", "head.master@school.example", "x@y.example"), ("username", "head.master", "nobody")],
)
def test_whether_a_name_is_taken_is_said_in_one_word(
    as_hod: Client, as_teacher: Client, client: Client, field: str, taken: str, free: str
) -> None:
    url = f"/check_{field}_exist/"
    assert as_hod.post(url, {field: taken}).content == b"True"
    assert as_hod.post(url, {field: taken.upper()}).content == b"True", "as when it is saved"
    for sent in ({field: free}, {field: ""}, {field: "a\0b"}, {}):
        assert as_hod.post(url, sent).content == b"False"
    assert as_hod.get(url, {field: taken}).content == b"False"
    assert as_teacher.post(url, {field: taken})["Location"] == "/staff_home/"
    assert client.post(url, {field: taken})["Location"] == "/"


def test_asking_for_names_needs_the_token_in_a_header(school: School) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    assert strict.post("/check_email_exist/", {"email": "x"}).status_code == 403
    token = token_of(strict, "/add_staff/")
    answered = strict.post("/check_email_exist/", {"email": school.hod.email}, headers={"X-CSRFToken": token})
    assert (answered.status_code, answered.content) == (200, b"True")


def test_who_is_not_withdrawn_cannot_be_brought_back(school: School, as_hod: Client) -> None:
    response = as_hod.get(f"/restore_person/{school.teacher.user_id}/")
    assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
    assert as_hod.get(f"/restore_person/{school.hod.user_id}/").status_code == 404
