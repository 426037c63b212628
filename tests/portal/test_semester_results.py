"""The head's pages of semester results and of the grading policy."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from contracts.assessments import AssessmentsService
from kernel.registry import services
from modules.assessments.models import GradingPolicy, StudentResult
from tests.portal.conftest import Browse
from tests.portal.pages import flashes, text_of
from tests.portal.reading import csv_lines
from tests.portal.school import School, Somebody, grow

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
    assert f"{good.name} 1 90.00 9.50 9.50 Pass Promoted Not published" in words
    assert f"{bad.name} 2 57.50 5.00 5.00 Fail Not promoted Not published" in words
    assert f"{unfinished.name} – 70.00 8.00 8.00 1 result missing – Not published" in words


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
    assert (good["rank"], good["status"], unfinished["rank"]) == ("1", "open", "")
    assert (bad["percentage"], bad["passed"], bad["promoted"]) == ("57.50", "no", "no")
    assert (unfinished["promoted"], unfinished["missing"]) == ("", "1")


@pytest.mark.parametrize(
    ("order", "places"),
    [("rank", [0, 1]), ("-rank", [1, 0]), ("gpa", [1, 2, 0]), ("-gpa", [0, 2, 1]), ("-percentage", [0, 2, 1])],
)
def test_a_class_is_ordered_by_its_figures_and_who_has_none_comes_last(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody], order: str, places: list[int]
) -> None:
    found = names(as_hod.get(class_url(school, f"&sort={order}")))
    assert found[: len(places)] == [judged[place].name for place in places]
    assert len(found) == len(school.classmates)
    header, *lines = csv_lines(as_hod.get(class_url(school, f"&sort={order}&export=csv")))
    assert [line[header.index("student")] for line in lines] == found


def test_the_order_by_a_figure_goes_with_the_search_and_the_pages(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    good, bad, _unfinished = judged
    assert names(as_hod.get(class_url(school, f"&sort=-gpa&q={bad.email}"))) == [bad.name]
    grow(school, 20)
    second = as_hod.get(class_url(school, "&sort=-gpa&page=2"))
    assert (second.context["table"].page.total, len(names(second))) == (30, 5)
    assert good.name not in names(second)


def test_the_order_can_be_chosen_where_there_is_no_head_to_press(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    page = as_hod.get(class_url(school, "&sort=-gpa"))
    assert '<option value="-gpa" selected>GPA, descending</option>' in page.content.decode()
    assert [value for value, _label in page.context["table"].orders][:4] == ["", "-name", "rank", "-rank"]


# --- deciding ---------------------------------------------------------------------------------------------------------


def selected(do: str, *people: Somebody, more: str = "") -> str:
    return f"{PAGE}selected/?do={do}" + "".join(f"&selected={person.profile_id}" for person in people) + more


def statuses(school: School, people: Sequence[Somebody]) -> list[str]:
    found = services.get(AssessmentsService).semester_results(
        actor=school.hod.actor, student_ids=tuple(p.profile_id for p in people)
    )
    return [found[p.profile_id].status.value for p in people]


def test_the_class_is_published_at_once_and_who_is_incomplete_is_left_out(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    page = as_hod.get(class_url(school))
    assert page.context["ready"] == 2
    question = as_hod.get(page.context["publish_url"])
    words = text_of(question)
    assert "Publish 2 semester results?" in words
    assert judged[2].name not in words
    response = as_hod.post(page.context["publish_url"])
    assert response["Location"] == class_url(school)
    assert flashes(response) == ["success: 2 semester results published."]
    assert statuses(school, judged) == ["published", "published", "open"]
    assert as_hod.get(class_url(school)).context["ready"] == 0
    assert names(as_hod.get(class_url(school, "&status=published"))) == [p.name for p in judged[:2]]


def test_what_was_withheld_for_a_reason_is_not_published_with_the_class(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    good, bad, _unfinished = judged
    as_hod.post(selected("withhold", good), {"reason": "Fees are due"})
    page = as_hod.get(class_url(school))
    assert page.context["ready"] == 1
    as_hod.post(page.context["publish_url"])
    assert statuses(school, (good, bad)) == ["withheld", "published"]
    as_hod.post(selected("publish", good))
    assert statuses(school, (good, bad)) == ["published", "published"]


@pytest.mark.parametrize(("do", "status"), [("withhold", "withheld"), ("cancel", "cancelled")])
def test_a_result_is_taken_back_for_a_reason(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody], do: str, status: str
) -> None:
    good, bad, _unfinished = judged
    as_hod.post(selected("publish", good, bad))
    refused = as_hod.post(selected(do, good), {"reason": "  "})
    assert refused.status_code == 422
    assert statuses(school, judged[:2]) == ["published", "published"]
    as_hod.post(selected(do, good), {"reason": "Fees <are> due"})
    assert statuses(school, judged[:2]) == [status, "published"]
    assert "Fees <are> due" in text_of(as_hod.get(class_url(school)))


def test_promotion_is_decided_whatever_the_marks_say(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody]
) -> None:
    bad = judged[1]
    assert as_hod.post(selected("promote", bad), {"promoted": "perhaps"}).status_code == 422
    as_hod.post(selected("promote", bad), {"promoted": "yes"})
    assert "Fail Promoted decided" in text_of(as_hod.get(class_url(school)))
    as_hod.post(selected("promote", bad), {"promoted": "policy"})
    assert f"{bad.name} 2 57.50 5.00 5.00 Fail Not promoted Not published" in text_of(as_hod.get(class_url(school)))


HUGE = f"?do=publish&course={'9' * 5000}&session_year={'9' * 25}"
"""Numbers that no database, and not even Python, reads."""


@pytest.mark.parametrize(
    "address", ["?do=publish", "?do=nothing&selected=1", "?course=x&do=publish", "?selected=x", HUGE]
)
def test_nonsense_decides_nothing(school: School, as_hod: Client, address: str) -> None:
    response = as_hod.post(f"{PAGE}selected/{address}")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert flashes(response)[0].startswith("warning: ")


def test_the_student_sees_the_semester_result_once_it_is_published(
    school: School, as_hod: Client, judged: tuple[Somebody, Somebody, Somebody], browse: Browse
) -> None:
    good, client = judged[0], browse(judged[0])
    before = text_of(client.get("/student_view_result/"))
    assert "stands here once it is published" in before
    assert "9.50" not in before
    as_hod.post(selected("publish", good))
    assert "GPA 9.50" in text_of(client.get("/student_view_result/"))
    as_hod.post(selected("withhold", good), {"reason": "Fees are due"})
    after = text_of(client.get("/student_view_result/"))
    assert "Your semester result is withheld: Fees are due" in after
    assert "9.50" not in after


def test_home_and_search_lead_to_the_results(school: School, as_hod: Client) -> None:
    assert f'href="{PAGE}"' in as_hod.get("/admin_home/").content.decode()
    for words in ("results", "GPA", "semester", "promo"):
        assert f'href="{PAGE}"' in as_hod.get("/search/", {"q": words}).content.decode(), words


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
