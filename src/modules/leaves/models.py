"""Tables of leaves. Students' and staff's requests are apart, since their ids come from two tables of the legacy."""

from typing import ClassVar

from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.base import Audience
from contracts.leaves import LeaveStatus
from kernel.refs import ModuleRef, Reaction
from kernel.totals import RunningTotal

STATUSES = [(s.value, s.value) for s in LeaveStatus]


class LeaveRequest(models.Model):
    """What both kinds of request have in common."""

    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    written_dates = models.TextField(default="", blank=True)
    """Free text of the legacy, as it was written; empty for requests made here."""
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=STATUSES, default=LeaveStatus.PENDING.value)
    decision_note = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    audience: ClassVar[Audience]
    person_field: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.first_day or self.written_dates} ({self.status})"

    @property
    def person_id(self) -> int:
        return int(getattr(self, self.person_field))


class StudentLeave(LeaveRequest):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)

    audience = Audience.STUDENT
    person_field = "student_id"

    class Meta:
        verbose_name = _("student leave")
        verbose_name_plural = _("student leaves")
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"]),
            models.Index(fields=["student_id", "status", "first_day"]),
        ]


class StaffLeave(LeaveRequest):
    id = models.BigAutoField(primary_key=True)
    staff_id = ModuleRef("users.StaffProfile", reaction=Reaction.BLOCK)

    audience = Audience.STAFF
    person_field = "staff_id"

    class Meta:
        verbose_name = _("staff leave")
        verbose_name_plural = _("staff leaves")
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"]),
            models.Index(fields=["staff_id", "status", "first_day"]),
        ]


class LeaveDecision(models.Model):
    """One step in the history of a request. Append-only."""

    id = models.BigAutoField(primary_key=True)
    audience = models.CharField(max_length=10)
    leave_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=STATUSES)
    note = models.TextField(default="", blank=True)
    decided_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("leave decision")
        verbose_name_plural = _("leave decisions")
        indexes: ClassVar = [models.Index(fields=["audience", "leave_id", "id"])]

    def __str__(self) -> str:
        return f"{self.audience} {self.leave_id}: {self.status}"


class LeaveTotal(RunningTotal):
    """Requests per status: "student:all:pending" for an audience, "student:701:approved" for a person."""

    class Meta:
        verbose_name = _("leave total")
        verbose_name_plural = _("leave totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        totals: dict[str, int] = {}
        for model in (StudentLeave, StaffLeave):
            counted = (
                model._default_manager.values_list(model.person_field, "status").annotate(n=Count("pk")).order_by()
            )
            for person_id, status, n in counted:
                for name in total_names(model.audience, person_id, status):
                    totals[name] = totals.get(name, 0) + n
        return totals


def total_names(audience: Audience, person_id: int, status: str) -> tuple[str, str]:
    """The two totals in which a request is counted."""
    return f"{audience}:all:{status}", f"{audience}:{person_id}:{status}"


MODELS: dict[Audience, type[StudentLeave] | type[StaffLeave]] = {
    Audience.STUDENT: StudentLeave,
    Audience.STAFF: StaffLeave,
}
