"""Subjects: adding, changing and deleting them, who teaches them, and their list."""

import pytest
from django.test import Client

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.academics.models import Subject
from modules.users.models import User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.reading import csv_lines, queries_of
from tests.portal.school import School, Somebody, login, make_account, make_people


@pytest.fixture
def wanted(school: School) -> dict[str, object]:
    return {"subject": "Zoology", "course": school.courses[0].pk, "staff": school.other_teacher.user_id}


@pytest.fixture
def unused(school: School) -> Subject:
    return Subject.objects.create(name="Ethics", course=school.courses[0], teacher_id=school.teacher.user_id)


def rows() -> list[tuple[object, ...]]:
    return list(Subject.objects.order_by("id").values_list("name", "course_id", "teacher_id"))


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_subject_is_added_and_its_teacher_is_announced(as_hod: Client, wanted: dict[str, object]) -> None:
    response = as_hod.post("/add_subject_save/", wanted)
    assert (response.status_code, response["Location"]) == (302, "/add_subject/")
    assert flashes(response) == ["success: Subject Added Successfully!"]
    assert rows()[-1] == ("Zoology", wanted["course"], wanted["staff"])
    assert OutboxEvent.objects.filter(type_id="academics.staff_assigned.v1").count() == 1
    assert "Zoology" in text_of(as_hod.get("/manage_subject/"))


@pytest.mark.parametrize(
    ("change", "at_fields"),
    [
        ({"subject": ""}, {"subject"}),
        ({"subject": "x" * 256}, {"subject"}),
        ({"course": ""}, {"course"}),
        ({"course": "999999"}, {"course"}),
        ({"course": "abc"}, {"course"}),
        ({"staff": "999999"}, {"staff"}),
        ({"staff": "9" * 30}, {"staff"}),
        ({"subject": "", "staff": ""}, {"subject", "staff"}),
    ],
)
def test_a_refused_subject_comes_back_with_what_was_typed_and_the_reason_at_the_field(
    as_hod: Client, wanted: dict[str, object], change: dict[str, str], at_fields: set[str]
) -> None:
    before = rows()
    response = as_hod.post("/add_subject_save/", wanted | change)
    assert (response.status_code, response["Location"]) == (302, "/add_subject/")
    assert flashes(response) == ["error: Failed to Add Subject!"]
    form = as_hod.get("/add_subject/").context["form"]
    assert set(form.errors) == at_fields
    assert {name: form[name].value() for name in wanted} == {k: str(v) for k, v in (wanted | change).items()}
    assert rows() == before


def test_only_active_staff_can_be_chosen(school: School, as_hod: Client, wanted: dict[str, object]) -> None:
    User.objects.filter(pk=school.other_teacher.user_id).update(is_active=False)
    for person in (school.other_teacher, school.hod, school.student):
        response = as_hod.post("/add_subject_save/", wanted | {"staff": person.user_id})
        assert flashes(response)[-1] == "error: Failed to Add Subject!"
    as_hod.get("/add_subject/")
    html = as_hod.get("/add_subject/").content.decode()
    assert f'value="{school.teacher.user_id}"' in html
    assert f'value="{school.other_teacher.user_id}"' not in html


def test_staff_without_profile_can_be_given_a_subject(as_hod: Client, wanted: dict[str, object]) -> None:
    incomplete = make_account("Ina", "Complete", Role.STAFF)
    response = as_hod.post("/add_subject_save/", wanted | {"staff": incomplete.user_id})
    assert flashes(response) == ["success: Subject Added Successfully!"]


def test_a_course_that_was_added_a_moment_ago_can_be_chosen(as_hod: Client) -> None:
    as_hod.post("/add_course_save/", {"course": "Brand new"})
    assert "Brand new" in as_hod.get("/add_subject/").content.decode()


