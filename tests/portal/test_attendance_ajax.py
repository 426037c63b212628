"""The legacy's AJAX endpoints: pages of before the change of systems still read their answers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from modules.attendance.models import Attendance, AttendanceReport
from modules.users.models import User
from tests.portal.conftest import Browse
from tests.portal.pages import text_of, token_of
from tests.portal.school import School, login

READS = ("get_students", "get_attendance_dates", "get_attendance_student")
HOD_READS = ("admin_get_attendance_dates", "admin_get_attendance_student")
WRITES = ("save_attendance_data", "update_attendance_data")


def marks_in(register: Attendance) -> dict[int, str]:
    return dict(AttendanceReport.objects.filter(attendance=register).values_list("student_id", "status"))


def statuses(*entries: tuple[object, object]) -> str:
    return json.dumps([{"id": user_id, "status": status} for user_id, status in entries])


@pytest.fixture
def lesson(school: School) -> dict[str, Any]:
    """Today's Botany lesson, in the words of save_attendance_data."""
    return {
        "subject_id": school.botany.pk,
        "session_year_id": school.year.pk,
        "attendance_date": school.today.isoformat(),
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def decoded(response: Any) -> Any:
    """The list inside the string inside the body, as the old pages read it."""
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    outer = json.loads(response.content)
    assert isinstance(outer, str)
    return json.loads(outer)


def test_the_students_of_a_class(school: School, as_teacher: Client) -> None:
    body = {"subject": school.botany.pk, "session_year": school.year.pk}
    assert decoded(as_teacher.post("/get_students/", body)) == [
        {"id": p.user_id, "name": p.name} for p in school.classmates
    ]


def test_students_who_cannot_log_in_are_in_their_class(school: School, as_teacher: Client) -> None:
    User.objects.filter(pk=school.student.user_id).update(is_active=False)
    body = {"subject": school.botany.pk, "session_year": school.year.pk}
    assert school.student.user_id in [row["id"] for row in decoded(as_teacher.post("/get_students/", body))]


def test_the_days_of_a_subject_in_the_order_in_which_they_were_taken(
    school: School, as_teacher: Client, as_hod: Client
) -> None:
    body = {"subject": school.botany.pk, "session_year_id": school.year.pk}
    expected = [
        {
            "id": school.register_of(school.botany, days_ago=days).pk,
            "attendance_date": (school.today - timedelta(days=days)).isoformat(),
            "session_year_id": school.year.pk,
        }
        for days in (3, 2, 1)
    ]
    assert decoded(as_teacher.post("/get_attendance_dates/", body)) == expected
    assert decoded(as_hod.post("/admin_get_attendance_dates/", body)) == expected


def test_a_year_without_lessons_is_an_empty_list(school: School, as_teacher: Client) -> None:
    body = {"subject": school.botany.pk, "session_year_id": school.earlier_year.pk}
    assert decoded(as_teacher.post("/get_attendance_dates/", body)) == []


def test_the_marks_of_a_day_are_true_for_whoever_came(school: School, as_teacher: Client, as_hod: Client) -> None:
    register = school.register_of(school.botany)
    late, excused = school.classmates[1:3]
    AttendanceReport.objects.filter(attendance=register, student_id=late.profile_id).update(status="late")
    AttendanceReport.objects.filter(attendance=register, student_id=excused.profile_id).update(status="excused")
    expected = [
        {"id": p.user_id, "name": p.name, "status": status == "present" or p is late}
        for p in school.classmates
        for status in [marks_in(register)[p.profile_id]]
    ]
    assert {row["status"] for row in expected} == {True, False}
    body = {"attendance_date": register.pk}
    assert decoded(as_teacher.post("/get_attendance_student/", body)) == expected
    assert decoded(as_hod.post("/admin_get_attendance_student/", body)) == expected


def test_marks_of_students_who_are_gone_are_left_out(school: School, as_hod: Client) -> None:
    register = school.register_of(school.botany)
    AttendanceReport.objects.create(attendance=register, student_id=987654, status="present")
    rows = decoded(as_hod.post("/admin_get_attendance_student/", {"attendance_date": register.pk}))
    assert len(rows) == len(school.classmates)


def test_names_in_other_scripts_are_escaped_twice_as_before(school: School, as_teacher: Client) -> None:
    User.objects.filter(pk=school.student.user_id).update(first_name="Ōsaka 🎓", last_name="</script>")
    response = as_teacher.post("/get_students/", {"subject": school.botany.pk, "session_year": school.year.pk})
    assert response.content.isascii()
    assert rb"\\u014csaka" in response.content
    assert decoded(response)[0]["name"] == "Ōsaka 🎓 </script>"


@pytest.mark.parametrize("name", READS)
def test_what_is_missing_or_unknown_is_a_400_with_the_reason(school: School, as_teacher: Client, name: str) -> None:
    good = {"subject": school.botany.pk, "session_year": school.year.pk, "session_year_id": school.year.pk}
    good |= {"attendance_date": school.register_of(school.botany).pk}
    assert as_teacher.post(f"/{name}/", good).status_code == 200
    needed = {
        "get_students": ("subject", "session_year"),
        "get_attendance_dates": ("subject", "session_year_id"),
        "get_attendance_student": ("attendance_date",),
    }[name]
    for field in needed:
        for wrong in (None, "", "abc", "1.5", "999999", "9" * 40, "-1", "1\0"):
            body = {key: value for key, value in (good | {field: wrong}).items() if value is not None}
            response = as_teacher.post(f"/{name}/", body)
            assert response.status_code == 400, (field, wrong)
            assert response.json()["error"], (field, wrong)


@pytest.mark.parametrize("name", HOD_READS)
def test_the_heads_endpoints_answer_bad_input_alike(school: School, as_hod: Client, name: str) -> None:
    for body in ({}, {"subject": "x", "attendance_date": "x"}, {"subject": 999999, "attendance_date": 999999}):
        response = as_hod.post(f"/{name}/", {"session_year_id": school.year.pk, **body})
        assert response.status_code == 400, body
        assert response.json()["error"]


def test_teachers_are_told_of_their_own_subjects_only(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.genetics)
    body = {"subject": school.genetics.pk, "session_year": school.year.pk, "session_year_id": school.year.pk}
    for name in READS:
        response = as_teacher.post(f"/{name}/", body | {"attendance_date": register.pk})
        assert response.status_code == 400, name
        assert school.student.name not in response.content.decode()


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_class_is_saved_with_every_spelling_of_a_status(
    school: School, as_teacher: Client, lesson: dict[str, Any]
) -> None:
    spellings: list[tuple[object, str]] = [(1, "present"), (0, "absent"), (True, "present"), (False, "absent")]
    spellings += [("1", "present"), ("0", "absent"), ("t", "present"), ("True", "present"), ("f", "absent")]
    entries = [(str(p.user_id), s) for p, (s, _means) in zip(school.classmates, spellings, strict=False)]
    response = as_teacher.post("/save_attendance_data/", lesson | {"student_ids": statuses(*entries)})
    assert (response.status_code, response.content) == (200, b"OK")
    register = Attendance.objects.get(subject_id=school.botany.pk, date=school.today)
    assert marks_in(register) == {
        p.profile_id: means for p, (_s, means) in zip(school.classmates, spellings, strict=False)
    }


def test_an_empty_class_is_saved_as_before(school: School, as_teacher: Client, lesson: dict[str, Any]) -> None:
    response = as_teacher.post("/save_attendance_data/", lesson | {"student_ids": "[]"})
    assert response.content == b"OK"
    assert marks_in(Attendance.objects.get(subject_id=school.botany.pk, date=school.today)) == {}


def test_saving_a_day_again_corrects_it(school: School, as_teacher: Client, lesson: dict[str, Any]) -> None:
    for status in (0, 1):
        body = lesson | {"student_ids": statuses((school.student.user_id, status))}
        assert as_teacher.post("/save_attendance_data/", body).content == b"OK"
    register = Attendance.objects.get(subject_id=school.botany.pk, date=school.today)
    assert marks_in(register) == {school.student.profile_id: "present"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"student_ids": None},
        {"student_ids": ""},
        {"student_ids": "{"},
        {"student_ids": "7"},
        {"student_ids": "null"},
        {"student_ids": "[1, 2]"},
        {"student_ids": '[{"id": 1}]'},
        {"student_ids": '[{"status": 1}]'},
        {"student_ids": '[{"id": null, "status": 1}]'},
        {"student_ids": '[{"id": [], "status": 1}]'},
        {"student_ids": '[{"id": 999999, "status": 1}]'},
        {"student_ids": '[{"id": 1e400, "status": 1}]'},
        {"student_ids": '[{"id": 99999999999999999999999, "status": 1}]'},
        {"student_ids": '[{"id": "STUDENT", "status": "ill"}]'},
        {"student_ids": '[{"id": STUDENT, "status": 1}, {"id": STUDENT, "status": 0}]'},
        {"student_ids": '[{"id": STUDENT, "status": 1}, {"id": FOREIGN, "status": 1}]'},
        {"student_ids": '[{"id": STUDENT, "status": 1}, {"id": TEACHER, "status": 1}]'},
        {"student_ids": "[" * 100_000},
        {"subject_id": None},
        {"subject_id": "999999"},
        {"subject_id": "GENETICS"},
        {"session_year_id": None},
        {"session_year_id": "999999"},
        {"session_year_id": "x"},
        {"attendance_date": None},
        {"attendance_date": ""},
        {"attendance_date": "31/12/2025"},
        {"attendance_date": "2999-01-01"},
        {"attendance_date": "0001-01-01"},
    ],
    ids=lambda wrong: "-".join(f"{k}={str(v)[:40]}" for k, v in wrong.items()),
)
def test_bad_input_is_answered_by_error_and_saves_nothing(
    school: School, as_teacher: Client, lesson: dict[str, Any], wrong: dict[str, str | None]
) -> None:
    ids = {"STUDENT": school.student, "FOREIGN": school.foreign_student, "TEACHER": school.teacher}
    body = lesson | {"student_ids": statuses((school.student.user_id, 1))}
    for field, value in wrong.items():
        if value is None:
            del body[field]
            continue
        for word, person in ids.items():
            value = value.replace(word, str(person.user_id))
        body[field] = value.replace("GENETICS", str(school.genetics.pk))
    before = Attendance.objects.count()
    response = as_teacher.post("/save_attendance_data/", body)
    assert (response.status_code, response.content) == (200, b"Error")
    assert Attendance.objects.count() == before


