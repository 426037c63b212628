"""Fines: issued, taken back, listed."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Invalid
from contracts.finance import (
    FinanceService,
    Fine,
    FineCancelled,
    FineIssued,
    FineKind,
    FineStatus,
    FineTotals,
    FineWaived,
    Payment,
)
from contracts.users import UsersService
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import erase
from kernel.registry import services
from modules.finance import checks, models, queries
from modules.finance.ledger import posting
from modules.finance.settling import count_unpaid

ORDER = {"amount": "amount", "due_date": "due_date", "issued_at": "created_at"}


class Fines(FinanceService):
    def issue_fine(
        self,
        *,
        actor: Actor,
        student_id: int,
        amount: Decimal,
        reason: str,
        due_date: date,
        kind: FineKind = FineKind.OTHER,
        department: str = "",
    ) -> Fine:
        require(actor, Role.HOD, Role.STAFF)
        fields = checks.problems_of_a_fine(amount, reason, department)
        system = Actor.system(request_id=actor.request_id)
        if student_id not in services.get(UsersService).students(actor=system, student_ids=(student_id,)):
            fields["student"] = [_("There is no such student.")]
        if fields:
            raise Invalid(fields=fields)
        with atomic(self.module):
            row = models.Fine.objects.create(
                student_id=student_id,
                amount=amount,
                reason=reason.strip(),
                due_date=due_date,
                kind=kind.value,
                department=department.strip(),
                issued_by=actor.user_id,
            )
            count_unpaid(row, +1)
            posting.follow(actor, row.pk)
            audit.record(
                actor=actor,
                action="finance.fine_issued",
                target=f"Fine:{row.pk}",
                student=student_id,
                amount=str(amount),
            )
            publish(
                FineIssued(
                    fine_id=row.pk,
                    student_id=student_id,
                    amount=amount,
                    reason=row.reason,
                    due_date=due_date,
                    at=row.created_at,
                )
            )
        return checks.shown(row.pk)

    def cancel_fine(self, *, actor: Actor, fine_id: int, reason: str = "") -> None:
        require(actor, Role.HOD, Role.STAFF)
        with atomic(self.module):
            row = checks.locked(actor, fine_id)
            checks.require_unpaid(row)
            count_unpaid(row, -1)
            # Nothing outside of finance refers to fines, so nothing but their payments can stand in the way.
            kept = row.payments.exists()
            if kept:
                row.status = FineStatus.CANCELLED.value
                row.cancelled_at, row.cancel_reason = timezone.now(), reason.strip()
                row.save(update_fields=["status", "cancelled_at", "cancel_reason"])
            else:
                erase(models.Fine.objects.filter(pk=row.pk))
            posting.follow(actor, fine_id)
            audit.record(
                actor=actor,
                action="finance.fine_cancelled",
                target=f"Fine:{fine_id}",
                student=row.student_id,
                amount=str(row.amount),
                reason=reason.strip(),
                erased=not kept,
            )
            publish(FineCancelled(fine_id=fine_id, student_id=row.student_id, at=timezone.now()))

    def waive_fine(self, *, actor: Actor, fine_id: int, reason: str) -> Fine:
        require(actor, Role.HOD)
        checks.require_reason(reason, _("Say why the fine is waived."))
        with atomic(self.module):
            row = checks.locked(actor, fine_id)
            checks.require_unpaid(row)
            checks.require_nothing_pending(row)
            count_unpaid(row, -1)
            row.status, row.waive_reason = FineStatus.WAIVED.value, reason.strip()
            row.waived_at, row.waived_by = timezone.now(), actor.user_id
            row.save(update_fields=["status", "waive_reason", "waived_at", "waived_by"])
            posting.follow(actor, fine_id)
            audit.record(
                actor=actor,
                action="finance.fine_waived",
                target=f"Fine:{fine_id}",
                student=row.student_id,
                amount=str(row.amount),
                reason=row.waive_reason,
            )
            publish(
                FineWaived(
                    fine_id=fine_id,
                    student_id=row.student_id,
                    amount=row.amount,
                    reason=row.waive_reason,
                    at=row.waived_at,
                )
            )
        return checks.shown(fine_id)

    def list_fines(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        student_ids: tuple[int, ...] | None = None,
        status: FineStatus | None = None,
        found_students: tuple[int, ...] = (),
        ids: tuple[int, ...] | None = None,
        overdue: bool = False,
        kind: FineKind | None = None,
    ) -> Page[Fine]:
        require(actor, Role.HOD, Role.STAFF)
        rows = models.Fine.objects.all()
        if kind is not None:
            rows = rows.filter(kind=kind)
        if overdue:
            rows = rows.filter(status=FineStatus.UNPAID, due_date__lt=timezone.localdate())
        if ids is not None:
            rows = rows.filter(id__in=ids)
        if student_ids is not None:
            rows = rows.filter(student_id__in=student_ids)
        if status is not None:
            rows = rows.filter(status=status)
        if found_students:
            rows = queries.searched(rows, page.search, found_students)
            page = page.model_copy(update={"search": ""})
        return page_of(rows, page, build=queries.build, search=("reason",), order=ORDER)

    def own_fines(
        self, *, actor: Actor, page: PageRequest, status: FineStatus | None = None, kind: FineKind | None = None
    ) -> Page[Fine]:
        rows = models.Fine.objects.filter(student_id=checks.own_student(actor))
        if kind is not None:
            rows = rows.filter(kind=kind)
        if status is not None:
            rows = rows.filter(status=status)
        return page_of(rows, page, build=queries.build, search=("reason",), order=ORDER)

    def fine(self, *, actor: Actor, fine_id: int) -> Fine:
        checks.visible(actor, fine_id)
        return checks.shown(fine_id)

    def payments(self, *, actor: Actor, fine_id: int) -> tuple[Payment, ...]:
        checks.visible(actor, fine_id)
        return queries.payments(fine_id)

    def totals(self, *, actor: Actor) -> FineTotals:
        require_login(actor)
        today = timezone.localdate()
        if actor.role is Role.STUDENT:
            return queries.student_totals(checks.own_student(actor), today)
        return queries.school_totals(today)