def test_opening_the_addresses_that_save_says_what_the_legacy_said(as_hod: Client) -> None:
    for path, back in (("/add_subject_save/", "/add_subject/"), ("/edit_subject_save/", "/manage_subject/")):
        response = as_hod.get(path)
        assert (response.status_code, response["Location"]) == (302, back)
        assert flashes(response)[-1] == "error: Method Not Allowed!"


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_subject_is_changed(school: School, as_hod: Client, wanted: dict[str, object]) -> None:
    page = as_hod.get(f"/edit_subject/{school.botany.pk}/")
    sent = fields_of(page, "/edit_subject_save/")
    assert sent["subject_id"] == str(school.botany.pk)
    assert (sent["subject"], sent["course"], sent["staff"]) == (
        "Botany",
        str(school.courses[0].pk),
        str(school.teacher.user_id),
    )
    response = as_hod.post("/edit_subject_save/", sent | {k: str(v) for k, v in wanted.items()})
    assert (response.status_code, response["Location"]) == (302, f"/edit_subject/{school.botany.pk}/")
    assert flashes(response) == ["success: Subject Updated Successfully."]
    assert rows()[0] == ("Zoology", wanted["course"], wanted["staff"])


def test_a_refused_change_waits_on_the_page_of_its_own_subject(
    school: School, as_hod: Client, wanted: dict[str, object]
) -> None:
    before = rows()
    response = as_hod.post("/edit_subject_save/", wanted | {"subject": " ", "subject_id": school.botany.pk})
    assert (response.status_code, response["Location"]) == (302, f"/edit_subject/{school.botany.pk}/")
    assert flashes(response) == ["error: Failed to Update Subject."]
    assert not as_hod.get(f"/edit_subject/{school.genetics.pk}/").context["form"].errors
    form = as_hod.get(f"/edit_subject/{school.botany.pk}/").context["form"]
    assert set(form.errors) == {"subject"}
    assert form["staff"].value() == str(school.other_teacher.user_id)
    assert rows() == before


@pytest.mark.parametrize("who", ["inactive", "head"])
def test_an_old_teacher_who_could_not_be_chosen_today_may_stay(school: School, as_hod: Client, who: str) -> None:
    if who == "inactive":
        User.objects.filter(pk=school.teacher.user_id).update(is_active=False)
    else:
        Subject.objects.filter(pk=school.botany.pk).update(teacher_id=school.hod.user_id)
    teacher = school.teacher if who == "inactive" else school.hod
    page = as_hod.get(f"/edit_subject/{school.botany.pk}/")
    assert f"{teacher.name} (as at present)" in text_of(page)
    sent = fields_of(page, "/edit_subject_save/") | {"subject": "Plants"}
    assert flashes(as_hod.post("/edit_subject_save/", sent)) == ["success: Subject Updated Successfully."]
    assert rows()[0] == ("Plants", school.courses[0].pk, teacher.user_id)


@pytest.mark.parametrize("subject_id", [None, "", "None", "9" * 30])
def test_a_form_that_does_not_say_which_subject_leads_to_the_list(
    as_hod: Client, wanted: dict[str, object], subject_id: str | None
) -> None:
    sent = wanted | ({} if subject_id is None else {"subject_id": subject_id})
    response = as_hod.post("/edit_subject_save/", sent)
    assert (response.status_code, response["Location"]) == (302, "/manage_subject/")
    assert flashes(response) == ["error: Failed to Update Subject."]


def test_a_subject_that_is_not_there_is_not_found(as_hod: Client, wanted: dict[str, object]) -> None:
    assert as_hod.post("/edit_subject_save/", wanted | {"subject_id": 999999}).status_code == 404
    for action in ("edit_subject", "delete_subject"):
        for row in ("999999", "abc", "None", "9" * 30):
            assert as_hod.get(f"/{action}/{row}/").status_code == 404, (action, row)
    assert as_hod.post("/delete_subject/999999/").status_code == 404


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_the_old_link_asks_and_its_button_deletes(as_hod: Client, unused: Subject) -> None:
    url = f"/delete_subject/{unused.pk}/"
    assert "Delete subject Ethics?" in text_of(as_hod.get(url))
    assert Subject.objects.filter(pk=unused.pk).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_subject/")
    assert flashes(response) == ["success: Subject Deleted Successfully."]
    assert not Subject.objects.filter(pk=unused.pk).exists()


