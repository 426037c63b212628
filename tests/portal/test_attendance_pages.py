"""The attendance pages: taking the roll, correcting it, and looking at it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from modules.academics.models import Enrollment, SessionYear
from modules.attendance.models import Attendance, AttendanceReport
from modules.leaves.models import StudentLeave
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import School, make_people


def marks_in(register: Attendance) -> dict[int, str]:
    return dict(AttendanceReport.objects.filter(attendance=register).values_list("student_id", "status"))


@pytest.fixture
def day(school: School) -> dict[str, Any]:
    """What the form of today's Botany lesson chooses."""
    return {"subject": school.botany.pk, "session_year": school.year.pk, "attendance_date": school.today.isoformat()}


# --- taking -----------------------------------------------------------------------------------------------------------


def test_a_teacher_is_offered_their_own_subjects_today_and_the_year_of_today(
    school: School, as_teacher: Client
) -> None:
    page = as_teacher.get("/staff_take_attendance/")
    form = page.context["form"]
    assert [label for _id, label in form.fields["subject"].choices] == [
        "Botany (Biology)",
        "Markets (Economics & Trade)",
    ]
    assert form["session_year"].value() == school.year.pk
    assert form["attendance_date"].value() == school.today


def test_before_a_class_is_chosen_the_teachers_subjects_lead_to_todays_registers(
    school: School, as_teacher: Client, day: dict[str, Any]
) -> None:
    school.register_of(school.botany).delete()
    as_teacher.post("/staff_take_attendance/", fields_of(as_teacher.get("/staff_take_attendance/", day)))
    lessons = as_teacher.get("/staff_take_attendance/").context["lessons"]
    assert [(lesson.subject.name, lesson.taken) for lesson in lessons] == [("Botany", True), ("Markets", False)]
    for lesson in lessons:
        assert as_teacher.get(lesson.url).context["roll"].subject_id == lesson.subject.id


def test_the_class_is_shown_with_everybody_present(school: School, as_teacher: Client, day: dict[str, Any]) -> None:
    page = as_teacher.get("/staff_take_attendance/", day)
    sent = fields_of(page)
    assert {n: v for n, v in sent.items() if n.startswith("status_")} == {
        f"status_{p.profile_id}": "present" for p in school.classmates
    }
    assert {name: sent[name] for name in day} == {name: str(value) for name, value in day.items()}
    for person in school.classmates:
        assert person.name in text_of(page)
    assert school.foreign_student.name not in text_of(page)


def test_a_saved_class_is_what_was_marked(school: School, as_teacher: Client, day: dict[str, Any]) -> None:
    first, second, third, *others = school.classmates
    body = fields_of(as_teacher.get("/staff_take_attendance/", day))
    body |= {f"status_{first.profile_id}": "absent", f"status_{second.profile_id}": "late"}
    body |= {f"status_{third.profile_id}": "excused"}
    response = as_teacher.post("/staff_take_attendance/", body)
    assert response.status_code == 302
    assert flashes(response) == [f"success: Attendance of {school.today.isoformat()} is saved."]
    register = Attendance.objects.get(subject_id=school.botany.pk, date=school.today)
    assert marks_in(register) == {
        **{p.profile_id: "present" for p in others},
        first.profile_id: "absent",
        second.profile_id: "late",
        third.profile_id: "excused",
    }
    after = as_teacher.get(response["Location"])
    assert "This day was taken before: saving corrects it." in text_of(after)
    assert fields_of(after)[f"status_{first.profile_id}"] == "absent"


def test_saving_a_day_twice_corrects_the_one_register(school: School, as_teacher: Client, day: dict[str, Any]) -> None:
    field = f"status_{school.student.profile_id}"
    for status in ("absent", "present"):
        as_teacher.post("/staff_take_attendance/", {**day, field: status})
    (register,) = Attendance.objects.filter(subject_id=school.botany.pk, date=school.today)
    assert marks_in(register) == {school.student.profile_id: "present"}


def test_students_on_approved_leave_are_shown_as_excused_with_their_reason(
    school: School, as_teacher: Client, day: dict[str, Any]
) -> None:
    StudentLeave.objects.create(
        student_id=school.student.profile_id,
        first_day=school.today,
        last_day=school.today,
        reason="A wedding",
        status="approved",
    )
    page = as_teacher.get("/staff_take_attendance/", day)
    assert fields_of(page)[f"status_{school.student.profile_id}"] == "excused"
    assert "On leave: A wedding" in text_of(page)


@pytest.mark.parametrize("method", ["get", "post"])
def test_days_that_cannot_be_taken_are_refused_at_the_field(
    school: School, as_teacher: Client, day: dict[str, Any], method: str
) -> None:
    for days, reason in ((1, "a day to come"), (-200, "The session year lasts from")):
        body = day | {"attendance_date": (school.today + timedelta(days=days)).isoformat()}
        body |= {f"status_{school.student.profile_id}": "present"}
        page = getattr(as_teacher, method)("/staff_take_attendance/", body)
        assert page.status_code == 200
        (problem,) = page.context["form"].errors["attendance_date"]
        assert reason in problem
        assert page.context["form"]["subject"].value() == str(school.botany.pk), "what was chosen stays"
    assert not Attendance.objects.filter(date__gte=school.today).exists()


