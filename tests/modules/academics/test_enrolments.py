"""Who is enrolled where and when, through the contract and by what happens to people."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from contracts.academics import AcademicsService, Course, Enrollment, EnrollmentStatus, SessionYear
from contracts.base import Actor, Event, PageRequest, Role, utc_now
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.users import UserRestored, UsersDeleted, UserWithdrawn
from modules.academics import models, rules
from modules.academics.models import AcademicTotal
from tests import actors

pytestmark = pytest.mark.django_db

Enroll = Callable[[int, Course], Enrollment]
Tell = Callable[[Event], None]


@pytest.fixture
def enroll(academics: AcademicsService, year: SessionYear) -> Enroll:
    return lambda student_id, course: academics.enroll(
        actor=actors.hod(), student_id=student_id, course_id=course.id, session_year_id=year.id
    )


def students_in(academics: AcademicsService, course: Course) -> int:
    return academics.courses(actor=actors.hod(), ids=(course.id,))[course.id].student_count


def test_enrolling_begins_today_and_is_announced(
    enroll: Enroll, physics: Course, published: Callable[[], list[str]]
) -> None:
    enrollment = enroll(701, physics)
    assert (enrollment.status, enrollment.started_on, enrollment.ended_on) == (
        EnrollmentStatus.ACTIVE,
        timezone.localdate(),
        None,
    )
    assert published() == ["academics.student_enrolled.v1"]


def test_whoever_has_attended_for_a_while_is_enrolled_since_that_day(
    academics: AcademicsService, physics: Course, year: SessionYear
) -> None:
    for student_id, day in ((701, date(2025, 9, 1)), (702, year.first_day)):
        enrollment = academics.enroll(
            actor=actors.hod(), student_id=student_id, course_id=physics.id, session_year_id=year.id, started_on=day
        )
        assert enrollment.started_on == day


@pytest.mark.parametrize("days", [-31, 1, 31])
def test_an_enrolment_begins_within_its_year_and_not_in_the_future(
    academics: AcademicsService, physics: Course, days: int
) -> None:
    today = timezone.localdate()
    year = academics.add_session_year(
        actor=actors.hod(), first_day=today - timedelta(days=30), last_day=today + timedelta(days=300)
    )
    day = today + timedelta(days=days)
    with pytest.raises(Invalid) as caught:
        academics.enroll(
            actor=actors.hod(), student_id=701, course_id=physics.id, session_year_id=year.id, started_on=day
        )
    assert set(caught.value.fields) == {"started_on"}
    assert not models.Enrollment.objects.exists()


def test_nobody_is_enrolled_in_two_places_on_one_day(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course, year: SessionYear
) -> None:
    enroll(701, physics)
    enroll(702, physics)
    models.Enrollment.objects.filter(student_id=702).update(
        status=EnrollmentStatus.COMPLETED, started_on=date(2025, 6, 1), ended_on=date(2025, 8, 31)
    )

    def move(student_id: int, day: date) -> date | None:
        return academics.enroll(
            actor=actors.hod(), student_id=student_id, course_id=music.id, session_year_id=year.id, started_on=day
        ).started_on

    for student_id, day in ((701, date(2025, 9, 1)), (702, date(2025, 8, 30))):
        with pytest.raises(Invalid) as caught:
            move(student_id, day)
        assert set(caught.value.fields) == {"started_on"}
    assert move(702, date(2025, 8, 31)) == date(2025, 8, 31)


def test_enrolling_again_changes_nothing(enroll: Enroll, physics: Course, published: Callable[[], list[str]]) -> None:
    assert enroll(701, physics) == enroll(701, physics)
    assert published() == ["academics.student_enrolled.v1"]


def test_moving_completes_one_enrolment_and_begins_another(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course
) -> None:
    enroll(701, physics)
    enroll(701, music)
    newest, oldest = academics.enrollment_history(actor=actors.hod(), student_id=701)
    assert (newest.course_id, newest.status) == (music.id, EnrollmentStatus.ACTIVE)
    assert (oldest.course_id, oldest.status, oldest.ended_on) == (
        physics.id,
        EnrollmentStatus.COMPLETED,
        timezone.localdate(),
    )
    assert (students_in(academics, physics), students_in(academics, music)) == (0, 1)
    assert AcademicTotal.differences() == {}


def test_a_new_year_in_the_same_course_counts_the_student_once(
    academics: AcademicsService, enroll: Enroll, physics: Course
) -> None:
    enroll(701, physics)
    later = academics.add_session_year(actor=actors.hod(), first_day=date(2026, 6, 1), last_day=date(2027, 5, 31))
    academics.enroll(actor=actors.hod(), student_id=701, course_id=physics.id, session_year_id=later.id)
    assert students_in(academics, physics) == 1
    assert AcademicTotal.differences() == {}


def test_enrolment_needs_a_student_a_course_and_a_year_that_exist(
    academics: AcademicsService, physics: Course, year: SessionYear
) -> None:
    right: dict[str, Any] = {"student_id": 701, "course_id": physics.id, "session_year_id": year.id}
    for field in right:
        with pytest.raises(Invalid) as caught:
            academics.enroll(actor=actors.hod(), **{**right, field: 9999})
        assert set(caught.value.fields) == {field}
    assert not models.Enrollment.objects.exists()


def test_the_house_enrols_whom_users_is_about_to_admit(
    academics: AcademicsService, physics: Course, year: SessionYear
) -> None:
    enrollment = academics.enroll(actor=actors.system(), student_id=9999, course_id=physics.id, session_year_id=year.id)
    assert enrollment.student_id == 9999


def test_withdrawing_ends_the_enrolment_once(
    academics: AcademicsService, enroll: Enroll, physics: Course, published: Callable[[], list[str]]
) -> None:
    enroll(701, physics)
    for _ in range(2):
        academics.withdraw(actor=actors.hod(), student_id=701)
    (ended,) = academics.enrollment_history(actor=actors.hod(), student_id=701)
    assert (ended.status, ended.ended_on) == (EnrollmentStatus.DROPPED, timezone.localdate())
    assert published() == ["academics.student_enrolled.v1", "academics.student_unenrolled.v1"]
    assert students_in(academics, physics) == 0
    assert AcademicTotal.differences() == {}


def test_students_see_their_own_enrolment_only(academics: AcademicsService, enroll: Enroll, physics: Course) -> None:
    own, other = enroll(701, physics), enroll(702, physics)
    assert academics.current_enrollments(actor=actors.student(), student_ids=(701,)) == {701: own}
    assert academics.enrollment_history(actor=actors.student(), student_id=701) == (own,)
    assert academics.current_enrollments(actor=actors.teacher(), student_ids=(701, 702, 703)) == {701: own, 702: other}
    for actor in (actors.student(), actors.student(student_id=None), actors.anonymous()):
        with pytest.raises(Forbidden):
            academics.current_enrollments(actor=actor, student_ids=(701, 702))
        with pytest.raises(Forbidden):
            academics.enrollment_history(actor=actor, student_id=702)


def test_a_class_is_its_current_students_in_order(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course, year: SessionYear
) -> None:
    subject = academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    for student_id, course in [(703, physics), (701, physics), (702, music)]:
        enroll(student_id, course)
    assert academics.class_list(actor=actors.teacher(), subject_id=subject.id, session_year_id=year.id) == (701, 703)
    assert academics.student_ids(actor=actors.teacher()) == (701, 702, 703)
    assert academics.student_ids(actor=actors.hod(), course_id=music.id, session_year_id=year.id) == (702,)
    with pytest.raises(NotFound):
        academics.class_list(actor=actors.teacher(), subject_id=999, session_year_id=year.id)
    with pytest.raises(NotFound):
        academics.class_list(actor=actors.teacher(), subject_id=subject.id, session_year_id=999)


@pytest.mark.parametrize("actor", [actors.student(), actors.anonymous()])
def test_class_lists_are_for_teachers_and_the_hod(academics: AcademicsService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        academics.class_list(actor=actor, subject_id=1, session_year_id=1)
    with pytest.raises(Forbidden):
        academics.student_ids(actor=actor)


DAY = date(2026, 3, 2)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("started", "ended", "status", "there"),
    [
        (None, None, EnrollmentStatus.ACTIVE, True),
        (DAY, None, EnrollmentStatus.ACTIVE, True),
        (AFTER, None, EnrollmentStatus.ACTIVE, False),
        (None, DAY, EnrollmentStatus.DROPPED, True),
        (BEFORE, AFTER, EnrollmentStatus.COMPLETED, True),
        (None, BEFORE, EnrollmentStatus.COMPLETED, False),
    ],
)
def test_a_class_on_a_day_is_who_was_enrolled_then_whatever_came_later(
    academics: AcademicsService,
    physics: Course,
    year: SessionYear,
    started: date | None,
    ended: date | None,
    status: EnrollmentStatus,
    there: bool,
) -> None:
    subject = models.Subject.objects.create(name="Optics", course_id=physics.id, teacher_id=10)
    models.Enrollment.objects.create(
        student_id=701,
        course_id=physics.id,
        session_year_id=year.id,
        started_on=started,
        ended_on=ended,
        status=status.value,
    )
    found = academics.class_list(actor=actors.hod(), subject_id=subject.pk, session_year_id=year.id, on=DAY)
    assert found == ((701,) if there else ())


def test_who_left_and_came_back_on_one_day_is_in_the_class_once(
    academics: AcademicsService, enroll: Enroll, physics: Course, year: SessionYear
) -> None:
    subject = academics.add_subject(actor=actors.hod(), name="Optics", course_id=physics.id, teacher_id=10)
    enroll(701, physics)
    academics.withdraw(actor=actors.hod(), student_id=701)
    enroll(701, physics)
    today = timezone.localdate()
    found = academics.class_list(actor=actors.hod(), subject_id=subject.id, session_year_id=year.id, on=today)
    assert found == (701,)


def withdrawn(student_id: int, role: Role = Role.STUDENT) -> UserWithdrawn:
    return UserWithdrawn(user_id=31, role=role, profile_id=student_id, at=utc_now())


def restored(student_id: int) -> UserRestored:
    return UserRestored(user_id=31, role=Role.STUDENT, profile_id=student_id, at=utc_now())


def test_a_withdrawn_student_leaves_the_class_and_returns_when_restored(
    academics: AcademicsService, enroll: Enroll, physics: Course, tell: Tell
) -> None:
    before = enroll(701, physics)
    tell(withdrawn(701))
    assert academics.current_enrollments(actor=actors.hod(), student_ids=(701,)) == {}
    assert academics.enrollment_history(actor=actors.hod(), student_id=701)[0].status is EnrollmentStatus.DROPPED
    assert students_in(academics, physics) == 0
    tell(restored(701))
    assert academics.current_enrollments(actor=actors.hod(), student_ids=(701,)) == {701: before}
    assert students_in(academics, physics) == 1
    assert AcademicTotal.differences() == {}


def test_restoring_does_not_bring_back_what_the_hod_had_ended(
    academics: AcademicsService, enroll: Enroll, physics: Course, tell: Tell
) -> None:
    enroll(701, physics)
    academics.withdraw(actor=actors.hod(), student_id=701)
    tell(withdrawn(701))
    tell(restored(701))
    assert academics.current_enrollments(actor=actors.hod(), student_ids=(701,)) == {}


def test_restoring_leaves_a_newer_enrolment_alone(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course, tell: Tell
) -> None:
    enroll(701, physics)
    tell(withdrawn(701))
    newer = enroll(701, music)
    tell(restored(701))
    assert academics.current_enrollments(actor=actors.hod(), student_ids=(701,)) == {701: newer}


def test_a_withdrawn_teacher_is_no_student_of_the_same_number(
    academics: AcademicsService, enroll: Enroll, physics: Course, tell: Tell
) -> None:
    enroll(701, physics)
    tell(withdrawn(701, role=Role.STAFF))
    assert students_in(academics, physics) == 1


def test_enrolments_go_with_an_erased_student_and_the_totals_follow(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course, tell: Tell
) -> None:
    enroll(701, music)
    enroll(701, physics)
    enroll(702, physics)
    tell(UsersDeleted(entity="users.StudentProfile", ids=(701,), at=utc_now()))
    assert academics.student_ids(actor=actors.hod()) == (702,)
    assert academics.enrollment_history(actor=actors.hod(), student_id=701) == ()
    assert students_in(academics, physics) == 1
    assert AcademicTotal.differences() == {}


def test_courses_can_be_ordered_by_their_students(
    academics: AcademicsService, enroll: Enroll, physics: Course, music: Course
) -> None:
    enroll(701, music)
    for order, expected in [("student_count", ["Physics", "Music"]), ("-student_count", ["Music", "Physics"])]:
        page = academics.list_courses(actor=actors.hod(), page=PageRequest(order=order))
        assert [course.name for course in page.items] == expected


def test_the_table_itself_refuses_a_second_current_enrolment(enroll: Enroll, physics: Course) -> None:
    enrollment = enroll(701, physics)
    with pytest.raises(IntegrityError):
        models.Enrollment.objects.create(
            student_id=701, course_id=physics.id, session_year_id=enrollment.session_year_id
        )


@given(st.text(max_size=300))
def test_a_name_is_taken_when_it_says_something_in_255_characters(name: str) -> None:
    taken = rules.name_problem(name) is None
    assert taken == (0 < len(name) <= rules.LONGEST_NAME and "\x00" not in name)


@given(st.dates(), st.dates())
def test_a_year_is_reversed_when_its_last_day_comes_first(first: date, last: date) -> None:
    assert rules.days_are_reversed(first, last) == ((last - first).days < 0)
