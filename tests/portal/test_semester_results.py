"""The head's pages of semester results and of the grading policy."""

from typing import Any

import pytest
from django.test import Client

from modules.assessments.models import GradingPolicy, StudentResult
from tests.portal.pages import flashes, text_of
from tests.portal.reading import csv_lines
from tests.portal.school import School, Somebody

PAGE, POLICY = "/semester_results/", "/grading_policy/"
BODY = {"exam_weight": "60", "pass_percentage": "50,5", "allowed_failures": "1", "scale": "P 50 4\n\nF 0 0\n"}


def enter(school: School, person: Somebody, *exams: float) -> None:
    """Exam marks in the two subjects of Biology, and the same as assignment marks."""
    for subject, exam in zip((school.botany, school.genetics), exams, strict=False):
        StudentResult.objects.create(
            student_id=person.profile_id, subject_id=subject.pk, assignment_marks=exam, exam_marks=exam
        )


def class_url(school: School, more: str = "") -> str:
    return f"{PAGE}?course={school.courses[0].pk}&session_year={school.year.pk}{more}"


def names(page: Any) -> list[str]:
    return [row.student.full_name for row in page.context["rows"]]


@pytest.fixture
def judged(school: School) -> tuple[Somebody, Somebody, Somebody]:
    """One is promoted, one is not, and one has a result missing."""
    good, bad, unfinished, *_others = school.classmates
    enter(school, good, 95, 85)
    enter(school, bad, 95, 20)
    enter(school, unfinished, 70)
    return good, bad, unfinished


def test_before_a_course_is_chosen_nobody_is_shown(school: School, as_hod: Client) -> None:
    page = as_hod.get(PAGE)
    assert names(page) == []
    assert "Choose a course" in text_of(page)


def test_a_class_is_shown_with_averages_and_who_is_promoted(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    good, bad, unfinished = judged
    page = as_hod.get(class_url(school))
    assert sorted(names(page)) == sorted(person.name for person in school.classmates)
    words = text_of(page)
    assert f"{good.name} 90.00 9.50 9.50 Pass Promoted" in words
    assert f"{bad.name} 57.50 5.00 5.00 Fail Not promoted" in words
    assert f"{unfinished.name} 70.00 8.00 8.00 1 result missing –" in words


@pytest.mark.parametrize(("outcome", "place"), [("promoted", 0), ("kept", 1)])
def test_a_class_is_narrowed_by_what_becomes_of_its_students(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody], outcome: str, place: int
) -> None:
    assert names(as_hod.get(class_url(school, f"&outcome={outcome}"))) == [judged[place].name]
    assert len(names(as_hod.get(class_url(school, "&outcome=open")))) == len(school.classmates) - 2


def test_the_whole_class_comes_as_csv(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    header, *lines = csv_lines(as_hod.get(class_url(school, "&export=csv")))
    by_name = {line[1]: dict(zip(header, line, strict=True)) for line in lines}
    assert len(lines) == len(school.classmates)
    good, bad, unfinished = (by_name[person.name] for person in judged)
    assert (good["gpa"], good["passed"], good["promoted"], good["missing"]) == ("9.50", "yes", "yes", "0")
    assert (bad["percentage"], bad["passed"], bad["promoted"]) == ("57.50", "no", "no")
    assert (unfinished["promoted"], unfinished["missing"]) == ("", "1")


def test_the_policy_is_shown_and_changed(school: School, as_hod: Client) -> None:
    assert "O 90 10" in text_of(as_hod.get(POLICY))
    response = as_hod.post(POLICY, BODY)
    assert flashes(response) == ["success: The grading policy is saved. All grades follow it now."]
    page = as_hod.get(POLICY)
    assert page.context["form"].initial == {
        "exam_weight": "60",
        "pass_percentage": "50.5",
        "allowed_failures": 1,
        "scale": "P 50 4\nF 0 0",
    }


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("exam_weight", "101"),
        ("exam_weight", "much"),
        ("pass_percentage", "-1"),
        ("allowed_failures", "-1"),
        ("allowed_failures", "1.5"),
        ("scale", "P 50\nF 0 0"),
        ("scale", "P 50 4"),
        ("scale", "P 50 4\nP 0 0"),
        ("scale", "F 0 0\nP 50 4"),
        ("scale", "\n"),
        ("allowed_failures", "9" * 30),
    ],
)
def test_a_refused_policy_names_the_field_and_keeps_what_was_typed(
    school: School, as_hod: Client, field: str, typed: str
) -> None:
    page = as_hod.post(POLICY, BODY | {field: typed})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == typed
    assert not GradingPolicy.objects.exists()


def test_the_results_lead_to_the_policy(school: School, as_hod: Client) -> None:
    assert f'href="{POLICY}"' in as_hod.get(PAGE).content.decode()
