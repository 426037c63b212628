"""Admitting a student: one answer for whoever asked, nobody half made, whatever breaks in between."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.academics import AcademicsService
from contracts.base import PageRequest, Role
from contracts.errors import Conflict, Forbidden, Invalid, ModuleUnavailable, NotFound
from contracts.users import Student, StudentFields, UsersService
from kernel.context import running
from kernel.models import AuditEntry
from kernel.registry import services
from modules.users import admissions
from modules.users.models import StudentProfile, User, UserTotal
from tests import actors
from tests.modules.users.conftest import Published
from tests.modules.users.fakes import FakeAcademics
from tests.modules.users.people import account, make_student, make_teacher, picture, student_id

pytestmark = pytest.mark.django_db

PROFILE = StudentFields(gender="Female", address="1 Lane", guardian_name="Ada")


class Killed(BaseException):
    """The process ends here."""


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def admit(users: UsersService, **changed: Any) -> Student:
    request: dict[str, Any] = {
        "account": account(),
        "profile": PROFILE,
        "course_id": 1,
        "session_year_id": 1,
        "photo": None,
    }
    return users.admit_student(actor=actors.hod(), **request | changed)


def nothing_is_left(users: UsersService, academics: FakeAcademics) -> bool:
    assert UserTotal.differences() == {}
    return not (User.objects.exists() or StudentProfile.objects.exists() or academics.enrolled)


def seen(users: UsersService) -> int:
    return users.list_students(actor=actors.hod(), page=PageRequest()).total


def test_a_student_is_admitted_with_login_profile_picture_and_enrolment(
    users: UsersService, academics: FakeAcademics, published: Published, media: Path
) -> None:
    student = admit(users, photo=picture("JPEG", name="../../me.exe"))
    assert (student.role, student.username, student.gender, student.has_photo) == (
        Role.STUDENT,
        "newcomer",
        "Female",
        True,
    )
    assert academics.enrolled == {student.profile_id: (1, 1)}
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert [p.suffix for p in (media / "profile_pics").iterdir()] == [".webp"]
    assert users.counts(actor=actors.hod()).students == 1
    assert UserTotal.differences() == {}
    noted = AuditEntry.objects.filter(target=f"User:{student.user_id}").order_by("id")
    assert [(e.action, e.actor_user_id) for e in noted] == [("users.admission_started", 1), ("users.created", 1)]
    login = users.log_in(actor=actors.anonymous(), email=student.email, password=account().password)
    assert login.identity.profile_id == student.profile_id


def test_a_student_may_have_attended_for_a_while(users: UsersService, academics: FakeAcademics) -> None:
    day = date(2026, 3, 2)
    assert academics.started[admit(users, started_on=day).profile_id or 0] == day
    assert academics.started[admit(users, account=account("other")).profile_id or 0] is None


def test_the_day_on_which_attendance_began_survives_a_crash(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling = raising(Killed())
    with pytest.raises(Killed):
        admit(users, started_on=date(2026, 3, 2))
    academics.before_enrolling = lambda: None
    deliver()
    assert list(academics.started.values()) == [date(2026, 3, 2)]


def test_a_day_that_academics_refuses_is_named_and_nothing_is_left(
    users: UsersService, academics: FakeAcademics
) -> None:
    academics.before_enrolling = raising(Invalid(fields={"started_on": ["This day is still to come."]}))
    with pytest.raises(Invalid) as caught:
        admit(users, started_on=date(2099, 1, 1))
    assert set(caught.value.fields) == {"started_on"}
    assert nothing_is_left(users, academics)


def test_the_event_finds_an_admission_that_went_well_settled(
    users: UsersService, academics: FakeAcademics, published: Published, deliver: Callable[[], int]
) -> None:
    admit(users)
    academics.before_enrolling = raising(Killed())
    assert deliver() >= 1
    assert published() == ["student_admission_started.v1", "created.v1"]


def test_everything_wrong_is_named_by_field_before_anything_happens(
    users: UsersService, academics: FakeAcademics, published: Published
) -> None:
    make_teacher("newcomer")
    wrong = account(email="Newcomer@School.Example", password="12345", first_name=" ")
    bad_picture = picture().model_copy(update={"content": b"no picture"})
    with pytest.raises(Invalid) as caught:
        admit(users, account=wrong, course_id=9, session_year_id=8, photo=bad_picture)
    assert set(caught.value.fields) == {
        "username",
        "email",
        "password",
        "first_name",
        "course_id",
        "session_year_id",
        "photo",
    }
    assert caught.value.fields["username"] == ["Username already exists. Please choose a different username."]
    assert caught.value.fields["email"] == ["Email already exists. Please use a different email."]
    assert caught.value.fields["course_id"] == ["Select a valid choice. 9 is not one of the available choices."]
    assert published() == []


def test_a_name_that_was_taken_after_the_check_is_refused_and_the_picture_goes_again(
    users: UsersService, academics: FakeAcademics, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_teacher("newcomer")
    monkeypatch.setattr("modules.users.checks.new_account_problems", lambda account: {})
    with pytest.raises(Invalid) as caught:
        admit(users, photo=picture())
    assert set(caught.value.fields) == {"username", "email"}
    assert list((media / "profile_pics").iterdir()) == []
    assert seen(users) == 0


def test_while_the_enrolment_is_under_way_nobody_sees_the_student(
    users: UsersService, academics: FakeAcademics
) -> None:
    sights: list[object] = []
    head = actors.hod(user_id=900)

    def look() -> None:
        with running(None):  # and not for academics, which may not look into the table
            (ghost,) = User.objects.filter(half_made=True)
        sights.append(users.people(actor=head, user_ids=(ghost.pk,)))
        sights.append(seen(users))
        with pytest.raises(NotFound):
            users.remove_person(actor=head, user_id=ghost.pk)
        with pytest.raises(NotFound):
            users.set_active(actor=head, user_id=ghost.pk, active=False)

    academics.before_enrolling = look
    admit(users)
    assert sights == [{}, 0]
    assert seen(users) == 1


def test_a_refusal_by_academics_undoes_all_and_is_passed_on(
    users: UsersService,
    academics: FakeAcademics,
    media: Path,
    deliver: Callable[[], int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    academics.before_enrolling = raising(Invalid(fields={"course_id": ["full"]}))
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Invalid) as caught:
        admit(users, photo=picture())
    assert caught.value.fields == {"course_id": ["full"]}
    assert nothing_is_left(users, academics)
    assert list((media / "profile_pics").iterdir()) == []
    deliver()
    assert nothing_is_left(users, academics)


def test_an_enrolment_that_failed_for_certain_undoes_all_and_says_so(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling = raising(ConnectionError())
    with pytest.raises(ModuleUnavailable) as caught:
        admit(users)
    assert not caught.value.may_have_executed
    assert nothing_is_left(users, academics)
    academics.before_enrolling = lambda: None
    deliver()
    assert nothing_is_left(users, academics)
    assert admit(users).profile_id in academics.enrolled


def test_an_enrolment_whose_answer_was_lost_is_found_and_the_student_admitted(
    users: UsersService, academics: FakeAcademics
) -> None:
    academics.after_enrolling = raising(TimeoutError())
    student = admit(users)
    assert student.profile_id in academics.enrolled
    assert seen(users) == 1


def test_what_nobody_can_know_now_is_finished_by_the_subscriber(
    users: UsersService, academics: FakeAcademics, published: Published, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling, academics.answers = raising(ConnectionError()), False
    with pytest.raises(ModuleUnavailable) as caught:
        admit(users)
    assert caught.value.may_have_executed
    assert seen(users) == 0
    assert User.objects.get().half_made
    academics.before_enrolling, academics.answers = (lambda: None), True
    deliver()
    assert seen(users) == 1
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert UserTotal.differences() == {}


def test_after_a_crash_before_the_enrolment_the_subscriber_finishes(
    users: UsersService, academics: FakeAcademics, published: Published, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling = raising(Killed())
    with pytest.raises(Killed):
        admit(users, photo=picture())
    assert seen(users) == 0
    academics.before_enrolling = lambda: None
    deliver()
    (student,) = users.list_students(actor=actors.hod(), page=PageRequest()).items
    assert student.has_photo
    assert set(academics.enrolled) == {student.profile_id}
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert AuditEntry.objects.get(action="users.created").actor_role == Role.SYSTEM


def test_after_a_crash_behind_the_enrolment_the_subscriber_finishes(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    academics.after_enrolling = raising(Killed())
    with pytest.raises(Killed):
        admit(users)
    academics.after_enrolling = lambda: None
    deliver()
    assert seen(users) == 1


def test_after_a_crash_the_subscriber_undoes_what_academics_refuses(
    users: UsersService, academics: FakeAcademics, published: Published, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling = raising(Killed())
    with pytest.raises(Killed):
        admit(users)
    academics.before_enrolling = raising(Invalid(fields={"course_id": ["gone"]}))
    deliver()
    assert nothing_is_left(users, academics)
    assert published() == ["student_admission_started.v1", "deleted.v1", "deleted.v1"]


def test_the_subscriber_waits_for_academics_and_loses_nothing(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    academics.before_enrolling = raising(Killed())
    with pytest.raises(Killed):
        admit(users)
    academics.before_enrolling = raising(ConnectionError())
    user = User.objects.get()
    place = admissions.Place(course_id=1, session_year_id=1)
    admission = admissions.Admission(user_id=user.pk, student_id=student_id(user), place=place)
    with pytest.raises(ModuleUnavailable):
        admissions.settle(actors.system(), admission)
    assert User.objects.get().half_made


def test_request_and_subscriber_may_work_on_one_admission_at_once(
    users: UsersService, academics: FakeAcademics, published: Published, deliver: Callable[[], int]
) -> None:
    def subscriber_is_quicker() -> None:
        academics.before_enrolling = lambda: None
        deliver()

    academics.before_enrolling = subscriber_is_quicker
    assert admit(users).profile_id in academics.enrolled
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert UserTotal.differences() == {}


def test_an_undo_that_comes_after_the_subscriber_finished_leaves_the_student(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    def finish_and_refuse() -> None:
        academics.before_enrolling = lambda: None
        deliver()
        raise Invalid(fields={"course_id": ["too late"]})

    academics.before_enrolling = finish_and_refuse
    assert admit(users).profile_id in academics.enrolled
    assert seen(users) == 1


def test_an_enrolment_of_a_student_erased_meanwhile_is_ended(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    def refused_elsewhere() -> None:
        academics.before_enrolling = raising(Invalid(fields={"course_id": ["gone"]}))
        deliver()
        academics.before_enrolling = lambda: None

    academics.before_enrolling = refused_elsewhere
    with pytest.raises(Invalid):
        admit(users)
    assert nothing_is_left(users, academics)


def test_without_academics_nobody_is_admitted(users: UsersService, academics: FakeAcademics) -> None:
    bound = services._bound.pop(AcademicsService)
    try:
        with pytest.raises(ModuleUnavailable):
            admit(users)
    finally:
        services._bound[AcademicsService] = bound
    assert nothing_is_left(users, academics)


@pytest.mark.parametrize("actor", [actors.teacher(), actors.student(), actors.anonymous()])
def test_only_the_hod_admits_and_completes(users: UsersService, academics: FakeAcademics, actor: Any) -> None:
    user = make_student(profile=None)
    with pytest.raises(Forbidden):
        users.admit_student(actor=actor, account=account(), profile=PROFILE, course_id=1, session_year_id=1)
    with pytest.raises(Forbidden):
        users.complete_student(actor=actor, user_id=user.pk, profile=PROFILE, course_id=1, session_year_id=1)


# --- completing an account without profile ---


def complete(users: UsersService, user: User, **changed: Any) -> Student:
    request: dict[str, Any] = {
        "user_id": user.pk,
        "profile": PROFILE,
        "course_id": 1,
        "session_year_id": 1,
        "photo": None,
    }
    return users.complete_student(actor=actors.hod(), **request | changed)


def test_an_incomplete_account_gets_its_profile_and_enrolment(
    users: UsersService, academics: FakeAcademics, published: Published
) -> None:
    user = make_student(profile=None)
    student = complete(users, user, photo=picture())
    assert (student.user_id, student.gender, student.has_photo) == (user.pk, "Female", True)
    assert academics.enrolled == {student.profile_id: (1, 1)}
    assert published() == ["student_admission_started.v1", "created.v1"]
    assert UserTotal.differences() == {}
    with pytest.raises(Conflict, match="complete"):
        complete(users, user)


def test_a_refused_completion_leaves_the_account_as_it_was(users: UsersService, academics: FakeAcademics) -> None:
    user = make_student(profile=None)
    academics.before_enrolling = raising(Invalid(fields={"course_id": ["full"]}))
    with pytest.raises(Invalid):
        complete(users, user)
    assert User.objects.get() == user
    assert not StudentProfile.objects.exists()
    assert UserTotal.differences() == {}
    with pytest.raises(Invalid) as caught:
        complete(users, user, course_id=7)
    assert set(caught.value.fields) == {"course_id"}


def test_while_it_is_being_completed_an_account_is_incomplete_and_held(
    users: UsersService, academics: FakeAcademics, deliver: Callable[[], int]
) -> None:
    user = make_student(profile=None)
    academics.before_enrolling = raising(Killed())
    with pytest.raises(Killed):
        complete(users, user)
    assert users.people(actor=actors.hod(), user_ids=(user.pk,))[user.pk].profile_id is None
    for attempt in (
        lambda: complete(users, user),
        lambda: users.remove_incomplete(actor=actors.hod(), user_id=user.pk),
        lambda: users.remove_person(actor=actors.hod(), user_id=user.pk),
    ):
        with pytest.raises(Conflict) as caught:
            attempt()
        assert caught.value.reason == "pending"
    academics.before_enrolling = lambda: None
    deliver()
    assert users.counts(actor=actors.hod()).students == 1
    assert UserTotal.differences() == {}


def test_only_students_without_profile_are_completed_as_students(users: UsersService, academics: FakeAcademics) -> None:
    for user in (make_teacher(profile=None), make_student("gone", profile=None, withdrawn_at="2026-01-01T00:00Z")):
        with pytest.raises(NotFound):
            complete(users, user)
