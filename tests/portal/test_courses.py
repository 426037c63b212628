"""Courses: adding, renaming and deleting them, and their list."""

import pytest
from django.test import Client

from contracts.academics import EnrollmentStatus
from kernel.models import OutboxEvent
from modules.academics.models import Course, Enrollment, Subject
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.reading import csv_lines, queries_of
from tests.portal.school import School, grow, login


def names() -> list[str]:
    return list(Course.objects.order_by("id").values_list("name", flat=True))


@pytest.fixture
def empty_course(school: School) -> Course:
    return Course.objects.create(name="Philosophy")


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_course_is_added_with_the_words_of_the_legacy(as_hod: Client) -> None:
    response = as_hod.post("/add_course_save/", {"course": "  Chemistry "})
    assert (response.status_code, response["Location"]) == (302, "/add_course/")
    assert flashes(response) == ["success: Course Added Successfully!"]
    assert names()[-1] == "Chemistry"
    assert "Chemistry" in text_of(as_hod.get("/manage_course/"))
    assert fields_of(as_hod.get("/add_course/"), "/add_course_save/")["course"] == "", "ready for the next one"


@pytest.mark.parametrize(
    ("typed", "flash"),
    [
        ("", "Course name is required!"),
        ("   ", "Course name is required!"),
        ("biology", "Course already exists!"),
        ("x" * 256, "Failed to Add Course: "),
        ("a\x00b", "Failed to Add Course: "),
    ],
)
def test_a_refused_course_comes_back_as_it_was_typed_with_the_reason(as_hod: Client, typed: str, flash: str) -> None:
    before = names()
    response = as_hod.post("/add_course_save/", {"course": typed})
    assert (response.status_code, response["Location"]) == (302, "/add_course/")
    assert flashes(response)[0].startswith(f"error: {flash}")
    page = as_hod.get("/add_course/")
    assert set(page.context["form"].errors) == {"course"}
    assert page.context["form"]["course"].value() == typed
    assert names() == before
    assert not as_hod.get("/add_course/").context["form"].errors, "and only once"


def test_opening_the_addresses_that_save_says_what_the_legacy_said(as_hod: Client) -> None:
    for path, back in (("/add_course_save/", "/add_course/"), ("/edit_course_save/", "/manage_course/")):
        response = as_hod.get(path)
        assert (response.status_code, response["Location"]) == (302, back)
        assert flashes(response)[-1] == "error: Invalid Method!"


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_course_is_renamed(school: School, as_hod: Client) -> None:
    course = school.courses[0]
    page = as_hod.get(f"/edit_course/{course.pk}/")
    sent = fields_of(page, "/edit_course_save/")
    assert (sent["course"], sent["course_id"]) == ("Biology", str(course.pk))
    response = as_hod.post("/edit_course_save/", sent | {"course": "Life sciences"})
    assert (response.status_code, response["Location"]) == (302, f"/edit_course/{course.pk}/")
    assert flashes(response) == ["success: Course Updated Successfully."]
    assert names()[0] == "Life sciences"


@pytest.mark.parametrize("typed", ["", " ", "Economics & Trade", "x" * 256])
def test_a_refused_name_waits_on_the_page_of_its_own_course(school: School, as_hod: Client, typed: str) -> None:
    first, second = school.courses
    response = as_hod.post("/edit_course_save/", {"course_id": first.pk, "course": typed})
    assert (response.status_code, response["Location"]) == (302, f"/edit_course/{first.pk}/")
    assert flashes(response) == ["error: Failed to Update Course."]
    assert not as_hod.get(f"/edit_course/{second.pk}/").context["form"].errors
    form = as_hod.get(f"/edit_course/{first.pk}/").context["form"]
    assert (form["course"].value(), set(form.errors)) == (typed, {"course"})
    assert names() == ["Biology", "Economics & Trade"]


@pytest.mark.parametrize("course_id", [None, "", "abc", "-1", "9" * 30])
def test_a_form_that_does_not_say_which_course_leads_to_the_list(as_hod: Client, course_id: str | None) -> None:
    sent = {"course": "Chemistry"} | ({} if course_id is None else {"course_id": course_id})
    response = as_hod.post("/edit_course_save/", sent)
    assert (response.status_code, response["Location"]) == (302, "/manage_course/")
    assert flashes(response) == ["error: Failed to Update Course."]


def test_a_course_that_is_not_there_is_not_found(as_hod: Client) -> None:
    assert as_hod.post("/edit_course_save/", {"course_id": "999999", "course": "X"}).status_code == 404
    for action in ("edit_course", "delete_course"):
        for row in ("999999", "abc", "-1", "9" * 30):
            assert as_hod.get(f"/{action}/{row}/").status_code == 404, (action, row)
    assert as_hod.post("/delete_course/999999/").status_code == 404


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_the_old_link_asks_and_its_button_deletes(as_hod: Client, empty_course: Course) -> None:
    url = f"/delete_course/{empty_course.pk}/"
    assert "Delete course Philosophy?" in text_of(as_hod.get(url))
    assert Course.objects.filter(pk=empty_course.pk).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_course/")
    assert flashes(response) == ["success: Course Deleted Successfully."]
    assert not Course.objects.filter(pk=empty_course.pk).exists()
    assert OutboxEvent.objects.filter(type_id="academics.deleted.v1").count() == 1


