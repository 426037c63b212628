"""Results: the marks of a class in one save, those of one student as in the legacy, and a student's own."""

import math
from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from modules.academics.models import Subject
from modules.assessments.models import MarkChange, StudentResult
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.reading import queries_of
from tests.portal.school import School, Somebody, grow, login, make_account

PAGE, SAVE = "/staff_add_result/", "/staff_add_result_save/"
ODD_MARKS = [(math.inf, "∞"), (-math.inf, "−∞"), (150.0, "150"), (-5.25, "-5.25"), (1e9, "1000000000")]
"""Marks that only old data has, and how they read."""


def class_url(school: School, subject: Subject | None = None, **more: object) -> str:
    subject = subject or school.botany
    query = {"subject": subject.pk, "session_year": school.year.pk} | more
    return PAGE + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def marks(person: Somebody, assignment: object, exam: object) -> dict[str, object]:
    """What the class's page would send for a student."""
    return {f"assignment_marks_{person.profile_id}": assignment, f"exam_marks_{person.profile_id}": exam}


def stored(school: School, person: Somebody | None = None) -> list[tuple[float, float]]:
    """Assignment and exam marks of a student in Botany."""
    person = person or school.student
    rows = StudentResult.objects.filter(student_id=person.profile_id, subject_id=school.botany.pk).order_by("id")
    return list(rows.values_list("assignment_marks", "exam_marks"))


def enter(school: School, person: Somebody, assignment: float, exam: float, duplicate: int = 0) -> StudentResult:
    """A result that is there already."""
    return StudentResult.objects.create(
        student_id=person.profile_id,
        subject_id=school.botany.pk,
        assignment_marks=assignment,
        exam_marks=exam,
        duplicate=duplicate,
    )


def row_of(page: Any, person: Somebody) -> Any:
    (row,) = [row for row in page.context["sheet"].rows if row.student_id == person.profile_id]
    return row


# --- choosing the class -----------------------------------------------------------------------------------------------


def test_a_teacher_chooses_among_their_own_subjects(school: School, as_teacher: Client) -> None:
    words = text_of(as_teacher.get(PAGE))
    assert "Botany (Biology)" in words
    assert "Genetics" not in words
    assert f"{school.year.first_day} to {school.year.last_day}" in words


def test_the_class_is_shown_with_the_marks_there_are(school: School, as_teacher: Client) -> None:
    first, second, *_others = school.classmates
    enter(school, first, 18, 72.5)
    enter(school, second, 12, 39)
    page = as_teacher.get(class_url(school))
    assert [row.student_id for row in page.context["sheet"].rows] == [p.profile_id for p in school.classmates]
    sent = fields_of(page, f"?subject={school.botany.pk}&amp;session_year={school.year.pk}")
    assert sent[f"exam_marks_{first.profile_id}"] == "72.5"
    assert sent[f"assignment_marks_{first.profile_id}"] == "18"
    assert sent[f"exam_marks_{school.classmates[2].profile_id}"] == ""
    words = text_of(page)
    assert words.count("Pass") == 1
    assert words.count("Fail") == 1


@pytest.mark.parametrize("query", ["subject=999999", "subject=abc", "session_year=999999", "subject=", "page=77"])
def test_nonsense_in_the_address_is_no_error(school: School, as_teacher: Client, query: str) -> None:
    assert as_teacher.get(f"{class_url(school)}&{query}").status_code == 200
    assert as_teacher.get(f"{PAGE}?{query}").status_code == 200


def test_somebody_elses_subject_shows_no_class_and_takes_no_marks(school: School, as_teacher: Client) -> None:
    url = class_url(school, school.genetics)
    assert as_teacher.get(url).context["sheet"] is None
    assert as_teacher.post(url, marks(school.student, 10, 50)).status_code == 422
    assert not StudentResult.objects.exists()


def test_a_teacher_without_subjects_is_told_so(school: School, browse: Browse) -> None:
    client = browse(make_account("Nora", "New", Role.STAFF))
    assert "You do not teach a subject yet" in text_of(client.get(PAGE))


