"""Setting assignments, changing them, and their life from draft to graded."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.assessments import (
    Assignment,
    AssignmentClosed,
    AssignmentGraded,
    AssignmentPublished,
    AssignmentStatus,
    AssignmentUpdated,
)
from contracts.base import Actor, Instant, Role
from contracts.errors import Conflict, Invalid, NotFound
from kernel import audit
from kernel.databases import alias_of, atomic
from kernel.events import publish
from kernel.refs import erase
from modules.assessments import access, files, models, queries, rules
from modules.assessments.models import AssessmentTotal

MODULE = "assessments"

News = type[AssignmentPublished | AssignmentUpdated | AssignmentClosed | AssignmentGraded]


def add(actor: Actor, subject_id: int, *, title: str, description: str, due_at: Instant, draft: bool) -> Assignment:
    subject = access.subject(actor, subject_id)
    _check(title, subject_is_known=subject is not None)
    access.check_teaches(actor, subject)
    status = AssignmentStatus.DRAFT if draft else AssignmentStatus.PUBLISHED
    with atomic(MODULE):
        row = models.Assignment.objects.create(
            subject_id=subject_id,
            title=title.strip(),
            description=description.strip(),
            due_at=due_at,
            status=status.value,
        )
        audit.record(
            actor=actor, action="assessments.assignment_added", target=f"Assignment:{row.pk}", status=status.value
        )
        if not draft:
            _tell(AssignmentPublished, row, at=row.created_at)
    return get(row.pk)


def update(actor: Actor, assignment_id: int, *, title: str, description: str, due_at: Instant) -> Assignment:
    access.require_teacher(actor, get(assignment_id).subject_id)
    _check(title, subject_is_known=True)
    wanted = {"title": title.strip(), "description": description.strip(), "due_at": due_at}
    with atomic(MODULE):
        row = held(assignment_id)
        if row.status == AssignmentStatus.GRADED:
            raise _not_now(AssignmentStatus.GRADED)
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        if changed:
            row.title, row.description, row.due_at = title.strip(), description.strip(), due_at
            row.updated_at = timezone.now()
            if row.closed_by_deadline and row.due_at > row.updated_at:
                row.status, row.closed_by_deadline = AssignmentStatus.PUBLISHED.value, False
            row.save(update_fields=[*changed, "status", "closed_by_deadline", "updated_at"])
            audit.record(
                actor=actor,
                action="assessments.assignment_updated",
                target=f"Assignment:{row.pk}",
                changed=changed,
            )
            if row.status != AssignmentStatus.DRAFT:
                _tell(AssignmentUpdated, row, at=row.updated_at)
    return get(assignment_id)


def move(actor: Actor, assignment_id: int, to: AssignmentStatus) -> Assignment:
    """The next step in its life; nothing when it was taken already. Raises Conflict for a step that cannot be."""
    access.require_teacher(actor, get(assignment_id).subject_id)
    with atomic(MODULE):
        row = held(assignment_id)
        was = AssignmentStatus(row.status)
        if was is not to:
            if to not in rules.NEXT[was]:
                raise _not_now(was)
            if to is AssignmentStatus.GRADED and row.submissions.filter(marks__isnull=True).exists():
                raise Conflict(reason="ungraded", message=_("There are submissions without a mark."))
            row.status, row.closed_by_deadline, row.updated_at = to.value, False, timezone.now()
            row.save(update_fields=["status", "closed_by_deadline", "updated_at"])
            audit.record(
                actor=actor,
                action=f"assessments.assignment_{to.value}",
                target=f"Assignment:{row.pk}",
                was=was.value,
            )
            _tell(_news(was, to), row, at=row.updated_at)
    return get(assignment_id)


def delete(actor: Actor, assignment_id: int) -> None:
    access.require_teacher(actor, get(assignment_id).subject_id)
    with atomic(MODULE):
        row = held(assignment_id)
        # Held before the totals are touched, in the order in which grading takes them.
        handed_in = list(row.submissions.select_for_update().values_list("submission_file", "marks"))
        AssessmentTotal.add_ungraded(row.subject_id, -sum(marks is None for _path, marks in handed_in))
        erase(models.Assignment.objects.filter(pk=row.pk))
        audit.record(
            actor=actor,
            action="assessments.assignment_deleted",
            target=f"Assignment:{assignment_id}",
            title=row.title,
            submissions=len(handed_in),
        )
        paths = [path for path, _marks in handed_in if path]
        transaction.on_commit(partial(files.remove, paths), using=alias_of(MODULE), robust=True)


def get(assignment_id: int) -> Assignment:
    found = queries.assignment(assignment_id)
    if found is None:
        raise missing(assignment_id)
    return found


def waiting_for(actor: Actor) -> Q:
    """What a student can hand in and has not; what others have to grade."""
    submissions = models.AssignmentSubmission.objects.filter(assignment=OuterRef("pk"))
    if actor.role is not Role.STUDENT:
        return Q(Exists(submissions.filter(marks__isnull=True)))
    if actor.student_id is None:
        return Q(pk__in=())
    is_open = Q(status=AssignmentStatus.PUBLISHED, due_at__gte=timezone.now())
    return is_open & ~Q(Exists(submissions.filter(student_id=actor.student_id)))


def held(assignment_id: int) -> models.Assignment:
    """The row, held until the transaction ends; with it, that nobody else hands in for this assignment."""
    row = models.Assignment.objects.select_for_update().filter(pk=assignment_id).first()
    if row is None:
        raise missing(assignment_id)
    return row


def missing(assignment_id: int) -> NotFound:
    return NotFound(entity="assessments.Assignment", id=assignment_id, message=_("There is no such assignment."))


def _check(title: str, *, subject_is_known: bool) -> None:
    fields: dict[str, list[str]] = {}
    if not title.strip():
        fields["title"] = [_("Give the assignment a title.")]
    if len(title.strip()) > rules.LONGEST_TITLE:
        fields["title"] = [_("The title can have at most %(n)d characters.") % {"n": rules.LONGEST_TITLE}]
    if not subject_is_known:
        fields["subject_id"] = [_("There is no such subject.")]
    if fields:
        raise Invalid(fields=fields)


def _not_now(was: AssignmentStatus) -> Conflict:
    why = {
        AssignmentStatus.DRAFT: _("This assignment is a draft: publish it first."),
        AssignmentStatus.PUBLISHED: _("This assignment is still open: close it first."),
        AssignmentStatus.CLOSED: _("This assignment is closed."),
        AssignmentStatus.GRADED: _("This assignment is graded and stays as it is."),
    }
    return Conflict(reason=was.value, message=why[was])


def _news(was: AssignmentStatus, to: AssignmentStatus) -> News:
    """What a step is told as; opening again is no second publication."""
    if to is AssignmentStatus.PUBLISHED:
        return AssignmentPublished if was is AssignmentStatus.DRAFT else AssignmentUpdated
    return AssignmentClosed if to is AssignmentStatus.CLOSED else AssignmentGraded


def _tell(event: News, row: models.Assignment, *, at: Instant) -> None:
    publish(event(assignment_id=row.pk, subject_id=row.subject_id, title=row.title, due_at=row.due_at, at=at))
