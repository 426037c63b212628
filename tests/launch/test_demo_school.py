"""The first start in an empty place makes the demo school: complete, consistent, and made once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from config import demo
from config.demo import calendar
from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService, SubmissionStatus
from contracts.attendance import AttendanceService
from contracts.base import Actor, Audience, PageRequest, Role
from contracts.feedback import FeedbackService
from contracts.finance import FinanceService, FineStatus, PaymentStatus
from contracts.leaves import LeavesService
from contracts.notifications import NotificationsService
from contracts.users import UsersService
from kernel.models import Delivery, DeliveryState
from kernel.refs import dangling
from kernel.registry import services
from kernel.totals import RunningTotal, derived_models, rebuild_all
from tests import actors
from tests.launch.serving import DATABASE_FILES, Serve, names, people, start_and_stop

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]  # the services have tests of their own on PostgreSQL

ALL = PageRequest(size=1000)


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Serve]:
    """The folder that a first start has filled, and what it said."""
    state = tmp_path_factory.mktemp("first") / "var"
    return state, start_and_stop(state)


@pytest.fixture(scope="module")
def inside(first_start: tuple[Path, Serve], django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of this process holds what the first start has made, until the tests of this file are over."""
    state, _started = first_start
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=state / "media"):
        connection.ensure_connection()
        with closing(sqlite3.connect(":memory:")) as before, closing(sqlite3.connect(state / "school.sqlite3")) as made:
            connection.connection.backup(before)
            made.backup(connection.connection)
            yield
            before.backup(connection.connection)


@pytest.fixture
def school(inside: None, db: None) -> Actor:
    """The demo school is there. Returns its head."""
    return log_in(demo.HEAD)


def log_in(email: str) -> Actor:
    """Through the door, with the password that `logins` tells."""
    login = services.get(UsersService).log_in(actor=actors.anonymous(), email=email, password=demo.PASSWORD)
    return Actor(
        user_id=login.identity.user_id,
        role=login.identity.role,
        profile_id=login.identity.profile_id,
        request_id="test",
    )


def test_the_first_start_makes_a_demo_school_and_the_second_one_uses_it(
    school: Actor, first_start: tuple[Path, Serve]
) -> None:
    state, first = first_start
    assert "demo school ..." in first.output
    assert f"http://localhost:{first.port}\n" in first.output
    logins = [line for line in first.out if "@" in line]
    assert len(logins) == 3
    assert {"media", "school.sqlite3"} <= set(names(state)) <= {"media", *DATABASE_FILES}
    made = people(state)

    second = start_and_stop(state)

    assert "demo school ..." not in second.output
    assert [line for line in second.out if "@" in line] == logins
    assert people(state) == made


def test_the_school_is_as_large_as_announced(school: Actor, first_start: tuple[Path, Serve]) -> None:
    people = services.get(UsersService).counts(actor=school)
    assert (people.students, people.staff, people.hods, people.incomplete) == (120, 8, 1, 0)
    counts = services.get(AcademicsService).counts(actor=school)
    assert (counts.courses, counts.subjects, counts.session_years) == (3, 12, 1)
    courses = services.get(AcademicsService).list_courses(actor=school, page=ALL).items
    assert [(c.student_count, c.subject_count) for c in courses] == [(40, 4)] * 3
    assert "  12 subjects\n" in first_start[1].output


def test_every_printed_login_works(school: Actor) -> None:
    logins = demo.logins()
    assert [log_in(email).role for _, email, _ in logins] == [Role.HOD, Role.STAFF, Role.STUDENT]
    assert {password for _, _, password in logins} == {demo.PASSWORD}


def test_everybody_else_can_log_in_too(school: Actor) -> None:
    students = services.get(UsersService).list_students(actor=school, page=ALL).items
    staff = services.get(UsersService).list_staff(actor=school, page=ALL).items
    assert len({person.email for person in (*students, *staff)}) == 128
    for person in (students[0], students[60], staff[0]):
        assert log_in(person.email).user_id == person.user_id


def test_a_second_school_is_refused(school: Actor) -> None:
    before = services.get(UsersService).counts(actor=school)
    with pytest.raises(CommandError, match="already"):
        call_command("load_demo")
    assert services.get(UsersService).counts(actor=school) == before