def test_a_subject_with_attendance_stays_and_the_page_says_why(school: School, as_hod: Client) -> None:
    url = f"/delete_subject/{school.botany.pk}/"
    words = text_of(as_hod.get(url))
    assert "Subject Botany cannot be deleted" in words
    assert "3 attendance registers" in words
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_subject/")
    (flash,) = flashes(response)
    assert flash.startswith("error: Failed to Delete Subject.")
    assert "3 attendance registers" in flash
    assert Subject.objects.filter(pk=school.botany.pk).exists()


# --- the list ---------------------------------------------------------------------------------------------------------


def shown(client: Client, query: str) -> list[str]:
    return [row.subject.name for row in client.get(f"/manage_subject/?{query}").context["rows"]]


def test_the_list_shows_course_teacher_and_students(school: School, as_hod: Client) -> None:
    (first, *_others) = as_hod.get("/manage_subject/").context["rows"]
    assert (first.subject.name, first.subject.course_name, first.teacher) == ("Botany", "Biology", "Tara Teacher")
    assert first.subject.student_count == 20


def test_the_list_is_filtered_by_course_and_teacher_searched_and_sorted(school: School, as_hod: Client) -> None:
    assert shown(as_hod, f"course={school.courses[1].pk}") == ["Markets", "Book-keeping"]
    assert shown(as_hod, f"teacher={school.teacher.user_id}") == ["Botany", "Markets"]
    assert shown(as_hod, f"teacher={school.teacher.user_id}&course={school.courses[0].pk}") == ["Botany"]
    assert shown(as_hod, "q=trade+keep") == ["Book-keeping"]
    assert shown(as_hod, "sort=-name") == ["Markets", "Genetics", "Botany", "Book-keeping"]
    for nonsense in ("course=999999", "course=abc", "teacher=-1", "sort=teacher", "page=x"):
        assert len(shown(as_hod, nonsense)) == 4, nonsense


def test_the_export_has_what_is_filtered_with_names(school: School, as_hod: Client) -> None:
    response = as_hod.get(f"/manage_subject/?course={school.courses[0].pk}&export=csv")
    header, *lines = csv_lines(response)
    assert header[:4] == ["id", "subject", "course", "teacher"]
    assert [line[1:5] for line in lines] == [
        ["Botany", "Biology", "Tara Teacher", "20"],
        ["Genetics", "Biology", "Otto Other", "20"],
    ]


def test_more_subjects_and_teachers_cost_no_more_queries(school: School, as_hod: Client) -> None:
    paths = ("/manage_subject/", "/add_subject/", f"/edit_subject/{school.botany.pk}/")
    before = [queries_of(as_hod, path) for path in paths]
    teachers: list[Somebody] = make_people([(f"T{n}", "More", Role.STAFF) for n in range(15)])
    Subject.objects.bulk_create(
        Subject(name=f"Subject {n}", course=school.courses[n % 2], teacher_id=person.user_id)
        for n, person in enumerate(teachers)
    )
    assert [queries_of(as_hod, path) for path in paths] == before


# --- for all of it ----------------------------------------------------------------------------------------------------


def test_nothing_is_changed_without_the_token(school: School, wanted: dict[str, object], unused: Subject) -> None:
    client = login(Client(enforce_csrf_checks=True), school.hod)
    before = rows()
    posts: tuple[tuple[str, dict[str, object]], ...] = (
        ("/add_subject_save/", wanted),
        ("/edit_subject_save/", wanted | {"subject_id": unused.pk}),
        (f"/delete_subject/{unused.pk}/", {}),
    )
    for path, body in posts:
        assert client.post(path, body).status_code == 403, path
    assert rows() == before
    token = token_of(client, "/add_subject/")
    assert client.post("/add_subject_save/", wanted | {"csrfmiddlewaretoken": token}).status_code == 302
    assert len(rows()) == len(before) + 1


def test_only_the_head_gets_here(
    school: School, browse: Browse, client: Client, wanted: dict[str, object], unused: Subject
) -> None:
    before = rows()
    for browser, home in (
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
        (client, "/"),
    ):
        for response in (
            browser.get("/manage_subject/"),
            browser.post("/add_subject_save/", wanted),
            browser.post("/edit_subject_save/", wanted | {"subject_id": unused.pk}),
            browser.post(f"/delete_subject/{unused.pk}/"),
        ):
            assert (response.status_code, response["Location"]) == (302, home)
    assert rows() == before
