"""The grade sheet: a class's marks for an assignment, in one save."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from modules.assessments.models import Assignment, AssignmentSubmission, MarkChange
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import School, Somebody


def url_of(school: School) -> str:
    return f"/grade_class/{school.essay.pk}/"


def sent_from(client: Client, school: School) -> dict[str, str]:
    """What the page sends when nothing is typed."""
    return fields_of(client.get(url_of(school)), f"?session_year={school.year.pk}")


def typed(person: Somebody, marks: object) -> dict[str, object]:
    return {f"marks_{person.profile_id}": marks}


def marks_of(school: School, person: Somebody) -> float | None:
    return AssignmentSubmission.objects.get(assignment=school.essay, student_id=person.profile_id).marks


def test_a_class_is_graded_in_one_save(school: School, as_teacher: Client) -> None:
    first, second, paper, *_others = school.classmates
    AssignmentSubmission.objects.filter(student_id=paper.profile_id).delete()
    sent = sent_from(as_teacher, school)
    assert len(sent) == 1 + 4 * len(school.classmates)
    response = as_teacher.post(url_of(school), sent | typed(first, "7,5") | typed(second, 0) | typed(paper, "9"))
    assert (response.status_code, response["Location"]) == (302, f"{url_of(school)}?session_year={school.year.pk}")
    assert flashes(response) == ["success: The marks of 3 students are saved."]
    assert [marks_of(school, person) for person in (first, second, paper)] == [7.5, 0, 9]
    assert MarkChange.objects.count() == 3, "whose field was left empty has no mark"
    assert "Graded (7.5)" in text_of(as_teacher.get(url_of(school)))


def test_saving_again_changes_nothing(school: School, as_teacher: Client) -> None:
    as_teacher.post(url_of(school), typed(school.student, 7))
    sent = sent_from(as_teacher, school)
    for again in (sent, sent | typed(school.student, "7.0")):
        assert flashes(as_teacher.post(url_of(school), again))[-1] == "info: No mark was changed."
    assert MarkChange.objects.count() == 1


@pytest.mark.parametrize("wrong", ["seven", "11", "-1", "7.25", "NaN", "1e999", "∞"])
def test_with_a_refused_mark_nothing_is_saved_and_everything_typed_is_kept(
    school: School, as_teacher: Client, wrong: str
) -> None:
    first, second, *_others = school.classmates
    page = as_teacher.post(url_of(school), sent_from(as_teacher, school) | typed(first, wrong) | typed(second, 8))
    assert page.status_code == 422
    at_row = {row.student_id: (row.cell.text, bool(row.errors)) for row in page.context["rows"] if row.typed}
    assert at_row == {first.profile_id: (wrong, True), second.profile_id: ("8", False)}
    ((target, label, _why),) = page.context["problems"]
    assert (target, label) == (f"marks_{first.profile_id}", f"Marks for {first.name}, 0 to 10")
    assert not MarkChange.objects.exists()


def test_a_mark_is_not_taken_away(school: School, as_teacher: Client) -> None:
    as_teacher.post(url_of(school), typed(school.student, 7))
    page = as_teacher.post(url_of(school), sent_from(as_teacher, school) | typed(school.student, ""))
    assert page.status_code == 422
    assert marks_of(school, school.student) == 7


def test_what_somebody_else_gave_in_the_meantime_is_shown_before_it_is_overwritten(
    school: School, as_teacher: Client
) -> None:
    first, second, third, *_others = school.classmates
    sent = sent_from(as_teacher, school)
    as_teacher.post(url_of(school), typed(first, 3) | typed(third, 4))
    mine = sent | typed(first, 8) | typed(second, 9)
    page = as_teacher.post(url_of(school), mine)
    assert page.status_code == 422
    assert "Somebody else gave 3 in the meantime. Save again to give 8." in text_of(page)
    assert marks_of(school, first) == 3
    again = fields_of(page, f"?session_year={school.year.pk}")
    assert again[f"marks_{first.profile_id}"] == "8", "nothing typed is lost"
    assert as_teacher.post(url_of(school), again).status_code == 302
    assert [marks_of(school, person) for person in (first, second, third)] == [8, 9, 4]


def comments(school: School) -> dict[int, str]:
    """By student, where there is one."""
    rows = AssignmentSubmission.objects.filter(assignment=school.essay).exclude(comment="")
    return dict(rows.values_list("student_id", "comment"))


def commented(person: Somebody, text: str) -> dict[str, object]:
    return {f"comment_{person.profile_id}": text}


def test_a_comment_is_written_with_the_mark_and_read_by_the_student_alone(
    school: School, as_teacher: Client, browse: Browse
) -> None:
    first, second, *_others = school.classmates
    text = "Good <roots>.\r\nMore sources next time."
    response = as_teacher.post(url_of(school), typed(first, 8) | commented(first, text) | typed(second, 7))
    assert flashes(response) == ["success: The marks of 2 students are saved."]
    assert comments(school) == {first.profile_id: text.replace("\r\n", "\n")}
    assert "Good <roots>. More sources next time." in text_of(browse(first).get("/student/assignments/"))
    assert "roots" not in text_of(browse(second).get("/student/assignments/"))
    assert "Good <roots>." in text_of(as_teacher.get(f"/view_assignment_submissions/{school.essay.pk}/"))
    sent = sent_from(as_teacher, school)
    assert sent[f"comment_{first.profile_id}"].strip() == text.replace("\r\n", "\n")
    assert flashes(as_teacher.post(url_of(school), sent))[-1] == "info: No mark was changed."


def test_a_comment_is_changed_and_taken_away_without_touching_the_mark(school: School, as_teacher: Client) -> None:
    person = school.student
    as_teacher.post(url_of(school), typed(person, 8) | commented(person, "Good"))
    as_teacher.post(url_of(school), sent_from(as_teacher, school) | commented(person, "Very good"))
    assert comments(school) == {person.profile_id: "Very good"}
    as_teacher.post(url_of(school), sent_from(as_teacher, school) | commented(person, " "))
    assert comments(school) == {}
    assert marks_of(school, person) == 8
    assert MarkChange.objects.count() == 1


@pytest.mark.parametrize(
    ("mark", "comment", "field"), [("", "Good", "marks"), ("8", "x" * 2001, "comment"), ("11", "Good", "marks")]
)
def test_a_refused_comment_stays_as_it_was_typed(
    school: School, as_teacher: Client, mark: str, comment: str, field: str
) -> None:
    person = school.student
    page = as_teacher.post(url_of(school), typed(person, mark) | commented(person, comment))
    assert page.status_code == 422
    assert [target for target, _label, _why in page.context["problems"]] == [f"{field}_{person.profile_id}"]
    (row,) = [row for row in page.context["rows"] if row.student_id == person.profile_id]
    assert row.comment_cell.text == comment
    assert comments(school) == {}


def test_a_comment_that_somebody_else_wrote_in_the_meantime_is_shown_first(school: School, as_teacher: Client) -> None:
    person = school.student
    as_teacher.post(url_of(school), typed(person, 8) | commented(person, "Good"))
    sent = sent_from(as_teacher, school)
    as_teacher.post(url_of(school), sent | commented(person, "Theirs"))
    page = as_teacher.post(url_of(school), sent | commented(person, "Mine"))
    assert page.status_code == 422
    assert "Somebody else wrote “Theirs” in the meantime" in text_of(page)
    as_teacher.post(url_of(school), fields_of(page, f"?session_year={school.year.pk}"))
    assert comments(school) == {person.profile_id: "Mine"}


def test_a_draft_has_no_sheet_yet(school: School, as_teacher: Client) -> None:
    Assignment.objects.filter(pk=school.essay.pk).update(status="draft")
    assert "publish it before you give marks" in text_of(as_teacher.get(url_of(school)))
    as_teacher.post(url_of(school), typed(school.student, 7))
    assert not MarkChange.objects.exists()


def test_only_the_subjects_teacher_has_the_sheet(school: School, as_teacher: Client) -> None:
    genetics = Assignment.objects.create(
        subject_id=school.genetics.pk, title="Other", due_at=timezone.now() + timedelta(days=1)
    )
    assert as_teacher.get(f"/grade_class/{genetics.pk}/").status_code == 403
    assert as_teacher.get("/grade_class/999999/").status_code == 404


def test_late_work_is_marked(school: School, as_teacher: Client) -> None:
    Assignment.objects.filter(pk=school.essay.pk).update(due_at=timezone.now() - timedelta(days=1))
    AssignmentSubmission.objects.filter(student_id=school.student.profile_id).update(submitted_at=timezone.now())
    page = as_teacher.get(f"{url_of(school)}?session_year={school.year.pk}")
    late = [row.student_id for row in page.context["rows"] if row.submission and row.submission.is_late]
    assert school.student.profile_id in late
    assert "Late" in text_of(page)


def test_the_lists_of_assignments_and_submissions_lead_to_the_sheet(school: School, as_teacher: Client) -> None:
    for url in ("/manage_assignments/", f"/view_assignment_submissions/{school.essay.pk}/"):
        assert f'href="{url_of(school)}"' in as_teacher.get(url).content.decode()


@pytest.mark.parametrize("query", ["session_year=abc", "session_year=999999", "page=77", "session_year="])
def test_nonsense_in_the_address_is_no_error(school: School, as_teacher: Client, query: str) -> None:
    assert as_teacher.get(f"{url_of(school)}?{query}").status_code == 200