def test_a_year_without_students_says_so(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(class_url(school, session_year=school.earlier_year.pk))
    assert "Nobody is enrolled" in text_of(page)


# --- the whole class --------------------------------------------------------------------------------------------------


def test_the_marks_of_a_class_are_saved_in_one_go(school: School, as_teacher: Client) -> None:
    url = class_url(school)
    first, second, third, *_others = school.classmates
    enter(school, third, 5, 60)
    sent = fields_of(as_teacher.get(url), url.removeprefix(PAGE).replace("&", "&amp;"))
    assert len(sent) == 1 + 4 * len(school.classmates)
    response = as_teacher.post(url, sent | marks(first, "18", " 72,5 ") | marks(second, 0, 100) | marks(third, 5, 61))
    assert (response.status_code, response["Location"]) == (302, url)
    assert flashes(response) == ["success: The marks of 3 students are saved."]
    assert stored(school, first) == [(18, 72.5)]
    assert stored(school, second) == [(0, 100)]
    assert stored(school, third) == [(5, 61)]
    assert StudentResult.objects.count() == 3, "whose fields were left empty has no result"


def test_saving_again_changes_nothing(school: School, as_teacher: Client) -> None:
    enter(school, school.student, 18, 72.5)
    url = class_url(school)
    sent = fields_of(as_teacher.get(url), url.removeprefix(PAGE).replace("&", "&amp;"))
    for typed in (sent, sent | marks(school.student, "18.0", "72,50")):
        assert flashes(as_teacher.post(url, typed))[-1] == "info: No mark was changed."
    assert stored(school) == [(18, 72.5)]
    assert not MarkChange.objects.exists()


def test_marks_that_somebody_else_gave_in_the_meantime_are_shown_before_they_are_overwritten(
    school: School, as_teacher: Client
) -> None:
    first, second, third, *_others = school.classmates
    enter(school, first, 10, 50)
    url = class_url(school)
    form = url.removeprefix(PAGE).replace("&", "&amp;")
    sent = fields_of(as_teacher.get(url), form)
    StudentResult.objects.update(exam_marks=55)
    enter(school, third, 20, 60)
    page = as_teacher.post(url, sent | marks(first, 10, 70) | marks(second, 15, 80))
    assert page.status_code == 422
    assert "Somebody else gave 55 in the meantime. Save again to give 70." in text_of(page)
    assert (stored(school, first), stored(school, second)) == ([(10, 55)], [])
    as_teacher.post(url, fields_of(page, form))
    assert [stored(school, person) for person in (first, second, third)] == [[(10, 70)], [(15, 80)], [(20, 60)]]


def test_what_was_only_seen_and_not_typed_is_no_change(school: School, as_teacher: Client) -> None:
    enter(school, school.student, 10, 50)
    url = class_url(school)
    sent = fields_of(as_teacher.get(url), url.removeprefix(PAGE).replace("&", "&amp;"))
    StudentResult.objects.update(exam_marks=55)
    as_teacher.post(url, sent | {f"assignment_marks_{school.student.profile_id}": "12"})
    assert stored(school) == [(12, 55)]


@pytest.mark.parametrize(
    ("assignment", "exam", "at_fields"),
    [
        ("10", "", {"exam_marks"}),
        ("", "50", {"assignment_marks"}),
        ("ten", "50", {"assignment_marks"}),
        ("10", "101", {"exam_marks"}),
        ("-1", "1e9", {"assignment_marks", "exam_marks"}),
        ("10", "NaN", {"exam_marks"}),
        ("10", "Infinity", {"exam_marks"}),
        ("10", "∞", {"exam_marks"}),
    ],
)
def test_with_a_refused_row_nothing_is_saved_and_everything_typed_is_kept(
    school: School, as_teacher: Client, assignment: str, exam: str, at_fields: set[str]
) -> None:
    wrong, right, *_others = school.classmates
    page = as_teacher.post(class_url(school), marks(wrong, assignment, exam) | marks(right, 15, 80))
    assert page.status_code == 422
    row = row_of(page, wrong)
    assert set(row.errors) == at_fields
    assert (row.assignment.text, row.exam.text) == (assignment, exam)
    words = text_of(page)
    assert "No mark is saved yet. Correct what is marked, and save again." in words
    assert "There is a problem" in words
    assert f"Exam marks of {wrong.name}" in words
    other = row_of(page, right)
    assert (other.assignment.text, other.exam.text, other.errors) == ("15", "80", {})
    assert not StudentResult.objects.exists()


def test_marks_cannot_be_taken_away(school: School, as_teacher: Client) -> None:
    enter(school, school.student, 18, 72.5)
    page = as_teacher.post(class_url(school), marks(school.student, "", ""))
    assert set(row_of(page, school.student).errors) == {"assignment_marks", "exam_marks"}
    assert stored(school) == [(18, 72.5)]


@pytest.mark.parametrize(("old", "text"), ODD_MARKS)
def test_old_marks_of_any_size_are_shown_and_stay_while_nobody_touches_them(
    school: School, as_teacher: Client, old: float, text: str
) -> None:
    enter(school, school.student, 18, old)
    page = as_teacher.get(class_url(school))
    assert row_of(page, school.student).exam.text == text
    response = as_teacher.post(class_url(school), marks(school.student, 18, text))
    assert flashes(response) == ["info: No mark was changed."]
    refused = as_teacher.post(class_url(school), marks(school.student, 19, text))
    assert set(row_of(refused, school.student).errors) == {"exam_marks"}
    assert stored(school) == [(18, old)]
    as_teacher.post(class_url(school), marks(school.student, 19, 90))
    assert stored(school) == [(19, 90)]


def test_several_old_results_of_one_student_are_told_and_corrected_together(school: School, as_teacher: Client) -> None:
    enter(school, school.student, 10, 50)
    enter(school, school.student, 12, 60, duplicate=1)
    assert "2 results from old data" in text_of(as_teacher.get(class_url(school)))
    as_teacher.post(class_url(school), marks(school.student, 11, 55))
    assert stored(school) == [(11, 55), (11, 55)]


def test_students_of_other_classes_are_not_reached_by_forged_fields(school: School, as_teacher: Client) -> None:
    response = as_teacher.post(class_url(school), marks(school.foreign_student, 10, 50) | {"exam_marks_x": "1"})
    assert flashes(response) == ["info: No mark was changed."]
    assert not StudentResult.objects.exists()


def test_a_large_class_comes_in_pages_and_each_saves_its_own(school: School, as_teacher: Client) -> None:
    grow(school, 180)
    assert len(school.classmates) == 110
    page = as_teacher.get(class_url(school))
    assert len(page.context["sheet"].rows) == 100
    assert "1–100 of 110" in text_of(page)
    url = class_url(school, page=2)
    assert url.removeprefix(PAGE).replace("&", "&amp;") in page.content.decode()
    last = school.classmates[-1]
    response = as_teacher.post(url, marks(last, 10, 50) | marks(school.student, 10, 50))
    assert (response.status_code, response["Location"]) == (302, url)
    assert (stored(school, last), stored(school)) == ([(10, 50)], [])


def test_a_larger_class_costs_no_more_queries(school: School, as_teacher: Client) -> None:
    enter(school, school.student, 18, 72)
    before = queries_of(as_teacher, class_url(school))
    grow(school, 60)
    for person in school.classmates[1:]:
        enter(school, person, 10, 50)
    assert queries_of(as_teacher, class_url(school)) == before


# --- one student at a time --------------------------------------------------------------------------------------------


def one(school: School, **changes: object) -> dict[str, object]:
    return {
        "subject": school.botany.pk,
        "session_year": school.year.pk,
        "student_list": school.student.user_id,
        "assignment_marks": "18",
        "exam_marks": "72.5",
    } | changes


def test_the_legacys_form_adds_and_then_updates(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(class_url(school))
    assert f"{school.student.name} (ID {school.student.user_id})" in text_of(page)
    assert set(fields_of(page, SAVE)) - {"csrfmiddlewaretoken"} == set(one(school))
    response = as_teacher.post(SAVE, one(school))
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert flashes(response) == ["success: Result Added Successfully!"]
    assert stored(school) == [(18, 72.5)]
    response = as_teacher.post(SAVE, one(school, exam_marks="80", session_year=""))  # the legacy ignored the year
    assert flashes(response)[-1] == "success: Result Updated Successfully!"
    assert stored(school) == [(18, 80)]


def test_after_saving_the_same_class_is_suggested_for_the_next(school: School, as_teacher: Client) -> None:
    person = school.foreign_student
    as_teacher.post(SAVE, one(school, subject=school.markets.pk, student_list=person.user_id))
    assert as_teacher.get(PAGE).context["form"].initial == {
        "subject": school.markets.pk,
        "session_year": school.year.pk,
    }


@pytest.mark.parametrize(
    ("change", "at_fields"),
    [
        ({"exam_marks": ""}, {"exam_marks"}),
        ({"exam_marks": "many"}, {"exam_marks"}),
        ({"exam_marks": "101", "assignment_marks": "-1"}, {"exam_marks", "assignment_marks"}),
        ({"exam_marks": "inf"}, {"exam_marks"}),
        ({"student_list": ""}, {"student_list"}),
        ({"student_list": "999999"}, {"student_list"}),
        ({"student_list": "9" * 30}, {"student_list"}),
    ],
)
def test_a_refused_result_waits_open_in_its_class_with_what_was_typed(
    school: School, as_teacher: Client, change: dict[str, str], at_fields: set[str]
) -> None:
    response = as_teacher.post(SAVE, one(school, **change))
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert flashes(response) == ["error: Failed to Add Result!"]
    page = as_teacher.get(PAGE)
    form = page.context["one"]
    assert set(form.errors) == at_fields
    assert {name: form[name].value() for name in one(school)} == {k: str(v) for k, v in one(school, **change).items()}
    assert page.context["sheet"].subject.id == school.botany.pk
    assert not StudentResult.objects.exists()
    assert not as_teacher.get(class_url(school)).context["one"].errors, "and only once"


def test_results_are_refused_for_strangers_and_foreign_subjects(school: School, as_teacher: Client) -> None:
    for change in (
        {"student_list": school.foreign_student.user_id},
        {"student_list": school.teacher.user_id},
        {"subject": school.genetics.pk},
        {"subject": 999999},
        {"subject": "abc"},
        {"subject": ""},
    ):
        response = as_teacher.post(SAVE, one(school, **change))
        assert flashes(response)[-1] == "error: Failed to Add Result!", change
        assert "There is a problem" in text_of(as_teacher.get(PAGE)), change
    assert not StudentResult.objects.exists()


def test_opening_the_address_that_saves_says_what_the_legacy_said(as_teacher: Client) -> None:
    response = as_teacher.get(SAVE)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert flashes(response) == ["error: Invalid Method"]


def test_staff_without_profile_enter_results_of_their_subjects(school: School, browse: Browse) -> None:
    teacher = make_account("Ina", "Complete", Role.STAFF)
    Subject.objects.filter(pk=school.botany.pk).update(teacher_id=teacher.user_id)
    client = browse(teacher)
    assert len(client.get(class_url(school)).context["sheet"].rows) == 20
    assert flashes(client.post(SAVE, one(school))) == ["success: Result Added Successfully!"]


# --- a student's own --------------------------------------------------------------------------------------------------


def test_a_student_sees_own_results_with_pass_and_fail(school: School, as_student: Client) -> None:
    enter(school, school.student, 18, 40)
    StudentResult.objects.create(
        student_id=school.student.profile_id, subject_id=school.genetics.pk, assignment_marks=7.25, exam_marks=39.9
    )
    enter(school, school.classmates[1], 1, 99.5)
    page = as_student.get("/student_view_result/")
    rows = [(r.subject, r.assignment, r.exam, r.result.passed) for r in page.context["rows"]]
    assert rows == [("Botany", "18", "40", True), ("Genetics", "7.25", "39.9", False)]
    words = text_of(page)
    assert "1 of 2 passed" in words
    assert "Pass" in words
    assert "Fail" in words
    assert "99.5" not in words


@pytest.mark.parametrize(("old", "text"), ODD_MARKS)
def test_old_marks_of_any_size_are_shown(school: School, as_student: Client, old: float, text: str) -> None:
    enter(school, school.student, 0.0, old)
    words = text_of(as_student.get("/student_view_result/"))
    assert text in words
    assert ("Pass" if old > 0 else "Fail") in words


def test_on_paper_the_results_say_whose_they_are(school: School, as_student: Client) -> None:
    enter(school, school.student, 18, 72)
    html = as_student.get("/student_view_result/").content.decode()
    paper = html[html.index("print-only") : html.index("</dl>")]
    for word in (school.student.name, "Biology", f"{school.year.first_day} to {school.year.last_day}"):
        assert word in paper, word


def test_without_results_the_page_says_what_will_be_there(as_student: Client) -> None:
    assert "No results yet" in text_of(as_student.get("/student_view_result/"))


def test_a_student_without_profile_is_told_so(db: None, browse: Browse) -> None:
    client = browse(make_account("Ina", "Complete", Role.STUDENT))
    assert "Your account is not complete" in text_of(client.get("/student_view_result/"))


def test_more_results_cost_no_more_queries(school: School, as_student: Client) -> None:
    enter(school, school.student, 18, 72)
    before = queries_of(as_student, "/student_view_result/")
    subjects = Subject.objects.bulk_create(
        Subject(name=f"Subject {n}", course=school.courses[0], teacher_id=school.teacher.user_id) for n in range(20)
    )
    StudentResult.objects.bulk_create(
        StudentResult(student_id=school.student.profile_id, subject_id=s.pk, exam_marks=50) for s in subjects
    )
    assert queries_of(as_student, "/student_view_result/") == before


# --- for all of it ----------------------------------------------------------------------------------------------------


def test_nothing_is_saved_without_the_token(school: School) -> None:
    client = login(Client(enforce_csrf_checks=True), school.teacher)
    assert client.post(class_url(school), marks(school.student, 10, 50)).status_code == 403
    assert client.post(SAVE, one(school)).status_code == 403
    assert not StudentResult.objects.exists()
    token = {"csrfmiddlewaretoken": token_of(client, class_url(school))}
    assert client.post(class_url(school), marks(school.student, 10, 50) | token).status_code == 302
    assert client.post(SAVE, one(school) | token).status_code == 302
    assert stored(school) == [(18, 72.5)]


def test_others_are_sent_home_and_change_nothing(school: School, browse: Browse, client: Client) -> None:
    for browser, home in (
        (browse(school.hod), "/admin_home/"),
        (browse(school.student), "/student_home/"),
        (client, "/"),
    ):
        for response in (
            browser.get(class_url(school)),
            browser.post(class_url(school), marks(school.student, 10, 50)),
            browser.post(SAVE, one(school)),
        ):
            assert (response.status_code, response["Location"]) == (302, home)
    for browser, home in ((browse(school.hod), "/admin_home/"), (browse(school.teacher), "/staff_home/")):
        response = browser.get("/student_view_result/")
        assert (response.status_code, response["Location"]) == (302, home)
    assert not StudentResult.objects.exists()


# --- kept back --------------------------------------------------------------------------------------------------------


def test_a_class_is_kept_back_and_released_by_its_teacher(school: School, browse: Browse) -> None:
    StudentResult.objects.all().delete()
    teacher, student = browse(school.teacher), browse(school.student)
    where = {"subject": school.botany.pk, "session_year": school.year.pk}
    teacher.post(class_url(school), marks(school.student, 77, 77) | {"withhold": "on"})
    assert "Kept back" in text_of(teacher.get(class_url(school)))
    assert "No results yet" in text_of(student.get("/student_view_result/"))
    response = teacher.post("/staff_withhold_results/", where | {"withheld": "0"})
    assert flashes(response) == ["success: 1 student sees the result now."]
    assert "77" in text_of(student.get("/student_view_result/"))
    response = teacher.post("/staff_withhold_results/", where | {"withheld": "1"})
    assert flashes(response)[-1] == "success: The result of 1 student is kept back."
    assert browse(school.other_teacher).post("/staff_withhold_results/", where | {"withheld": "0"}).status_code == 403


def test_a_mark_that_is_kept_back_is_nowhere_for_its_student(school: School, browse: Browse) -> None:
    StudentResult.objects.all().delete()
    teacher, student = browse(school.teacher), browse(school.student)
    profile = school.student.profile_id
    places = (
        *("/student_home/", "/student_view_result/", "/inbox/", "/search/?q=Botany"),
        f"/api/v1/assessments/students/{profile}/results/",
        f"/api/v1/assessments/students/semester-results/?student_ids={profile}",
    )
    teacher.post(class_url(school), marks(school.student, 61.37, 83.79) | {"withhold": "on"})
    result = StudentResult.objects.get(student_id=profile)
    for place in places:
        response = student.get(place)
        assert response.status_code == 200, place
        shown = response.content.decode()
        assert "61.37" not in shown, place
        assert "83.79" not in shown, place
    assert student.get(f"/api/v1/assessments/results/{result.pk}/history/").status_code == 403
    result.withheld = False
    result.save()
    assert "83.79" in student.get(places[4]).content.decode()
