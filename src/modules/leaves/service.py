"""What leaves does for others; the only writer of its tables."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Audience, Page, PageRequest, PersonRef, Role
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.leaves import (
    Absence,
    Decision,
    Leave,
    LeaveApproved,
    LeaveCancelled,
    LeaveCounts,
    LeaveRef,
    LeaveRejected,
    LeaveRequested,
    LeavesService,
    LeaveStatus,
)
from kernel import audit
from kernel.databases import atomic, serialize
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require
from kernel.refs import ReferenceQueries
from modules.leaves import queries, rules
from modules.leaves.models import MODELS, LeaveDecision, LeaveRequest, LeaveTotal, total_names

ORDER = {"applied_at": "created_at", "first_day": "first_day", "status": "status"}


class Leaves(ReferenceQueries, LeavesService):
    def apply(self, *, actor: Actor, first_day: date, last_day: date, reason: str) -> Leave:
        person = _own_person(actor)
        _check_request(first_day, last_day, reason)
        model = MODELS[person.audience]
        with atomic(self.module):
            serialize(self.module, f"{person.audience}:{person.profile_id}")
            taken = model._default_manager.filter(
                **{model.person_field: person.profile_id},
                status__in=rules.OPEN,
                first_day__lte=last_day,
                last_day__gte=first_day,
            ).first()
            if taken:
                raise Conflict(
                    reason="overlap",
                    message=_("You already asked for leave from %(first)s to %(last)s.")
                    % {"first": taken.first_day, "last": taken.last_day},
                )
            row = model._default_manager.create(
                **{model.person_field: person.profile_id}, first_day=first_day, last_day=last_day, reason=reason.strip()
            )
            _count(row, +1)
            self._note(actor, row)
            publish(LeaveRequested(**_facts(row), reason=row.reason))
        return queries.to_dto(row)

    def approve(self, *, actor: Actor, leave: LeaveRef, note: str = "") -> Leave:
        require(actor, Role.HOD)
        with atomic(self.module):
            row = self._move(actor, leave, LeaveStatus.APPROVED, note)
            publish(LeaveApproved(**_facts(row), note=row.decision_note, reason=row.reason))
        return queries.to_dto(row)

    def reject(self, *, actor: Actor, leave: LeaveRef, note: str = "") -> Leave:
        require(actor, Role.HOD)
        with atomic(self.module):
            row = self._move(actor, leave, LeaveStatus.REJECTED, note)
            publish(LeaveRejected(**_facts(row), note=row.decision_note))
        return queries.to_dto(row)

    def cancel(self, *, actor: Actor, leave: LeaveRef) -> Leave:
        require(actor, Role.HOD, Role.STAFF, Role.STUDENT)
        with atomic(self.module):
            was = LeaveStatus(_locked(leave, actor).status)
            row = self._move(actor, leave, LeaveStatus.CANCELLED, "")
            publish(LeaveCancelled(**_facts(row), was=was))
        return queries.to_dto(row)

    def get(self, *, actor: Actor, leave: LeaveRef) -> Leave:
        return queries.to_dto(_visible(leave, actor))

    def history(self, *, actor: Actor, leave: LeaveRef) -> tuple[Decision, ...]:
        _visible(leave, actor)
        rows = LeaveDecision.objects.filter(audience=leave.audience, leave_id=leave.id).order_by("id")
        return tuple(
            Decision(status=LeaveStatus(r.status), note=r.note, decided_by=r.decided_by, at=r.at) for r in rows
        )

    def own(self, *, actor: Actor, page: PageRequest) -> Page[Leave]:
        person = _own_person(actor)
        model = MODELS[person.audience]
        rows = model._default_manager.filter(**{model.person_field: person.profile_id})
        return page_of(rows, page, build=queries.build, search=("reason", "written_dates"), order=ORDER)

    def requests(
        self,
        *,
        actor: Actor,
        audience: Audience,
        page: PageRequest,
        status: LeaveStatus | None = None,
        ids: tuple[int, ...] | None = None,
        from_day: date | None = None,
        to_day: date | None = None,
    ) -> Page[Leave]:
        require(actor, Role.HOD)
        conditions = {"status": status, "id__in": ids, "last_day__gte": from_day, "first_day__lte": to_day}
        rows = queries.requests_of(audience).filter(**{k: v for k, v in conditions.items() if v is not None})
        return page_of(rows, page, build=queries.build, search=("reason", "written_dates"), order=ORDER)

    def counts(self, *, actor: Actor, audience: Audience) -> LeaveCounts:
        require(actor, Role.HOD)
        return queries.counts(audience, ("all",))[f"{audience}:all"]

    def counts_by_person(self, *, actor: Actor, people: tuple[PersonRef, ...]) -> dict[str, LeaveCounts]:
        for person in people:
            if not (person.audience is Audience.STUDENT and actor.role is Role.STAFF) and person != _person_of(actor):
                require(actor, Role.HOD)
        found: dict[str, LeaveCounts] = {}
        for audience in Audience:
            ids = tuple(p.profile_id for p in people if p.audience is audience)
            if ids:
                found |= queries.counts(audience, ids)
        return found

    def absences(
        self, *, actor: Actor, audience: Audience, profile_ids: tuple[int, ...], first_day: date, last_day: date
    ) -> tuple[Absence, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.absences(audience, profile_ids, first_day, last_day)

    def _move(self, actor: Actor, leave: LeaveRef, new: LeaveStatus, note: str) -> LeaveRequest:
        """Change the status of a request, with everything that follows inside the module."""
        row = _locked(leave, actor)
        own = _person_of(actor) == _person(row)
        if own and new is not LeaveStatus.CANCELLED:
            raise Forbidden(message=_("Nobody decides on their own request."))
        if not rules.may_become(LeaveStatus(row.status), new, by_owner=own):
            raise Conflict(
                reason="decided", message=_("This request has already been decided or cannot be changed any more.")
            )
        _count(row, -1)
        row.status, row.decision_note = new.value, note.strip()
        row.decided_at = row.updated_at = timezone.now()
        row.save(update_fields=["status", "decision_note", "decided_at", "updated_at"])
        _count(row, +1)
        self._note(actor, row)
        return row

    def _note(self, actor: Actor, row: LeaveRequest) -> None:
        LeaveDecision.objects.create(
            audience=row.audience, leave_id=row.pk, status=row.status, note=row.decision_note, decided_by=actor.user_id
        )
        audit.record(actor=actor, action=f"leaves.{row.status}", target=f"{type(row).__name__}:{row.pk}")


def _person_of(actor: Actor) -> PersonRef | None:
    """The actor as somebody who can be on leave."""
    if actor.profile_id is None or actor.role not in (Role.STAFF, Role.STUDENT):
        return None
    return PersonRef(audience=Audience(actor.role.value), profile_id=actor.profile_id)


def _own_person(actor: Actor) -> PersonRef:
    person = _person_of(actor)
    if person is None:
        raise Forbidden(message=_("Only students and staff with a complete profile can ask for leave."))
    return person


def _check_request(first_day: date, last_day: date, reason: str) -> None:
    fields: dict[str, list[str]] = {}
    problem = rules.day_problem(first_day, last_day)
    if problem == "reversed":
        fields["last_day"] = [_("The last day is before the first day.")]
    if problem == "too_long":
        fields["last_day"] = [_("Leave can be at most %(days)d days long.") % {"days": rules.LONGEST_DAYS}]
    if not reason.strip():
        fields["reason"] = [_("Say why you ask for leave.")]
    if fields:
        raise Invalid(fields=fields)


def _visible(leave: LeaveRef, actor: Actor) -> LeaveRequest:
    """The row, for the HOD and its owner; for others it is not there."""
    row = MODELS[leave.audience]._default_manager.filter(pk=leave.id).first()
    if row is None or not (actor.role in (Role.HOD, Role.SYSTEM) or _person_of(actor) == _person(row)):
        raise NotFound(
            entity=f"leaves.{MODELS[leave.audience].__name__}", id=leave.id, message=_("There is no such request.")
        )
    return row


def _locked(leave: LeaveRef, actor: Actor) -> LeaveRequest:
    """As `_visible`, held until the transaction ends."""
    _visible(leave, actor)
    return MODELS[leave.audience]._default_manager.select_for_update().get(pk=leave.id)


def _person(row: LeaveRequest) -> PersonRef:
    return PersonRef(audience=row.audience, profile_id=row.person_id)


def _count(row: LeaveRequest, change: int) -> None:
    LeaveTotal.add(dict.fromkeys(total_names(row.audience, row.person_id, row.status), change))


def _facts(row: LeaveRequest) -> dict[str, Any]:
    """What every event about a request tells."""
    return {
        "leave": LeaveRef(audience=row.audience, id=row.pk),
        "person": _person(row),
        "first_day": row.first_day,
        "last_day": row.last_day,
        "written_dates": row.written_dates,
        "at": row.updated_at,
    }


provider = Leaves()