def test_a_choice_that_was_not_offered_is_refused(school: School, as_teacher: Client, day: dict[str, Any]) -> None:
    for wrong in (
        {"subject": school.genetics.pk},
        {"subject": 999999},
        {"subject": "abc"},
        {"session_year": 0},
        {"attendance_date": "2026-13-45"},
        {"attendance_date": ""},
    ):
        body = day | wrong | {f"status_{school.student.profile_id}": "present"}
        for page in (as_teacher.get("/staff_take_attendance/", body), as_teacher.post("/staff_take_attendance/", body)):
            assert page.status_code == 200
            assert set(page.context["form"].errors) == set(wrong)
            assert "status_" not in page.content.decode(), "no class is shown"
    assert not Attendance.objects.filter(date=school.today).exists()


def test_marks_that_make_no_sense_save_nothing(school: School, as_teacher: Client, day: dict[str, Any]) -> None:
    good = {f"status_{school.student.profile_id}": "absent"}
    for wrong in (
        {f"status_{school.foreign_student.profile_id}": "present"},
        {"status_999999": "present"},
        {"status_abc": "present"},
        {"status_": "present"},
        {f"status_{school.classmates[1].profile_id}": "ill"},
    ):
        page = as_teacher.post("/staff_take_attendance/", day | good | wrong)
        assert page.status_code == 200
        assert page.context["form"].non_field_errors(), wrong
    assert not Attendance.objects.filter(date=school.today).exists()


def test_in_a_year_in_which_nobody_is_enrolled_the_page_says_so(
    school: School, as_teacher: Client, day: dict[str, Any]
) -> None:
    body = day | {"session_year": school.earlier_year.pk}
    body |= {"attendance_date": school.earlier_year.first_day.isoformat()}
    assert "Nobody is enrolled in this subject" in text_of(as_teacher.get("/staff_take_attendance/", body))


def test_a_teacher_without_subjects_gets_a_page(school: School, browse: Browse) -> None:
    for subject in school.subjects:
        subject.teacher_id = school.other_teacher.user_id
        subject.save()
    client = browse(school.teacher)
    for path in ("/staff_take_attendance/", "/staff_update_attendance/", "/staff_home/"):
        assert client.get(path).status_code == 200, path


# --- correcting -------------------------------------------------------------------------------------------------------


def test_the_days_of_a_subject_are_listed_newest_first(school: School, as_teacher: Client) -> None:
    for year_field in ("session_year", "session_year_id"):
        query = {"subject": school.botany.pk, year_field: school.year.pk}
        page = as_teacher.get("/staff_update_attendance/", query)
        days = [register.date for register in page.context["registers"]]
        assert days == [school.today - timedelta(days=n) for n in (1, 2, 3)]


def test_a_correction_is_kept_and_said(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.botany)
    url = f"/staff_update_attendance/?subject={school.botany.pk}&session_year={school.year.pk}&register={register.pk}"
    body = fields_of(as_teacher.get(url))
    assert body[f"status_{school.student.profile_id}"] == "present"
    response = as_teacher.post(url, body | {f"status_{school.student.profile_id}": "late"})
    assert response.status_code == 302
    assert flashes(response) == [f"success: Attendance of {register.date.isoformat()} is corrected."]
    assert marks_in(register)[school.student.profile_id] == "late"
    assert fields_of(as_teacher.get(response["Location"]))[f"status_{school.student.profile_id}"] == "late"


def test_a_correction_that_makes_no_sense_changes_nothing_and_says_why(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.botany)
    before = marks_in(register)
    url = f"/staff_update_attendance/?subject={school.botany.pk}&session_year={school.year.pk}&register={register.pk}"
    for wrong in ({f"status_{school.foreign_student.profile_id}": "present"}, {"status_x": "present"}):
        response = as_teacher.post(url, {f"status_{school.student.profile_id}": "absent"} | wrong)
        assert response.status_code == 302
        assert flashes(response)[-1].startswith("error: "), wrong
    assert marks_in(register) == before


def test_another_teachers_register_is_neither_shown_nor_changed(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.genetics)
    before = marks_in(register)
    url = f"/staff_update_attendance/?register={register.pk}"
    assert as_teacher.get(url).status_code == 403
    response = as_teacher.post(url, {f"status_{school.student.profile_id}": "absent"})
    assert response.status_code == 403
    assert marks_in(register) == before


def test_registers_that_do_not_exist_are_not_found(school: School, as_teacher: Client, as_hod: Client) -> None:
    for client, path in ((as_teacher, "/staff_update_attendance/"), (as_hod, "/admin_view_attendance/")):
        assert client.get(path, {"register": 999999}).status_code == 404
        for nonsense in ("abc", "", "-1", "1.5", "9" * 40):
            assert client.get(path, {"register": nonsense}).status_code == 200, nonsense


# --- the head's view --------------------------------------------------------------------------------------------------


