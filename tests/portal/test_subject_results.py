"""The results of a class in a subject, and figures of an assignment: pages of teacher and head."""

from typing import Any

import pytest
from django.test import Client

from modules.assessments.models import AssignmentSubmission, StudentResult
from tests.portal.conftest import Browse
from tests.portal.pages import flashes, text_of
from tests.portal.reading import csv_lines
from tests.portal.school import School


@pytest.fixture
def url(school: School) -> str:
    """Of Botany, in which the first three have results; the third's is kept back."""
    for person, exam in zip(school.classmates, (90, 20, 60), strict=False):
        StudentResult.objects.create(
            student_id=person.profile_id,
            subject_id=school.botany.pk,
            exam_marks=exam,
            assignment_marks=50,
            withheld=exam == 60,
        )
    return f"/subject_results/{school.botany.pk}/"


def names(page: Any) -> list[str]:
    return [row.student.full_name for row in page.context["rows"]]


def figures(page: Any) -> dict[str, str]:
    return {str(one.label): f"{one.value}{one.unit}" for one in page.context["figures"]}


def test_teacher_and_head_see_grades_and_figures_of_the_class(
    school: School, url: str, as_hod: Client, as_teacher: Client
) -> None:
    good, bad, kept, *_others = school.classmates
    for client in (as_hod, as_teacher):
        page = client.get(f"{url}?session_year={school.year.pk}")
        words = text_of(page)
        assert f"{good.name} 50 90 78.00 A Pass Published" in words
        assert f"{bad.name} 50 20 29.00 F Fail Published" in words
        assert f"{kept.name} 50 60 57.00 B Pass Kept back" in words
        found = figures(page)
        assert found == {
            "Results": "3 of 20",
            "Passed": "66.67%",
            "Average": "54.67%",
            "Highest": "78%",
        }
        assert [one.value for one in page.context["chart"].bins] == [0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
        assert school.essay.title in words
    assert names(as_hod.get(f"{url}?session_year={school.earlier_year.pk}")) == []


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("sort=-percentage", [0, 2, 1]),
        ("sort=exam", [1, 2, 0]),
        ("shown=withheld", [2]),
        ("shown=released&sort=name", [0, 1]),
        ("shown=released&sort=-exam&q=surname2", [1]),
    ],
)
def test_the_class_is_ordered_and_narrowed(
    school: School, url: str, as_hod: Client, query: str, places: list[int]
) -> None:
    wanted = [school.classmates[place].name for place in places]
    assert names(as_hod.get(f"{url}?{query}"))[: len(wanted)] == wanted
    header, *lines = csv_lines(as_hod.get(f"{url}?{query}&export=csv"))
    assert [line[header.index("student")] for line in lines][: len(wanted)] == wanted


def test_results_are_published_and_kept_back(school: School, url: str, as_hod: Client, browse: Browse) -> None:
    good, _bad, kept, *_others = school.classmates
    page = as_hod.get(url)
    assert page.context["withheld"] == 1
    assert "Publish 1 result?" in text_of(as_hod.get(page.context["release_url"]))
    assert flashes(as_hod.post(page.context["release_url"])) == ["success: 1 result published."]
    assert "60" in text_of(browse(kept).get("/student_view_result/"))
    as_hod.post(f"{url}selected/?do=withhold&selected={good.profile_id}")
    assert "No results yet" in text_of(browse(good).get("/student_view_result/"))
    nothing = as_hod.post(f"{url}selected/?do=withhold&selected={good.profile_id}")
    assert flashes(nothing)[-1].startswith("warning: ")


def test_another_teachers_subject_is_closed(school: School, as_teacher: Client) -> None:
    url = f"/subject_results/{school.genetics.pk}/"
    for address in (url, f"{url}selected/?do=withhold"):
        assert as_teacher.get(address).status_code == 403


def test_an_assignment_has_figures_for_teacher_and_head(school: School, as_hod: Client, as_teacher: Client) -> None:
    rows = list(AssignmentSubmission.objects.filter(assignment=school.essay).order_by("id"))
    for row, marks in zip(rows, (10, 4, 3), strict=False):
        row.marks = marks
    AssignmentSubmission.objects.bulk_update(rows, ["marks"])
    for client in (as_hod, as_teacher):
        page = client.get(f"/assignment_figures/{school.essay.pk}/")
        assert figures(page) == {
            "Handed in": "20",
            "Late": "0",
            "Passed": "66.67%",
            "Average": "5.67",
            "Highest": "10",
        }
        words = text_of(page)
        for note in ("of 20 students, 17 to grade", "2 of 3", "median 4", "lowest 3"):
            assert note in words
        assert [(one.label, one.value) for one in page.context["chart"].bins][-1] == ("8–10", 1)


def test_the_figures_are_found_where_one_works(school: School, url: str, as_hod: Client, as_teacher: Client) -> None:
    semester = f"/semester_results/?course={school.courses[0].pk}&session_year={school.year.pk}"
    for client, page, link in (
        (as_hod, semester, f"{url}?session_year={school.year.pk}"),
        (as_hod, "/manage_subject/", url),
        (as_hod, url, f"/assignment_figures/{school.essay.pk}/"),
        (as_teacher, f"/view_assignment_submissions/{school.essay.pk}/", f"/assignment_figures/{school.essay.pk}/"),
        (
            as_teacher,
            f"/staff_add_result/?subject={school.botany.pk}&session_year={school.year.pk}",
            f"{url}?session_year={school.year.pk}",
        ),
    ):
        assert f'href="{link}"' in client.get(page).content.decode(), page


@pytest.mark.parametrize("year", ["9" * 5000, "9" * 25, "²", "-1"])
def test_what_can_be_no_session_year_narrows_nothing(url: str, as_hod: Client, year: str) -> None:
    page = as_hod.get(f"{url}selected/", {"do": "release", "session_year": year})
    assert (page.status_code, page.context["title"]) == (200, "Publish 1 result?")


def test_a_page_of_any_number_is_the_last(url: str, as_hod: Client) -> None:
    assert as_hod.get(f"{url}?page={'9' * 5000}").status_code in (200, 302)
