"""The life of an assignment: draft, published, closed, graded; and changing what it asks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.assessments import AssessmentsService, Assignment, AssignmentStatus
from contracts.base import Actor, PageRequest, Upload
from contracts.errors import Conflict, Forbidden, NotFound
from kernel.models import AuditEntry, OutboxEvent
from modules.assessments import rules
from modules.assessments.models import AssignmentSubmission
from tests import actors
from tests.modules.assessments.conftest import LATER

TEACHER = actors.teacher()
OTHER_TEACHER = actors.teacher(user_id=11, staff_id=502)


@pytest.fixture
def draft(db: None, assessments: AssessmentsService) -> Assignment:
    return assessments.add_assignment(
        actor=TEACHER, subject_id=1, title="Essay", description="Two pages", due_at=LATER, draft=True
    )


def told() -> list[str]:
    return [
        name.removeprefix("assessments.")
        for name in OutboxEvent.objects.order_by("id").values_list("type_id", flat=True)
    ]


def hand_in(assessments: AssessmentsService, assignment: Assignment) -> None:
    assessments.submit(
        actor=actors.student(), assignment_id=assignment.id, file=Upload(name="a.txt", content=b"Some words.")
    )


@given(st.sampled_from(AssignmentStatus), st.sampled_from(AssignmentStatus))
def test_a_draft_is_where_everything_begins_and_graded_where_it_ends(
    before: AssignmentStatus, after: AssignmentStatus
) -> None:
    if after in rules.NEXT[before]:
        assert after is not AssignmentStatus.DRAFT
        assert before is not AssignmentStatus.GRADED


def test_a_draft_is_not_there_for_students_and_nobody_is_told(
    assessments: AssessmentsService, draft: Assignment
) -> None:
    assert draft.status is AssignmentStatus.DRAFT
    assert told() == []
    for call in (
        lambda: assessments.assignment(actor=actors.student(), assignment_id=draft.id),
        lambda: hand_in(assessments, draft),
    ):
        with pytest.raises(NotFound):
            call()
    assert assessments.list_assignments(actor=actors.student(), page=PageRequest()).total == 0
    drafts = assessments.list_assignments(actor=TEACHER, page=PageRequest(), status=AssignmentStatus.DRAFT)
    assert drafts.items == (draft,)


def test_it_is_published_closed_opened_again_and_graded_and_each_step_is_told_and_kept(
    assessments: AssessmentsService, draft: Assignment, media: object
) -> None:
    assert assessments.publish_assignment(actor=TEACHER, assignment_id=draft.id).status is AssignmentStatus.PUBLISHED
    assert assessments.assignment(actor=actors.student(), assignment_id=draft.id).title == "Essay"
    assessments.close_assignment(actor=TEACHER, assignment_id=draft.id)
    with pytest.raises(Conflict) as refused:
        hand_in(assessments, draft)
    assert refused.value.reason == "closed"
    assessments.publish_assignment(actor=actors.hod(), assignment_id=draft.id)
    hand_in(assessments, draft)
    assessments.close_assignment(actor=TEACHER, assignment_id=draft.id)
    with pytest.raises(Conflict) as refused:
        assessments.finish_grading(actor=TEACHER, assignment_id=draft.id)
    assert refused.value.reason == "ungraded"
    work = AssignmentSubmission.objects.get()
    assessments.grade(actor=TEACHER, submission_id=work.pk, marks=Decimal(8))
    assert assessments.finish_grading(actor=TEACHER, assignment_id=draft.id).status is AssignmentStatus.GRADED
    assert told() == [
        "assignment_published.v1",
        "assignment_closed.v1",
        "assignment_updated.v1",
        "assignment_submitted.v1",
        "assignment_closed.v1",
        "submission_graded.v1",
        "assignment_graded.v1",
    ]
    assert AuditEntry.objects.filter(action="assessments.assignment_graded", actor_user_id=10).count() == 1


def test_a_step_that_was_taken_is_not_taken_again(assessments: AssessmentsService, essay: Assignment) -> None:
    assert assessments.publish_assignment(actor=TEACHER, assignment_id=essay.id) == essay
    assert told() == ["assignment_published.v1"]


def test_a_step_that_cannot_be_says_what_the_assignment_is(assessments: AssessmentsService, draft: Assignment) -> None:
    for step in (assessments.close_assignment, assessments.finish_grading):
        with pytest.raises(Conflict) as refused:
            step(actor=TEACHER, assignment_id=draft.id)
        assert refused.value.reason == "draft"


def test_what_is_asked_can_be_changed_until_it_is_graded(assessments: AssessmentsService, essay: Assignment) -> None:
    def change(title: str) -> Assignment:
        return assessments.update_assignment(
            actor=TEACHER, assignment_id=essay.id, title=title, description=essay.description, due_at=LATER
        )

    assert change("Essay").updated_at == essay.updated_at
    assert change(" Sets ").title == "Sets"
    assert told() == ["assignment_published.v1", "assignment_updated.v1"]
    assessments.close_assignment(actor=TEACHER, assignment_id=essay.id)
    assessments.finish_grading(actor=TEACHER, assignment_id=essay.id)
    with pytest.raises(Conflict) as refused:
        change("Later")
    assert refused.value.reason == "graded"


def test_a_changed_draft_is_nobodys_news(assessments: AssessmentsService, draft: Assignment) -> None:
    changed = assessments.update_assignment(
        actor=TEACHER, assignment_id=draft.id, title="Sets", description="", due_at=LATER
    )
    assert (changed.title, changed.status) == ("Sets", AssignmentStatus.DRAFT)
    assert told() == []


@pytest.mark.parametrize("actor", [OTHER_TEACHER, actors.student(), actors.anonymous()])
def test_only_the_subjects_teacher_and_the_hod_change_an_assignment(
    assessments: AssessmentsService, essay: Assignment, actor: Actor
) -> None:
    for step in (assessments.publish_assignment, assessments.close_assignment, assessments.finish_grading):
        with pytest.raises(Forbidden):
            step(actor=actor, assignment_id=essay.id)
    with pytest.raises(Forbidden):
        assessments.update_assignment(actor=actor, assignment_id=essay.id, title="x", description="", due_at=LATER)