def test_the_head_reads_any_register_and_cannot_change_it_here(school: School, as_hod: Client) -> None:
    register = school.register_of(school.genetics)
    query = {"subject": school.genetics.pk, "session_year_id": school.year.pk, "register": register.pk}
    page = as_hod.get("/admin_view_attendance/", query)
    counts = {str(count.choice.status): count.number for count in page.context["counts"]}
    assert counts == {"present": 16, "absent": 4, "late": 0, "excused": 0}
    assert school.student.name in text_of(page)
    assert "status_" not in page.content.decode()
    assert as_hod.post("/admin_view_attendance/", query).status_code == 405


def test_a_mark_of_a_student_who_is_gone_is_shown_as_such(school: School, as_hod: Client, as_teacher: Client) -> None:
    register = school.register_of(school.botany)
    AttendanceReport.objects.create(attendance=register, student_id=987654, status="present")
    for client, path in ((as_hod, "/admin_view_attendance/"), (as_teacher, "/staff_update_attendance/")):
        page = client.get(path, {"register": register.pk})
        assert page.status_code == 200
        assert "(deleted student)" in text_of(page)


# --- the student's view -----------------------------------------------------------------------------------------------


def test_a_student_sees_their_own_figures_in_the_subjects_of_their_course(
    school: School, as_student: Client, browse: Browse
) -> None:
    words = text_of(as_student.get("/student_view_attendance/"))
    assert "Botany 100.0 % 3 0 0 0 Genetics 100.0 % 3 0 0 0" in words
    assert "Markets" not in words

    absent = school.students[4]
    assert "Botany 0.0 % 0 0 3 0" in text_of(browse(absent).get("/student_view_attendance/"))


@pytest.fixture
def ask(school: School, as_student: Client) -> Callable[..., Any]:
    """Ask for one's own days, with the legacy's fields."""

    def post(subject_id: object, first: date | str, last: date | str) -> Any:
        return as_student.post(
            "/student_view_attendance_post/",
            {"subject": subject_id, "start_date": str(first), "end_date": str(last)},
        )

    return post


def test_the_days_between_two_days_are_shown_both_included(school: School, ask: Callable[..., Any]) -> None:
    page = ask(school.botany.pk, school.today - timedelta(days=2), school.today - timedelta(days=1))
    assert page.status_code == 200
    assert [mark.date for mark, _choice in page.context["days"]] == [
        school.today - timedelta(days=2),
        school.today - timedelta(days=1),
    ]
    assert "Attendance: Botany" in text_of(page)


def test_a_reversed_range_is_empty(school: School, ask: Callable[..., Any]) -> None:
    page = ask(school.botany.pk, school.today, school.today - timedelta(days=9))
    assert "No attendance was taken in these days." in text_of(page)


def test_other_courses_subjects_are_refused(school: School, ask: Callable[..., Any], as_student: Client) -> None:
    for subject_id in (school.markets.pk, 999999, "abc", ""):
        response = ask(subject_id, school.today, school.today)
        assert (response.status_code, response["Location"]) == (302, "/student_view_attendance/")
        assert "Markets" not in text_of(as_student.get("/student_view_attendance/"))


def test_what_was_typed_wrongly_is_kept_with_the_reason_at_the_field(
    school: School, ask: Callable[..., Any], as_student: Client
) -> None:
    response = ask(school.genetics.pk, "", "31.12.")
    assert (response.status_code, response["Location"]) == (302, "/student_view_attendance/")
    page = as_student.get("/student_view_attendance/")
    form = page.context["form"]
    assert set(form.errors) == {"start_date", "end_date"}
    assert (form["subject"].value(), form["end_date"].value()) == (str(school.genetics.pk), "31.12.")
    assert "Choose a subject and two days." in text_of(page)
    again = as_student.get("/student_view_attendance/").context["form"]
    assert not again.is_bound, "it waits for one page"


def test_opening_the_forms_address_says_what_the_legacy_said(as_student: Client) -> None:
    response = as_student.get("/student_view_attendance_post/")
    assert (response.status_code, response["Location"]) == (302, "/student_view_attendance/")
    assert flashes(response) == ["error: Invalid Method"]


def test_a_student_who_is_enrolled_nowhere_gets_a_page(school: School, browse: Browse) -> None:
    lost = school.students[2]
    Enrollment.objects.filter(student_id=lost.profile_id).delete()
    client = browse(lost)
    assert "You are not enrolled in a course" in text_of(client.get("/student_view_attendance/"))
    assert client.get("/student_home/").status_code == 200


def test_a_school_without_any_session_year_gets_pages(browse: Browse, db: None) -> None:
    people = make_people([("A", "Head", Role.HOD), ("A", "Teacher", Role.STAFF)])
    assert not SessionYear.objects.exists()
    for person, paths in zip(
        people,
        (("/admin_home/", "/admin_view_attendance/"), ("/staff_home/", "/staff_take_attendance/")),
        strict=True,
    ):
        client = browse(person)
        for path in paths:
            assert client.get(path).status_code == 200, path
