"""Writing a notice to a group: the form, the question, and the inboxes."""

from django.test import Client

from kernel.events.relay import Relay
from modules.academics.models import Course
from modules.notifications.models import StaffNotification, StudentNotification
from tests.portal.pages import flashes, text_of
from tests.portal.school import School


def test_the_hod_is_asked_once_with_the_number_of_people_and_then_it_is_sent(school: School, as_hod: Client) -> None:
    before = StudentNotification.objects.count()
    typed = {"to": "student", "session_year": "", "message": "Closed on Monday"}
    asked = text_of(as_hod.post("/send_notice/", typed))
    enrolled = len(school.students)
    assert f"Send this notice to {enrolled} people?" in asked
    assert "Closed on Monday" in asked
    assert StudentNotification.objects.count() == before
    response = as_hod.post("/send_notice/", typed | {"confirmed": "1"})
    assert (response.status_code, response["Location"]) == (302, "/admin_home/")
    assert flashes(response) == [f"success: The notice is sent to {enrolled} people."]
    Relay().drain()
    assert StudentNotification.objects.filter(message="Closed on Monday").count() == enrolled


def test_teachers_write_to_their_own_subjects(school: School, as_teacher: Client) -> None:
    page = as_teacher.get("/send_notice/").content.decode()
    assert f'value="subject:{school.botany.pk}"' in page
    assert 'value="staff"' not in page
    sneaked = as_teacher.post("/send_notice/", {"to": "staff", "message": "Hello", "confirmed": "1"})
    assert sneaked.status_code == 422
    typed = {"to": f"subject:{school.botany.pk}", "message": "Bring a leaf", "confirmed": "1"}
    assert as_teacher.post("/send_notice/", typed).status_code == 302
    Relay().drain()
    assert StudentNotification.objects.filter(message="Bring a leaf").exists()
    assert not StaffNotification.objects.filter(message="Hello").exists()


def test_a_blank_message_and_an_empty_group_are_told_at_their_fields(school: School, as_hod: Client) -> None:
    blank = as_hod.post("/send_notice/", {"to": "student", "message": " "})
    assert (blank.status_code, "Write a message." in text_of(blank)) == (422, True)
    course = Course.objects.create(name="Nobody's")
    empty = as_hod.post("/send_notice/", {"to": f"course:{course.pk}", "message": "Hello"})
    assert (empty.status_code, "There is nobody in this group." in text_of(empty)) == (422, True)
