"""Session years: adding, changing and deleting them, and their list."""

from datetime import date, timedelta

import pytest
from django.test import Client

from modules.academics.models import Enrollment, SessionYear
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.reading import csv_lines, queries_of
from tests.portal.school import School, grow, login

WANTED = {"session_start_year": "2031-08-01", "session_end_year": "2032-07-31"}


def days() -> list[tuple[date, date]]:
    return list(SessionYear.objects.order_by("id").values_list("first_day", "last_day"))


@pytest.fixture
def unused(school: School) -> SessionYear:
    return SessionYear.objects.create(first_day=date(2041, 1, 1), last_day=date(2041, 12, 31))


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_session_year_is_added_with_the_words_of_the_legacy(as_hod: Client) -> None:
    response = as_hod.post("/add_session_save/", WANTED)
    assert (response.status_code, response["Location"]) == (302, "/add_session/")
    assert flashes(response) == ["success: Session Year added Successfully!"]
    assert days()[-1] == (date(2031, 8, 1), date(2032, 7, 31))
    assert "1 Aug 2031" in text_of(as_hod.get("/manage_session/"))


@pytest.mark.parametrize(
    ("change", "flash", "at_fields"),
    [
        ({"session_start_year": ""}, "Both session start and end years are required!", {"session_start_year"}),
        ({"session_end_year": ""}, "Both session start and end years are required!", {"session_end_year"}),
        ({"session_end_year": "soon"}, "Failed to Add Session Year: ", {"session_end_year"}),
        ({"session_end_year": "2031-07-31"}, "Failed to Add Session Year: ", {"session_end_year"}),
    ],
)
def test_refused_days_come_back_as_they_were_typed_with_the_reason(
    as_hod: Client, change: dict[str, str], flash: str, at_fields: set[str]
) -> None:
    before = days()
    response = as_hod.post("/add_session_save/", WANTED | change)
    assert (response.status_code, response["Location"]) == (302, "/add_session/")
    assert flashes(response)[0].startswith(f"error: {flash}")
    form = as_hod.get("/add_session/").context["form"]
    assert set(form.errors) == at_fields
    assert {name: form[name].value() for name in WANTED} == WANTED | change
    assert days() == before


def test_the_days_of_another_year_are_refused(school: School, as_hod: Client) -> None:
    taken = {"session_start_year": school.year.first_day, "session_end_year": school.year.last_day}
    assert flashes(as_hod.post("/add_session_save/", taken)) == ["error: Session year already exists!"]
    assert len(days()) == 2


def test_opening_the_addresses_that_save_says_what_the_legacy_said(as_hod: Client) -> None:
    for path, back, word in (
        ("/add_session_save/", "/add_session/", "Invalid Method"),
        ("/edit_session_save/", "/manage_session/", "Invalid Method!"),
    ):
        response = as_hod.get(path)
        assert (response.status_code, response["Location"]) == (302, back)
        assert flashes(response)[-1] == f"error: {word}"


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_session_year_is_changed_at_the_legacys_address_without_a_slash(school: School, as_hod: Client) -> None:
    url = f"/edit_session/{school.year.pk}"
    sent = fields_of(as_hod.get(url), "/edit_session_save/")
    assert (sent["session_id"], sent["session_start_year"]) == (str(school.year.pk), str(school.year.first_day))
    response = as_hod.post("/edit_session_save/", sent | WANTED)
    assert (response.status_code, response["Location"]) == (302, url)
    assert flashes(response) == ["success: Session Year Updated Successfully."]
    assert days()[1] == (date(2031, 8, 1), date(2032, 7, 31))
    assert as_hod.get(f"{url}/").status_code == 404


@pytest.mark.parametrize("change", [{"session_start_year": ""}, {"session_end_year": "2000-01-01"}])
def test_a_refused_change_waits_on_the_page_of_its_own_year(
    school: School, as_hod: Client, change: dict[str, str]
) -> None:
    before = days()
    response = as_hod.post("/edit_session_save/", WANTED | change | {"session_id": school.year.pk})
    assert (response.status_code, response["Location"]) == (302, f"/edit_session/{school.year.pk}")
    assert flashes(response) == ["error: Failed to Update Session Year."]
    assert not as_hod.get(f"/edit_session/{school.earlier_year.pk}").context["form"].errors
    form = as_hod.get(f"/edit_session/{school.year.pk}").context["form"]
    assert set(form.errors) == set(change)
    assert days() == before


@pytest.mark.parametrize("session_id", [None, "", "abc", "9" * 30])
def test_a_form_that_does_not_say_which_year_leads_to_the_list(as_hod: Client, session_id: str | None) -> None:
    sent = WANTED | ({} if session_id is None else {"session_id": session_id})
    response = as_hod.post("/edit_session_save/", sent)
    assert (response.status_code, response["Location"]) == (302, "/manage_session/")
    assert flashes(response) == ["error: Failed to Update Session Year."]


