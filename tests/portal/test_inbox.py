"""The inbox, and the number of unread notices in the frame."""

import pytest
from django.test import Client

from modules.notifications.models import StudentNotification
from tests.portal.conftest import Browse
from tests.portal.pages import flashes, text_of
from tests.portal.school import School


def own_notice(school: School) -> StudentNotification:
    return StudentNotification.objects.get(student_id=school.student.profile_id)


def test_each_role_has_an_inbox_of_its_own(school: School, browse: Browse) -> None:
    for person, message in (
        (school.hod, "A student asks for leave"),
        (school.teacher, "A word to teachers"),
        (school.student, "Welcome to the school"),
        (school.other_teacher, "No notices"),
    ):
        assert message in text_of(browse(person).get("/inbox/"))


def test_the_frame_tells_how_many_are_unread(school: School, as_student: Client) -> None:
    assert "Inbox, 1 unread" in text_of(as_student.get("/student_apply_leave/"))
    as_student.post(f"/inbox/{own_notice(school).pk}/")
    assert "unread" not in text_of(as_student.get("/student_apply_leave/"))


@pytest.mark.parametrize("method", ["post", "get"])
def test_reading_happens_by_the_button_and_not_by_looking(school: School, as_student: Client, method: str) -> None:
    response = getattr(as_student, method)(f"/inbox/{own_notice(school).pk}/")
    assert response.status_code == (302 if method == "post" else 405)
    assert (own_notice(school).read_at is not None) == (method == "post")


def test_a_read_notice_can_be_made_unread_again(school: School, as_student: Client) -> None:
    as_student.post(f"/inbox/{own_notice(school).pk}/")
    as_student.post(f"/inbox/{own_notice(school).pk}/", {"read": "0"})
    assert own_notice(school).read_at is None


def test_other_peoples_notices_are_not_there(school: School, as_student: Client) -> None:
    foreign = StudentNotification.objects.get(student_id=school.foreign_student.profile_id)
    assert as_student.post(f"/inbox/{foreign.pk}/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_ticked_ones_are_marked_at_once_and_only_ones_own(school: School, as_student: Client) -> None:
    own = [own_notice(school)]
    own.append(StudentNotification.objects.create(student_id=school.student.profile_id, message="Another"))
    foreign = StudentNotification.objects.get(student_id=school.foreign_student.profile_id)
    page = as_student.get("/inbox/?show=unread").content.decode()
    assert all(f'form="bulk" name="selected" value="{notice.pk}"' in page for notice in own)
    ticked = {"selected": [foreign.pk, *(notice.pk for notice in own)], "list": "?show=unread"}
    for do, read in (("read", True), ("unread", False)):
        response = as_student.post("/inbox/selected/", {"do": do, **ticked})
        assert (response.status_code, response["Location"]) == (302, "/inbox/?show=unread")
        assert flashes(response)[-1] == f"success: 2 notices marked as {do}."
        marked = StudentNotification.objects.filter(pk__in=[notice.pk for notice in own], read_at__isnull=not read)
        assert marked.count() == 2
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_all_are_read_at_once_and_only_ones_own(school: School, as_student: Client) -> None:
    StudentNotification.objects.create(student_id=school.student.profile_id, message="Another")
    response = as_student.post("/inbox/all/read/")
    assert (response.status_code, response["Location"]) == (302, "/inbox/")
    assert flashes(response) == ["success: 2 notices marked as read."]
    assert StudentNotification.objects.exclude(read_at=None).count() == 2
    assert flashes(as_student.post("/inbox/all/read/"))[-1] == "success: 0 notices marked as read."


def test_unread_ones_are_shown_alone_and_texts_are_searched(school: School, as_student: Client) -> None:
    as_student.post(f"/inbox/{own_notice(school).pk}/")
    StudentNotification.objects.create(student_id=school.student.profile_id, message="The library closes early")
    assert as_student.get("/inbox/").context["table"].page.total == 2
    (notice,) = as_student.get("/inbox/?show=unread").context["table"].page.items
    assert notice.message == "The library closes early"
    assert as_student.get("/inbox/?q=library").context["table"].page.total == 1
    assert as_student.get("/inbox/?q=nothing+like+it").context["table"].page.total == 0


def test_newer_notices_come_first_and_long_lists_have_pages(school: School, as_student: Client) -> None:
    StudentNotification.objects.bulk_create(
        StudentNotification(student_id=school.student.profile_id, message=f"Notice {n:02}") for n in range(60)
    )
    first = as_student.get("/inbox/").context["table"].page
    assert (first.total, len(first.items), first.items[0].message) == (61, 25, "Notice 59")
    assert as_student.get("/inbox/?page=3").context["table"].page.items[-1].message == "Welcome to the school"
    response = as_student.get("/inbox/?size=50")
    assert len(response.context["table"].page.items) == 50
    assert len(as_student.get("/inbox/").context["table"].page.items) == 50, "this browser's choice is remembered"