def test_a_course_in_use_stays_and_the_page_says_what_stands_in_the_way(school: School, as_hod: Client) -> None:
    course = school.courses[0]
    page = as_hod.get(f"/delete_course/{course.pk}/")
    words = text_of(page)
    assert "Course Biology cannot be deleted" in words
    assert "2 subjects" in words
    assert "20 students" in words
    assert 'method="post" class="confirm"' not in page.content.decode()
    response = as_hod.post(f"/delete_course/{course.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/manage_course/")
    (flash,) = flashes(response)
    assert flash.startswith("error: Failed to Delete Course.")
    assert "2 subjects, 20 students" in flash
    assert Course.objects.filter(pk=course.pk).exists()


def test_what_only_the_service_knows_stands_in_the_way_too(
    school: School, as_hod: Client, empty_course: Course
) -> None:
    Enrollment.objects.create(
        student_id=school.student.profile_id,
        course=empty_course,
        session_year=school.earlier_year,
        status=EnrollmentStatus.COMPLETED,
    )
    response = as_hod.post(f"/delete_course/{empty_course.pk}/")
    assert "1 earlier enrolments" in flashes(response)[0]
    assert Course.objects.filter(pk=empty_course.pk).exists()


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_how_many_subjects_and_students_a_course_has(school: School, as_hod: Client) -> None:
    page = as_hod.get("/manage_course/")
    assert [(c.name, c.subject_count, c.student_count) for c in page.context["table"].page.items] == [
        ("Biology", 2, 20),
        ("Economics & Trade", 2, 20),
    ]
    html = page.content.decode()
    course_id = school.courses[0].pk
    for link in (f"/edit_course/{course_id}/", f"/delete_course/{course_id}/", f"/manage_subject/?course={course_id}"):
        assert link in html, link


def test_the_list_is_searched_and_sorted(as_hod: Client, empty_course: Course) -> None:
    def shown(query: str) -> list[str]:
        return [course.name for course in as_hod.get(f"/manage_course/?{query}").context["table"].page.items]

    assert shown("q=trade") == ["Economics & Trade"]
    assert shown("sort=-name") == ["Philosophy", "Economics & Trade", "Biology"]
    assert shown("sort=student_count")[0] == "Philosophy"
    assert shown("sort=password&page=1") == ["Biology", "Economics & Trade", "Philosophy"]
    assert shown("q=nowhere") == []


def test_the_export_has_what_is_searched(as_hod: Client, empty_course: Course) -> None:
    response = as_hod.get("/manage_course/?q=o&sort=-name&export=csv")
    header, *rows = csv_lines(response)
    assert header == ["id", "course", "subjects", "students", "created_at", "updated_at"]
    assert [row[1] for row in rows] == ["Philosophy", "Economics & Trade", "Biology"]


def test_a_school_without_courses_is_shown_how_to_begin(school: School, as_hod: Client) -> None:
    Subject.objects.all().delete()
    Enrollment.objects.all().delete()
    Course.objects.all().delete()
    page = as_hod.get("/manage_course/")
    assert "No courses yet" in text_of(page)
    assert "/add_course/" in page.content.decode()


def test_old_courses_without_a_name_can_be_opened(school: School, as_hod: Client) -> None:
    Course.objects.filter(pk=school.courses[0].pk).update(name="")
    assert "(no name)" in text_of(as_hod.get("/manage_course/"))
    assert as_hod.get(f"/edit_course/{school.courses[0].pk}/").status_code == 200


# --- for all of it ----------------------------------------------------------------------------------------------------


def test_a_larger_school_costs_no_more_queries(school: School, as_hod: Client) -> None:
    paths = ("/manage_course/", f"/delete_course/{school.courses[0].pk}/")
    before = [queries_of(as_hod, path) for path in paths]
    grow(school, 40)
    Course.objects.bulk_create(Course(name=f"Course {n}") for n in range(20))
    assert [queries_of(as_hod, path) for path in paths] == before


def test_nothing_is_changed_without_the_token(school: School, empty_course: Course) -> None:
    client = login(Client(enforce_csrf_checks=True), school.hod)
    before = names()
    posts: tuple[tuple[str, dict[str, object]], ...] = (
        ("/add_course_save/", {"course": "New"}),
        ("/edit_course_save/", {"course_id": empty_course.pk, "course": "New"}),
        (f"/delete_course/{empty_course.pk}/", {}),
    )
    for path, body in posts:
        assert client.post(path, body).status_code == 403, path
    assert names() == before
    token = token_of(client, "/add_course/")
    assert client.post("/add_course_save/", {"course": "New", "csrfmiddlewaretoken": token}).status_code == 302
    assert names() == [*before, "New"]


def test_only_the_head_gets_here(school: School, browse: Browse, client: Client, empty_course: Course) -> None:
    before = names()
    for browser, home in (
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
        (client, "/"),
    ):
        for response in (
            browser.get("/manage_course/"),
            browser.post("/add_course_save/", {"course": "New"}),
            browser.post("/edit_course_save/", {"course_id": empty_course.pk, "course": "New"}),
            browser.post(f"/delete_course/{empty_course.pk}/"),
        ):
            assert (response.status_code, response["Location"]) == (302, home)
    assert names() == before
