"""Leaves: requests for days off by students and staff, and the HOD's decisions on them."""

from abc import ABC
from datetime import date
from enum import StrEnum

from contracts.base import (
    DTO,
    Actor,
    Audience,
    Event,
    Instant,
    Page,
    PageRequest,
    PersonRef,
    RowsDeleted,
    Service,
    command,
    query,
)
from contracts.errors import Conflict, Invalid, NotFound


class LeaveStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class LeaveRef(DTO):
    """Students' and staff's requests are numbered apart, as in the legacy."""

    audience: Audience
    id: int


class Leave(DTO):
    """A request. `first_day` and `last_day` are inclusive; both are None when an old request names no clear date."""

    ref: LeaveRef
    person: PersonRef
    first_day: date | None
    last_day: date | None
    written_dates: str
    """The dates as they were typed in the legacy; empty for requests made here."""
    reason: str
    status: LeaveStatus
    decision_note: str
    """What the HOD wrote when deciding; empty if nothing."""
    applied_at: Instant
    decided_at: Instant | None

    @property
    def days(self) -> int | None:
        """Number of days, both ends counted."""
        if self.first_day is None or self.last_day is None:
            return None
        return (self.last_day - self.first_day).days + 1


class Decision(DTO):
    """One step in a request's history."""

    status: LeaveStatus
    note: str
    decided_by: int | None
    """User id; None for what came from the legacy."""
    at: Instant


class LeaveCounts(DTO):
    pending: int
    approved: int
    rejected: int
    cancelled: int


class Absence(DTO):
    """Days on which a person is excused by an approved request."""

    leave: LeaveRef
    person: PersonRef
    first_day: date
    last_day: date
    reason: str


class LeavesService(Service, ABC, name="leaves"):
    @command(errors=(Invalid, Conflict))
    def apply(self, *, actor: Actor, first_day: date, last_day: date, reason: str) -> Leave:
        """Ask for leave for oneself. Conflict("overlap") when a pending or approved request covers one of the days.
        Publishes LeaveRequested.
        """

    @command(errors=(NotFound, Conflict, Invalid))
    def approve(self, *, actor: Actor, leave: LeaveRef, note: str = "") -> Leave:
        """Approve a pending request. HOD only; nobody decides on their own. Conflict("decided") otherwise. Publishes
        LeaveApproved.
        """

    @command(errors=(NotFound, Conflict, Invalid))
    def reject(self, *, actor: Actor, leave: LeaveRef, note: str = "") -> Leave:
        """Reject a pending request. HOD only; Conflict("decided") otherwise. Publishes LeaveRejected."""

    @command(errors=(NotFound, Conflict))
    def cancel(self, *, actor: Actor, leave: LeaveRef) -> Leave:
        """Withdraw one's own pending request, or, as HOD, an approved one. Conflict("decided") otherwise. Publishes
        LeaveCancelled.
        """

    @query(errors=(NotFound,))
    def get(self, *, actor: Actor, leave: LeaveRef) -> Leave:
        """One request: the HOD's view of any, or one's own."""

    @query(errors=(NotFound,))
    def history(self, *, actor: Actor, leave: LeaveRef) -> tuple[Decision, ...]:
        """What was decided on a request, oldest first. HOD, or its owner."""

    @query()
    def own(self, *, actor: Actor, page: PageRequest) -> Page[Leave]:
        """One's own requests, newest first."""

    @query()
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
        """Requests of an audience, newest first; order: applied_at, first_day, status. HOD only.

        `ids`: only these. `from_day`, `to_day`: only those that cover at least one of these days, both included, which
        leaves out requests without clear dates.
        """

    @query()
    def counts(self, *, actor: Actor, audience: Audience) -> LeaveCounts:
        """How many requests there are of each status. HOD only."""

    @query()
    def counts_by_person(self, *, actor: Actor, people: tuple[PersonRef, ...]) -> dict[str, LeaveCounts]:
        """Per person, keyed "student:701", how many requests of each status. HOD; teachers for students; anyone for
        themselves.
        """

    @query()
    def absences(
        self, *, actor: Actor, audience: Audience, profile_ids: tuple[int, ...], first_day: date, last_day: date
    ) -> tuple[Absence, ...]:
        """Approved leave that touches the days, by person and day. HOD and staff."""


class LeaveEvent(Event):
    """What all events about a request tell."""

    leave: LeaveRef
    person: PersonRef
    first_day: date | None
    last_day: date | None
    written_dates: str
    at: Instant

    def aggregate(self) -> str:
        return f"{self.leave.audience}_leave:{self.leave.id}"


class LeaveRequested(LeaveEvent, name="leaves.requested", version=1):
    reason: str


class LeaveApproved(LeaveEvent, name="leaves.approved", version=1):
    note: str
    reason: str


class LeaveRejected(LeaveEvent, name="leaves.rejected", version=1):
    note: str


class LeaveCancelled(LeaveEvent, name="leaves.cancelled", version=1):
    was: LeaveStatus
    """What it was before: pending or approved."""


class LeavesDeleted(RowsDeleted, name="leaves.deleted", version=1):
    """Requests that were erased with their person."""
