"""Who may set, see and delete assignments."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from contracts.assessments import AssessmentsService, Assignment
from contracts.base import Actor, PageRequest
from contracts.errors import Forbidden, Invalid, NotFound
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments import models
from tests import actors
from tests.modules.assessments.conftest import LATER
from tests.modules.assessments.fakes import FakeAcademics

pytestmark = pytest.mark.django_db


OTHER_TEACHER = actors.teacher(user_id=11, staff_id=502)
OTHER_COURSE = actors.student(user_id=33, student_id=703)
UNENROLLED = actors.student(user_id=39, student_id=709)


def add(assessments: AssessmentsService, actor: Actor, subject_id: int, title: str = "Task") -> Assignment:
    return assessments.add_assignment(actor=actor, subject_id=subject_id, title=title, description="", due_at=LATER)


def titles(assessments: AssessmentsService, actor: Actor, subject_ids: tuple[int, ...] | None = None) -> list[str]:
    page = assessments.list_assignments(actor=actor, page=PageRequest(), subject_ids=subject_ids)
    return [a.title for a in page.items]


def test_an_assignment_is_there_for_its_course_and_is_announced(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    assert (essay.title, essay.due_at, essay.submission_count, essay.ungraded_count) == ("Essay", LATER, 0, 0)
    for actor in (actors.teacher(), actors.hod(), actors.student(), actors.system()):
        assert assessments.assignment(actor=actor, assignment_id=essay.id) == essay
    assert list(OutboxEvent.objects.values_list("type_id", flat=True)) == ["assessments.assignment_published.v1"]
    assert AuditEntry.objects.filter(action="assessments.assignment_added", target=f"Assignment:{essay.id}").exists()


def test_a_past_deadline_is_accepted_as_before(assessments: AssessmentsService) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    added = assessments.add_assignment(actor=actors.teacher(), subject_id=1, title="Old", description="", due_at=past)
    assert added.due_at == past


def test_a_blank_or_overlong_title_and_an_unknown_subject_are_named_by_field(assessments: AssessmentsService) -> None:
    with pytest.raises(Invalid) as caught:
        add(assessments, actors.hod(), 99, " ")
    assert set(caught.value.fields) == {"title", "subject_id"}
    with pytest.raises(Invalid):
        add(assessments, actors.teacher(), 1, "x" * 256)
    assert not models.Assignment.objects.exists()


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_set_assignments(assessments: AssessmentsService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        add(assessments, actor, 1)
    assert add(assessments, actors.hod(), 1).subject_id == 1


def test_an_assignment_of_another_course_or_teacher_is_not_shown(
    assessments: AssessmentsService, essay: Assignment
) -> None:
    for stranger in (OTHER_COURSE, UNENROLLED, actors.student(student_id=None)):
        with pytest.raises(NotFound):
            assessments.assignment(actor=stranger, assignment_id=essay.id)
    with pytest.raises(Forbidden):
        assessments.assignment(actor=OTHER_TEACHER, assignment_id=essay.id)
    with pytest.raises(Forbidden):
        assessments.assignment(actor=actors.anonymous(), assignment_id=essay.id)
    with pytest.raises(NotFound):
        assessments.assignment(actor=actors.hod(), assignment_id=essay.id + 1)


def test_lists_show_teachers_their_subjects_students_their_course_and_the_hod_all(
    assessments: AssessmentsService,
) -> None:
    for subject_id in (1, 2, 3, 4):
        add(assessments, actors.hod(), subject_id, f"S{subject_id}")
    assert titles(assessments, actors.teacher()) == ["S2", "S1"]
    assert titles(assessments, OTHER_TEACHER) == ["S4", "S3"]
    assert titles(assessments, actors.student()) == ["S3", "S2", "S1"]
    assert titles(assessments, OTHER_COURSE) == ["S4"]
    assert titles(assessments, actors.hod()) == ["S4", "S3", "S2", "S1"]
    for nothing_to_see in (UNENROLLED, actors.student(student_id=None)):
        assert titles(assessments, nothing_to_see) == []
    with pytest.raises(Forbidden):
        titles(assessments, actors.anonymous())


def test_narrowing_a_list_never_widens_it(assessments: AssessmentsService) -> None:
    for subject_id in (1, 2, 3, 4):
        add(assessments, actors.hod(), subject_id, f"S{subject_id}")
    assert titles(assessments, actors.teacher(), subject_ids=(1, 4)) == ["S1"]
    assert titles(assessments, actors.hod(), subject_ids=(1, 4)) == ["S4", "S1"]
    assert titles(assessments, actors.hod(), subject_ids=()) == []


def test_the_course_that_counts_is_the_present_one(
    assessments: AssessmentsService, essay: Assignment, academics: FakeAcademics
) -> None:
    academics.enrolled[701] = 2
    assert titles(assessments, actors.student()) == []
    with pytest.raises(NotFound):
        assessments.assignment(actor=actors.student(), assignment_id=essay.id)


def test_lists_are_searched_by_title_and_ordered(assessments: AssessmentsService) -> None:
    for title in ("Beta", "Alpha", "Gamma essay"):
        add(assessments, actors.teacher(), 1, title)
    found = assessments.list_assignments(actor=actors.hod(), page=PageRequest(search="ESSAY"))
    assert [a.title for a in found.items] == ["Gamma essay"]
    found = assessments.list_assignments(actor=actors.hod(), page=PageRequest(order="title", size=2))
    assert ([a.title for a in found.items], found.total) == (["Alpha", "Beta"], 3)


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_delete(
    assessments: AssessmentsService, essay: Assignment, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        assessments.delete_assignment(actor=actor, assignment_id=essay.id)
    assessments.delete_assignment(actor=actors.teacher(), assignment_id=essay.id)
    with pytest.raises(NotFound):
        assessments.delete_assignment(actor=actors.hod(), assignment_id=essay.id)


@pytest.mark.parametrize("rows", [2, 40])
def test_a_list_takes_two_queries_whatever_its_length(
    assessments: AssessmentsService, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = models.Assignment.objects.bulk_create(
        models.Assignment(subject_id=1, title=f"T{n}", due_at=LATER) for n in range(rows)
    )
    models.AssignmentSubmission.objects.bulk_create(
        models.AssignmentSubmission(assignment=row, student_id=student_id, marks=marks)
        for row in made
        for student_id, marks in ((701, None), (702, 0.0), (703, 8.5))
    )
    with django_assert_num_queries(2):
        page = assessments.list_assignments(actor=actors.teacher(), page=PageRequest(size=50))
    assert {(a.submission_count, a.ungraded_count) for a in page.items} == {(3, 1)}
    assert len(page.items) == rows


def test_an_overlong_title_of_the_legacy_is_shown_whole(assessments: AssessmentsService) -> None:
    models.Assignment.objects.create(subject_id=1, title="x" * 3000, due_at=LATER)
    assert titles(assessments, actors.student()) == ["x" * 3000]
