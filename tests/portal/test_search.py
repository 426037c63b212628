"""One search over the school: what each role finds, and where it leads."""

from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from portal.searching import FIRST_FEW, Found
from tests.portal.conftest import Browse
from tests.portal.pages import text_of
from tests.portal.school import School, make_account


def found(client: Client, words: str) -> dict[str, Found]:
    """What is found, by kind."""
    response = client.get("/search/", {"q": words})
    assert response.status_code == 200
    return {str(kind.title): kind for kind in response.context["found"]}


def titles(kinds: dict[str, Found]) -> dict[str, list[str]]:
    return {title: [hit.title for hit in kind.hits] for title, kind in kinds.items()}


def test_a_head_finds_people_courses_and_subjects(school: School, as_hod: Client) -> None:
    assert titles(found(as_hod, school.student.email)) == {"Students": [school.student.name]}
    assert titles(found(as_hod, school.teacher.email)) == {"Staff": [school.teacher.name]}
    assert titles(found(as_hod, "biology")) == {"Courses": ["Biology"], "Subjects": ["Botany", "Genetics"]}


def test_a_teacher_finds_their_own_subjects_and_assignments(school: School, as_teacher: Client) -> None:
    assert titles(found(as_teacher, "bo")) == {"Your subjects": ["Botany"]}  # not Book-keeping, which is another's
    assert titles(found(as_teacher, school.essay.title)) == {"Assignments": [school.essay.title]}
    assert found(as_teacher, school.student.email) == {}


def test_a_student_finds_what_is_theirs(school: School, as_student: Client, browse: Browse) -> None:
    fine = school.fine_of(school.student)
    assert titles(found(as_student, fine.reason)).get("Fines") == [fine.reason]
    assert found(browse(school.foreign_student), school.essay.title) == {}, "another course's assignment"
    assert found(as_student, school.classmates[1].name) == {}


@pytest.mark.parametrize("words", ["a", "o", "e"])
def test_every_hit_and_every_list_opens(words: str, as_hod: Client, as_teacher: Client, as_student: Client) -> None:
    for client in (as_hod, as_teacher, as_student):
        for kind in found(client, words).values():
            for url in (kind.list_url, *(hit.url for hit in kind.hits)):
                assert client.get(url).status_code == 200, url


def test_pages_are_found_by_the_words_of_their_names(as_hod: Client, as_teacher: Client, as_student: Client) -> None:
    assert titles(found(as_hod, "grad pol")) == {"Pages": ["Grading policy"]}
    assert titles(found(as_student, "attendance"))["Pages"] == ["Attendance"]
    assert "Pages" not in found(as_teacher, "grading")
    assert "Pages" not in found(as_hod, "a"), "a letter says too little"


def test_where_there_are_more_the_list_has_all_of_them(school: School, as_hod: Client) -> None:
    students = found(as_hod, "example")["Students"]
    assert len(students.hits) == FIRST_FEW < students.total
    assert as_hod.get(students.list_url).context["table"].page.total == students.total
    assert f"Show all {students.total}" in text_of(as_hod.get("/search/?q=example"))


def test_somebody_without_a_profile_can_search(school: School, browse: Browse) -> None:
    assert found(browse(make_account("Ina", "Incomplete", Role.STUDENT)), "a") == {}


def test_nothing_is_asked_before_something_is_typed(as_hod: Client, django_assert_max_num_queries: Any) -> None:
    as_hod.get("/search/")
    with django_assert_max_num_queries(4):
        response = as_hod.get("/search/?q=%00+")
    assert response.context["found"] == ()
    assert 'name="q"' in response.content.decode()