def test_a_register_is_corrected(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.botany)
    body = {"attendance_date": register.pk, "student_ids": statuses((school.student.user_id, 0))}
    assert as_teacher.post("/update_attendance_data/", body).content == b"OK"
    assert marks_in(register)[school.student.profile_id] == "absent"


def test_a_correction_with_a_mistake_in_it_changes_nothing(school: School, as_teacher: Client) -> None:
    register = school.register_of(school.botany)
    before = marks_in(register)
    for wrong in (
        {"student_ids": statuses((school.student.user_id, 0), (school.foreign_student.user_id, 0))},
        {"student_ids": statuses((school.student.user_id, 0), (999999, 0))},
        {"student_ids": "nonsense"},
        {"attendance_date": 999999},
        {"attendance_date": "x"},
        {"attendance_date": school.register_of(school.genetics).pk},
    ):
        body = {"attendance_date": register.pk, "student_ids": statuses((school.student.user_id, 0))} | wrong
        response = as_teacher.post("/update_attendance_data/", body)
        assert (response.status_code, response.content) == (200, b"Error"), wrong
    assert as_teacher.post("/update_attendance_data/").content == b"Error"
    assert marks_in(register) == before


# --- the token --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*READS, *HOD_READS, *WRITES])
def test_without_the_token_nothing_is_read_or_written_and_the_page_asks_to_reload(school: School, name: str) -> None:
    person = school.hod if name in HOD_READS else school.teacher
    client = login(Client(enforce_csrf_checks=True), person)
    body = {"attendance_date": school.register_of(school.botany).pk, "student_ids": "[]"}
    body |= {"subject": school.botany.pk, "session_year": school.year.pk, "session_year_id": school.year.pk}
    refused = client.post(f"/{name}/", body)
    assert refused.status_code == 403
    assert "reload the page" in text_of(refused)
    token = token_of(client, "/inbox/")
    assert client.post(f"/{name}/", body, headers={"X-CSRFToken": token}).status_code == 200
    assert client.post(f"/{name}/", body | {"csrfmiddlewaretoken": token}).status_code == 200
    assert client.post(f"/{name}/", body, headers={"X-CSRFToken": "x" * len(token)}).status_code == 403


def test_another_sites_page_reads_nothing(school: School, browse: Browse) -> None:
    client = login(Client(enforce_csrf_checks=True), school.teacher)
    token = token_of(client, "/inbox/")
    body = {"subject": school.botany.pk, "session_year": school.year.pk, "csrfmiddlewaretoken": token}
    response = client.post("/get_students/", body, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    allowed = client.get("/staff_home/", headers={"Origin": "https://evil.example"})
    assert not [name for name in allowed.headers if name.lower().startswith("access-control")]
