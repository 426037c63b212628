"""Courses, subjects and session years, through the contract."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contracts.academics import AcademicCounts, AcademicsService, Course, SessionYear
from contracts.base import Actor, PageRequest
from contracts.errors import Forbidden, InUse, Invalid, NotFound
from kernel.models import AuditEntry, OutboxEvent
from modules.academics import models
from modules.academics.models import AcademicTotal
from tests import actors
from tests.modules.academics.fakes import LEFT, other_modules

pytestmark = pytest.mark.django_db

OUTSIDERS = [actors.teacher(), actors.student(), actors.anonymous()]


def test_a_course_is_added_with_its_name_trimmed(academics: AcademicsService) -> None:
    course = academics.add_course(actor=actors.hod(), name="  Physics ")
    assert (course.name, course.student_count, course.subject_count) == ("Physics", 0, 0)
    assert AuditEntry.objects.filter(action="academics.course_added", target=f"Course:{course.id}").count() == 1


@pytest.mark.parametrize("name", ["", "  ", "Physics", "PHYSICS", "x" * 256, "Phy\x00sics"])
def test_a_course_needs_a_name_of_its_own(academics: AcademicsService, physics: Course, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        academics.add_course(actor=actors.hod(), name=name)
    assert set(caught.value.fields) == {"name"}


def test_a_course_keeps_its_name_or_takes_a_free_one(
    academics: AcademicsService, physics: Course, music: Course
) -> None:
    assert academics.rename_course(actor=actors.hod(), course_id=physics.id, name="physics").name == "physics"
    with pytest.raises(Invalid):
        academics.rename_course(actor=actors.hod(), course_id=physics.id, name="Music")


def test_a_name_that_old_data_holds_twice_can_be_saved_unchanged(academics: AcademicsService, physics: Course) -> None:
    twin = models.Course.objects.create(name="Physics")
    assert academics.rename_course(actor=actors.hod(), course_id=twin.pk, name="Physics").name == "Physics"


def test_what_is_not_there_is_not_found(academics: AcademicsService) -> None:
    calls: list[Callable[[], object]] = [
        lambda: academics.rename_course(actor=actors.hod(), course_id=9, name="x"),
        lambda: academics.delete_course(actor=actors.hod(), course_id=9),
        lambda: academics.update_subject(actor=actors.hod(), subject_id=9, name="x", course_id=9, teacher_id=10),
        lambda: academics.delete_subject(actor=actors.hod(), subject_id=9),
        lambda: academics.update_session_year(
            actor=actors.hod(), session_year_id=9, first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)
        ),
        lambda: academics.delete_session_year(actor=actors.hod(), session_year_id=9),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_only_the_hod_changes_courses_subjects_and_years(
    academics: AcademicsService, physics: Course, year: SessionYear, actor: Actor
) -> None:
    day = date(2030, 1, 1)
    calls: list[Callable[[], object]] = [
        lambda: academics.add_course(actor=actor, name="x"),
        lambda: academics.rename_course(actor=actor, course_id=physics.id, name="x"),
        lambda: academics.delete_course(actor=actor, course_id=physics.id),
        lambda: academics.add_subject(actor=actor, name="x", course_id=physics.id, teacher_id=10),
        lambda: academics.update_subject(actor=actor, subject_id=1, name="x", course_id=physics.id, teacher_id=10),
        lambda: academics.delete_subject(actor=actor, subject_id=1),
        lambda: academics.add_session_year(actor=actor, first_day=day, last_day=day),
        lambda: academics.update_session_year(actor=actor, session_year_id=year.id, first_day=day, last_day=day),
        lambda: academics.delete_session_year(actor=actor, session_year_id=year.id),
        lambda: academics.enroll(actor=actor, student_id=701, course_id=physics.id, session_year_id=year.id),
        lambda: academics.withdraw(actor=actor, student_id=701),
        lambda: academics.counts(actor=actor),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()


def test_lists_are_for_who_works_with_them(academics: AcademicsService, physics: Course) -> None:
    page = PageRequest()
    assert academics.list_courses(actor=actors.teacher(), page=page).total == 1
    assert academics.courses(actor=actors.student(), ids=(physics.id, 99)).keys() == {physics.id}
    with pytest.raises(Forbidden):
        academics.list_courses(actor=actors.student(), page=page)
    anonymous_calls: list[Callable[[], object]] = [
        lambda: academics.list_subjects(actor=actors.anonymous(), page=page),
        lambda: academics.list_session_years(actor=actors.anonymous(), page=page),
        lambda: academics.courses(actor=actors.anonymous(), ids=()),
        lambda: academics.subjects(actor=actors.anonymous(), ids=()),
        lambda: academics.session_years(actor=actors.anonymous(), ids=()),
    ]
    for call in anonymous_calls:
        with pytest.raises(Forbidden):
            call()


def test_a_subject_is_announced_with_its_teacher(
    academics: AcademicsService, physics: Course, published: Callable[[], list[str]]
) -> None:
    subject = academics.add_subject(actor=actors.hod(), name=" Optics ", course_id=physics.id, teacher_id=10)
    assert (subject.name, subject.course_name, subject.teacher_id) == ("Optics", "Physics", 10)
    assert published() == ["academics.staff_assigned.v1"]
    academics.update_subject(
        actor=actors.hod(), subject_id=subject.id, name="Light", course_id=physics.id, teacher_id=10
    )
    assert len(published()) == 1
    academics.update_subject(
        actor=actors.hod(), subject_id=subject.id, name="Light", course_id=physics.id, teacher_id=11
    )
    assert OutboxEvent.objects.latest("id").body["teacher_id"] == 11


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"course_id": 99}, "course_id"),
        ({"teacher_id": 31}, "teacher_id"),
        ({"teacher_id": LEFT}, "teacher_id"),
    ],
)
def test_a_subject_needs_a_name_a_course_and_a_teacher(
    academics: AcademicsService, physics: Course, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(Invalid) as caught:
        academics.add_subject(
            actor=actors.hod(), **{"name": "Optics", "course_id": physics.id, "teacher_id": 10, **fields}
        )
    assert set(caught.value.fields) == {wrong}
    subject = academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    with pytest.raises(Invalid) as caught:
        academics.update_subject(
            actor=actors.hod(),
            subject_id=subject.id,
            **{"name": "Optics", "course_id": physics.id, "teacher_id": 10, **fields},
        )
    assert set(caught.value.fields) == {wrong}


def test_a_subject_whose_teacher_is_no_member_of_staff_keeps_him_when_edited(
    academics: AcademicsService, physics: Course
) -> None:
    old = models.Subject.objects.create(name="Optics", course_id=physics.id, teacher_id=1)
    changed = academics.update_subject(
        actor=actors.hod(), subject_id=old.pk, name="Light", course_id=physics.id, teacher_id=1
    )
    assert (changed.name, changed.teacher_id) == ("Light", 1)


def test_subject_counts_follow_a_subject_from_course_to_course(
    academics: AcademicsService, physics: Course, music: Course
) -> None:
    def counts() -> tuple[int, int]:
        found = academics.courses(actor=actors.hod(), ids=(physics.id, music.id))
        return found[physics.id].subject_count, found[music.id].subject_count

    subject = academics.add_subject(actor=actors.hod(), name="Acoustics", course_id=physics.id, teacher_id=10)
    assert counts() == (1, 0)
    academics.update_subject(
        actor=actors.hod(), subject_id=subject.id, name="Acoustics", course_id=music.id, teacher_id=10
    )
    assert counts() == (0, 1)
    academics.delete_subject(actor=actors.hod(), subject_id=subject.id)
    assert counts() == (0, 0)
    assert academics.counts(actor=actors.hod()) == AcademicCounts(courses=2, subjects=0, session_years=0)
    assert AcademicTotal.differences() == {}


def test_subjects_are_found_by_course_teacher_and_words(
    academics: AcademicsService, physics: Course, music: Course
) -> None:
    for name, course, teacher in [("Optics", physics, 10), ("Harmony", music, 11), ("Acoustics", physics, 11)]:
        academics.add_subject(actor=actors.hod(), name=name, course_id=course.id, teacher_id=teacher)

    def names(**filters: Any) -> list[str]:
        search, order = filters.pop("search", ""), filters.pop("order", "")
        page = PageRequest(search=search, order=order)
        return [s.name for s in academics.list_subjects(actor=actors.student(), page=page, **filters).items]

    assert names() == ["Optics", "Harmony", "Acoustics"]
    assert names(course_id=physics.id) == ["Optics", "Acoustics"]
    assert names(course_id=physics.id, teacher_id=11) == ["Acoustics"]
    assert names(search="phys") == ["Optics", "Acoustics"]
    assert names(order="course_name") == ["Harmony", "Optics", "Acoustics"]
    assert names(order="-name") == ["Optics", "Harmony", "Acoustics"]


def test_teachers_learn_how_many_subjects_they_have_and_nobody_elses(
    academics: AcademicsService, physics: Course
) -> None:
    academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    assert academics.subject_counts_by_teacher(actor=actors.hod(), teacher_ids=(10, 11)) == {10: 1, 11: 0}
    assert academics.subject_counts_by_teacher(actor=actors.teacher(user_id=10), teacher_ids=(10,)) == {10: 1}
    for actor, ids in [(actors.teacher(user_id=11), (10, 11)), (actors.student(user_id=10), (10,))]:
        with pytest.raises(Forbidden):
            academics.subject_counts_by_teacher(actor=actor, teacher_ids=ids)


def test_a_session_year_runs_forward_and_is_there_once(academics: AcademicsService, year: SessionYear) -> None:
    with pytest.raises(Invalid) as reversed_days:
        academics.add_session_year(actor=actors.hod(), first_day=date(2026, 2, 1), last_day=date(2026, 1, 31))
    assert set(reversed_days.value.fields) == {"last_day"}
    with pytest.raises(Invalid) as repeated:
        academics.add_session_year(actor=actors.hod(), first_day=year.first_day, last_day=year.last_day)
    assert set(repeated.value.fields) == {"first_day"}
    longer = academics.update_session_year(
        actor=actors.hod(), session_year_id=year.id, first_day=year.first_day, last_day=date(2026, 6, 30)
    )
    assert academics.session_years(actor=actors.student(), ids=(year.id,)) == {year.id: longer}


def test_a_reversed_year_of_old_data_is_shown_and_can_be_put_right(academics: AcademicsService) -> None:
    old = models.SessionYear.objects.create(first_day=date(2021, 1, 1), last_day=date(2020, 1, 1))
    assert academics.list_session_years(actor=actors.student(), page=PageRequest()).items[0].last_day.year == 2020
    saved = academics.update_session_year(
        actor=actors.hod(), session_year_id=old.pk, first_day=date(2020, 1, 1), last_day=date(2021, 1, 1)
    )
    assert saved.first_day.year == 2020


def test_what_is_in_use_stays_and_the_answer_names_its_uses(
    academics: AcademicsService, physics: Course, music: Course, year: SessionYear
) -> None:
    academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    academics.enroll(actor=actors.hod(), student_id=701, course_id=music.id, session_year_id=year.id)
    academics.enroll(actor=actors.hod(), student_id=701, course_id=physics.id, session_year_id=year.id)

    with pytest.raises(InUse) as course_in_use:
        academics.delete_course(actor=actors.hod(), course_id=physics.id)
    assert course_in_use.value.used_by == {"subjects": 1, "students": 1}
    assert "Physics" in course_in_use.value.message
    with pytest.raises(InUse) as history_in_use:
        academics.delete_course(actor=actors.hod(), course_id=music.id)
    assert history_in_use.value.used_by == {"earlier enrolments": 1}
    with pytest.raises(InUse) as year_in_use:
        academics.delete_session_year(actor=actors.hod(), session_year_id=year.id)
    assert year_in_use.value.used_by == {"students": 1, "earlier enrolments": 1}
    assert models.Course.objects.count() == 2


def test_what_other_modules_refer_to_stays(academics: AcademicsService, physics: Course, year: SessionYear) -> None:
    subject = academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    with other_modules(uses={"attendance registers": 4}):
        with pytest.raises(InUse) as caught:
            academics.delete_subject(actor=actors.hod(), subject_id=subject.id)
        assert caught.value.used_by == {"attendance registers": 4}
        with pytest.raises(InUse):
            academics.delete_session_year(actor=actors.hod(), session_year_id=year.id)


def test_what_is_not_in_use_is_erased_and_others_are_told(
    academics: AcademicsService, physics: Course, year: SessionYear, published: Callable[[], list[str]]
) -> None:
    academics.delete_course(actor=actors.hod(), course_id=physics.id)
    academics.delete_session_year(actor=actors.hod(), session_year_id=year.id)
    assert published() == ["academics.deleted.v1", "academics.deleted.v1"]
    assert [e.body["entity"] for e in OutboxEvent.objects.order_by("id")] == [
        "academics.Course",
        "academics.SessionYear",
    ]
    assert academics.counts(actor=actors.hod()) == AcademicCounts(courses=0, subjects=0, session_years=0)
    assert AcademicTotal.differences() == {}


@pytest.mark.parametrize("rows", [3, 40])
def test_lists_take_two_queries_whatever_their_length(
    academics: AcademicsService, rows: int, django_assert_num_queries: Any
) -> None:
    courses = models.Course.objects.bulk_create(models.Course(name=f"Course {n}") for n in range(rows))
    models.Subject.objects.bulk_create(models.Subject(name="x", course=c, teacher_id=10) for c in courses)
    AcademicTotal.rebuild()
    page = PageRequest(size=50, order="-student_count", search="Course")
    with django_assert_num_queries(2):
        assert academics.list_courses(actor=actors.hod(), page=page).total == rows
    with django_assert_num_queries(2):
        assert academics.list_subjects(actor=actors.hod(), page=page).total == rows
    with django_assert_num_queries(1):
        assert len(academics.courses(actor=actors.hod(), ids=tuple(c.pk for c in courses))) == rows
    with django_assert_num_queries(1):
        assert academics.counts(actor=actors.hod()).courses == rows