def test_kept_totals_equal_a_recount(school: Actor) -> None:
    def snapshot() -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for model in derived_models():
            names = [f.attname for f in model._meta.concrete_fields if f.attname not in ("id", "updated_at")]
            found[model.__name__] = sorted(model._default_manager.values_list(*names), key=repr)
        return found

    for model in derived_models():
        if issubclass(model, RunningTotal):
            assert model.differences() == {}, model.__name__
    kept = {name: [row for row in rows if row[-1] != 0] for name, rows in snapshot().items()}
    rebuild_all()
    assert {name: [row for row in rows if row[-1] != 0] for name, rows in snapshot().items()} == kept


def test_no_reference_dangles(school: Actor) -> None:
    assert list(dangling(request_id="test")) == []


def test_all_events_are_delivered(school: Actor) -> None:
    unfinished = Delivery.objects.exclude(state=DeliveryState.DONE)
    assert list(unfinished.values_list("consumer", "event__type_id", "last_error")[:5]) == []


def test_a_term_of_attendance_was_taken_up_to_yesterday(school: Actor) -> None:
    attendance = services.get(AttendanceService)
    figures = attendance.school(actor=school)
    registers = attendance.list_registers(actor=school, page=ALL).items
    assert figures.registers == len(registers)
    assert {r.present + r.absent + r.late + r.excused for r in registers} == {40}
    assert max(r.date for r in registers) < timezone.localdate()
    assert len(registers) >= 12 * 2 * calendar.WEEKS
    assert figures.tally.excused > 0
    percentages = [tally.tally.percentage for tally in figures.lowest]
    assert all(p is not None and p < 75 for p in percentages)


def test_every_student_has_a_result_in_every_subject_and_some_fail(school: Actor) -> None:
    assessments = services.get(AssessmentsService)
    students = services.get(AcademicsService).student_ids(actor=school)
    results = [assessments.results(actor=school, student_id=i) for i in students]
    assert {len({r.subject_id for r in own}) for own in results} == {4}
    assert {r.passed for own in results for r in own} == {True, False}


def test_leave_is_pending_approved_and_rejected_for_both_audiences(school: Actor) -> None:
    for audience in Audience:
        counts = services.get(LeavesService).counts(actor=school, audience=audience)
        assert min(counts.pending, counts.approved, counts.rejected) > 0


def test_assignments_are_over_and_open_and_partly_graded(school: Actor) -> None:
    assessments = services.get(AssessmentsService)
    assignments = assessments.list_assignments(actor=school, page=ALL).items
    assert {a.due_at > timezone.now() for a in assignments} == {True, False}
    submissions = [
        s for a in assignments for s in assessments.submissions(actor=school, assignment_id=a.id, page=ALL).items
    ]
    assert {s.status for s in submissions} == set(SubmissionStatus)
    kinds = {
        assessments.submission_file(actor=school, submission_id=s.id).content_type.partition(";")[0]
        for s in submissions
    }
    assert kinds == {"application/pdf", "text/plain"}


def test_fines_are_open_overdue_and_paid(school: Actor) -> None:
    finance = services.get(FinanceService)
    fines = finance.list_fines(actor=school, page=ALL).items
    totals = finance.totals(actor=school)
    paid = [f for f in fines if f.status is FineStatus.PAID]
    assert 0 < totals.overdue_count < totals.unpaid_count == len(fines) - len(paid)
    for fine in paid:
        (payment,) = finance.payments(actor=school, fine_id=fine.id)
        assert (payment.status, payment.amount) == (PaymentStatus.SUCCESS, fine.amount)


def test_feedback_is_answered_and_open_for_both_audiences(school: Actor) -> None:
    for audience in Audience:
        counts = services.get(FeedbackService).counts(actor=school, audience=audience)
        assert 0 < counts.unanswered < counts.total


def test_the_people_to_log_in_as_find_something_to_do(school: Actor) -> None:
    student, teacher = log_in(demo.STUDENT), log_in(demo.TEACHER)
    assert services.get(FinanceService).totals(actor=student).unpaid_count > 0
    assert services.get(LeavesService).own(actor=student, page=ALL).total > 0
    assert services.get(NotificationsService).unread_count(actor=student) > 0
    assert services.get(AssessmentsService).ungraded_count(actor=teacher) > 0
    assert services.get(LeavesService).own(actor=teacher, page=ALL).total > 0
    assert services.get(AcademicsService).list_subjects(actor=teacher, page=ALL, teacher_id=teacher.user_id).total == 2
