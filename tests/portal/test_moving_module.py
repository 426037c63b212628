"""While a module moves its pages are read as ever, and who writes is told to try again, on pages and over REST."""

from collections.abc import Iterator

import pytest
from django.test import Client

from config.lifting.tables import fenced_names, tables_of
from kernel import fence
from kernel.models import MoveState
from modules.feedback.models import StudentFeedback
from tests.portal.pages import fields_of, text_of
from tests.portal.school import School

FORM, SAVE = "/student_feedback/", "/student_feedback_save/"
TOLD = "This part of the school is being moved. Nothing was changed; please try again in a minute."


@pytest.fixture
def moving(school: School) -> Iterator[None]:
    """Feedback is frozen, as just before it is switched to its new place."""
    names = fenced_names(tables_of("feedback"))
    fence.set_up("default", "feedback", names, MoveState.FROZEN, "elsewhere")
    yield
    fence.take_down("default", "feedback", names)


@pytest.mark.usefixtures("moving")
def test_a_page_is_read_and_who_sends_its_form_is_told_when_to_try_again(school: School, as_student: Client) -> None:
    page = as_student.get(FORM)
    assert page.status_code == 200
    before = StudentFeedback.objects.count()
    answer = as_student.post(SAVE, fields_of(page, SAVE) | {"feedback_message": "More chalk"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert TOLD in text_of(answer)
    assert StudentFeedback.objects.count() == before


@pytest.mark.usefixtures("moving")
def test_a_program_gets_a_problem_that_says_when_to_try_again(school: School, as_student: Client) -> None:
    answer = as_student.post("/api/v1/feedback/own/", {"text": "More chalk"}, content_type="application/json")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (problem["code"], answer["Retry-After"]) == ("module_moving", "60")
    assert as_student.get("/api/v1/feedback/own/").status_code == 200


@pytest.mark.usefixtures("moving")
def test_what_is_another_modules_is_written_as_ever(school: School, as_student: Client) -> None:
    form = fields_of(as_student.get("/student_apply_leave/"), "/student_apply_leave_save/")
    day = school.today.replace(year=school.today.year + 1).isoformat()
    asked = form | {"leave_date": day, "leave_until": day, "leave_message": "A wedding"}
    assert as_student.post("/student_apply_leave_save/", asked).status_code == 302