def test_a_year_that_is_not_there_is_not_found(as_hod: Client) -> None:
    assert as_hod.post("/edit_session_save/", WANTED | {"session_id": "999999"}).status_code == 404
    for row in ("999999", "abc", "9" * 30):
        assert as_hod.get(f"/edit_session/{row}").status_code == 404, row
        assert as_hod.get(f"/delete_session/{row}/").status_code == 404, row
    assert as_hod.post("/delete_session/999999/").status_code == 404


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_the_old_link_asks_and_its_button_deletes(as_hod: Client, unused: SessionYear) -> None:
    url = f"/delete_session/{unused.pk}/"
    assert "Delete session year 2041-01-01 to 2041-12-31?" in text_of(as_hod.get(url))
    assert SessionYear.objects.filter(pk=unused.pk).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_session/")
    assert flashes(response) == ["success: Session Deleted Successfully."]
    assert not SessionYear.objects.filter(pk=unused.pk).exists()


def test_a_year_with_students_and_attendance_stays_with_all_of_them(school: School, as_hod: Client) -> None:
    url = f"/delete_session/{school.year.pk}/"
    words = text_of(as_hod.get(url))
    assert "cannot be deleted" in words
    assert "40 students" in words
    assert "12 attendance registers" in words
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_session/")
    assert flashes(response)[0].startswith("error: Failed to Delete Session.")
    assert "40 students" in flashes(response)[0]
    assert SessionYear.objects.filter(pk=school.year.pk).exists()
    assert Enrollment.objects.count() == 40


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_which_year_is_now(school: School, as_hod: Client, unused: SessionYear) -> None:
    reversed_year = SessionYear.objects.create(first_day=date(2020, 1, 1), last_day=date(2019, 1, 1))
    words = {row.year.id: str(row.when[1]) for row in as_hod.get("/manage_session/").context["rows"]}
    assert words == {
        school.earlier_year.pk: "Past",
        school.year.pk: "Current",
        unused.pk: "Coming",
        reversed_year.pk: "Ends before it begins",
    }


def test_the_first_and_the_last_day_belong_to_the_year(school: School, as_hod: Client) -> None:
    for first, last in ((0, 9), (-9, 0)):
        ends = {"first_day": school.today + timedelta(days=first), "last_day": school.today + timedelta(days=last)}
        SessionYear.objects.filter(pk=school.year.pk).update(**ends)
        rows = as_hod.get("/manage_session/").context["rows"]
        assert [str(row.when[1]) for row in rows if row.year.id == school.year.pk] == ["Current"]


def test_the_list_is_sorted_and_exported(school: School, as_hod: Client, unused: SessionYear) -> None:
    page = as_hod.get("/manage_session/?sort=-first_day")
    ids = [row.year.id for row in page.context["rows"]]
    assert ids == [unused.pk, school.year.pk, school.earlier_year.pk]
    header, *lines = csv_lines(as_hod.get("/manage_session/?sort=-first_day&export=csv"))
    assert header == ["id", "first_day", "last_day"]
    assert [int(line[0]) for line in lines] == ids
    assert lines[0][1:] == ["2041-01-01", "2041-12-31"]


def test_a_larger_school_costs_no_more_queries(school: School, as_hod: Client) -> None:
    paths = ("/manage_session/", f"/edit_session/{school.year.pk}", f"/delete_session/{school.year.pk}/")
    before = [queries_of(as_hod, path) for path in paths]
    grow(school, 40)
    SessionYear.objects.bulk_create(
        SessionYear(first_day=date(n, 1, 1), last_day=date(n, 12, 31)) for n in range(1990, 2010)
    )
    assert [queries_of(as_hod, path) for path in paths] == before


# --- for all of it ----------------------------------------------------------------------------------------------------


def test_nothing_is_changed_without_the_token(school: School, unused: SessionYear) -> None:
    client = login(Client(enforce_csrf_checks=True), school.hod)
    before = days()
    posts: tuple[tuple[str, dict[str, object]], ...] = (
        ("/add_session_save/", {**WANTED}),
        ("/edit_session_save/", {**WANTED, "session_id": unused.pk}),
        (f"/delete_session/{unused.pk}/", {}),
    )
    for path, body in posts:
        assert client.post(path, body).status_code == 403, path
    assert days() == before
    token = token_of(client, "/add_session/")
    assert client.post("/add_session_save/", WANTED | {"csrfmiddlewaretoken": token}).status_code == 302
    assert len(days()) == len(before) + 1


def test_only_the_head_gets_here(school: School, browse: Browse, client: Client, unused: SessionYear) -> None:
    before = days()
    for browser, home in (
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
        (client, "/"),
    ):
        for response in (
            browser.get("/manage_session/"),
            browser.post("/add_session_save/", WANTED),
            browser.post("/edit_session_save/", {**WANTED, "session_id": unused.pk}),
            browser.post(f"/delete_session/{unused.pk}/"),
        ):
            assert (response.status_code, response["Location"]) == (302, home)
    assert days() == before
