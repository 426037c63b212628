"""Tables of finance. They hold whatever the legacy let in: amounts of zero and below, texts of any length."""

from typing import ClassVar

from django.db import models
from django.db.models import BigIntegerField, Count, DecimalField, F, Func, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.finance import FineKind, FineStatus, PaymentStatus
from kernel.append_only import AppendOnly
from kernel.refs import ModuleRef, Reaction
from kernel.totals import RunningTotal

FINE_STATUSES = [(s.value, s.value) for s in FineStatus]

UNPAID_COUNT, UNPAID_MINOR = "unpaid:count", "unpaid:minor"
"""Names of the running totals: how many fines of the school are unpaid, and what they come to in the smallest unit."""


class Fine(models.Model):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.TextField()
    due_date = models.DateField()
    status = models.CharField(max_length=10, choices=FINE_STATUSES, default=FineStatus.UNPAID.value)
    issued_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    payment_id = models.TextField(null=True, blank=True)  # noqa: DJ001 - the legacy tells NULL from ''
    """The provider's id of the payment that settled it."""
    payment_date = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(default="", blank=True)
    kind = models.CharField(max_length=10, default=FineKind.OTHER.value)
    """A `contracts.finance.FineKind`."""
    department = models.CharField(max_length=100, default="", blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    waive_reason = models.TextField(default="", blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)
    """When it was told that nobody had paid in time; None when it was paid, is not due yet, or was due long ago."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When the student was last reminded of it, before or after its last day."""

    class Meta:
        verbose_name = _("fine")
        verbose_name_plural = _("fines")
        indexes: ClassVar = [
            models.Index(fields=["status", "-id"]),
            models.Index(fields=["student_id", "status", "-id"]),
            models.Index(fields=["due_date"], name="finance_fine_overdue", condition=Q(status="unpaid")),
        ]

    def __str__(self) -> str:
        return f"{self.amount}: {self.reason[:50]} ({self.status})"


class FinePayment(models.Model):
    """One attempt to pay: an order with a provider and what came of it, or a row of the legacy."""

    id = models.BigAutoField(primary_key=True)
    fine = models.ForeignKey(Fine, on_delete=models.PROTECT, related_name="payments")
    payment_id = models.TextField(default="", blank=True)
    """The provider's id of the payment; empty until there is one."""
    amount_paid = models.DecimalField(max_digits=12, decimal_places=2)
    """Zero as long as nothing has been paid for an order."""
    payment_date = models.DateTimeField(default=timezone.now)
    """When it was paid or refused; when the order was made, as long as neither has happened."""
    reported_at = models.DateTimeField(null=True, blank=True)
    """When it was first said to be paid; kept while that is being confirmed, and when it never was."""
    payment_status = models.TextField(default=PaymentStatus.CREATED.value)
    transaction_id = models.TextField(null=True, blank=True)  # noqa: DJ001 - the legacy tells NULL from ''
    payment_method = models.TextField(null=True, blank=True)  # noqa: DJ001 - the legacy tells NULL from ''
    provider = models.CharField(max_length=20, default="", blank=True)
    """Who took the order; empty for rows of the legacy, as are the other facts of an order."""
    order_id = models.CharField(max_length=100, default="", blank=True)
    order_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    created_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    receipt_number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    """Counts the payments that settled a fine here, without gaps; the legacy gave none."""

    class Meta:
        verbose_name = _("fine payment")
        verbose_name_plural = _("fine payments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "order_id"], name="finance_one_payment_per_order", condition=~Q(order_id="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id or self.payment_id}: {self.payment_status}"


class ProviderEvent(models.Model):
    """A webhook of a provider, as it was told and what came of it. Told again, it is known by its id."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)
    event = models.CharField(max_length=100)
    """The provider's name for what happened, as in "payment.captured"."""
    order_id = models.CharField(max_length=100, default="", blank=True)
    payment_id = models.CharField(max_length=100, default="", blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    """In the smallest unit of the currency; none when it is not about a payment."""
    currency = models.CharField(max_length=10, default="", blank=True)
    outcome = models.CharField(max_length=20)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="finance_one_row_per_provider_event")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.payment_id}: {self.outcome}"


def minor(field: str) -> Cast:
    """An amount column in the smallest unit, exact also where the database keeps decimals as floats."""
    hundredfold = F(field) * Value(100, output_field=DecimalField(max_digits=14, decimal_places=2))
    return Cast(Func(hundredfold, function="ROUND", output_field=DecimalField()), BigIntegerField())


def minor_sum(field: str, *, where: Q | None = None) -> Sum:
    """The sum of an amount column in the smallest unit."""
    return Sum(minor(field), filter=where, default=0)


class FineTotal(RunningTotal):
    """What the whole school owes: `UNPAID_COUNT` and `UNPAID_MINOR`."""

    class Meta:
        verbose_name = _("fine total")
        verbose_name_plural = _("fine totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        counted = Fine.objects.filter(status=FineStatus.UNPAID).aggregate(n=Count("pk"), minor=minor_sum("amount"))
        return {UNPAID_COUNT: counted["n"], UNPAID_MINOR: counted["minor"]}


class LedgerTransaction(AppendOnly):
    """What happened to money that is owed or came, with entries that balance. A correction is another transaction,
    which `reverses` this one; one that is not reversed is in force.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    """A `contracts.finance.LedgerKind`."""
    fine_id = models.BigIntegerField(db_index=True)
    """No foreign key: it outlives a fine that is erased."""
    payment_id = models.BigIntegerField(null=True, blank=True)
    """The payment's id here, where it is about one."""
    revision = models.PositiveIntegerField(default=1)
    """Counts the transactions of one kind about one fine or payment; the second is there once the first is reversed."""
    memo = models.TextField(default="", blank=True)
    """What the fine is for."""
    at = models.DateTimeField()
    """When it happened."""
    posted_at = models.DateTimeField(default=timezone.now)
    actor = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    """Who did it; None for the house itself."""
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("kind"),
                F("fine_id"),
                Coalesce(F("payment_id"), Value(0), output_field=BigIntegerField()),
                F("revision"),
                name="finance_posted_once",
                condition=Q(reverses=None),
            )
        ]


class LedgerEntry(AppendOnly):
    """One side of a transaction: an amount above zero that is debited or credited to an account."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=20)
    """A `contracts.finance.Account`."""
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.KEEP, null=True, blank=True)
    """Whose debt, or whose money, it is."""
    debit = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    credit = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="finance_entry_has_one_side"
            )
        ]


class LedgerTotal(RunningTotal):
    """Balance of each account over all students, debits less credits, in the smallest unit."""

    class Meta:
        verbose_name = _("ledger total")
        verbose_name_plural = _("ledger totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        sums = LedgerEntry.objects.values_list("account").annotate(n=minor_sum("debit") - minor_sum("credit"))
        return dict(sums.order_by())

    @classmethod
    def rebuild(cls) -> None:
        """The ledger follows fines and payments first, which a move from the legacy writes without it."""
        from modules.finance.ledger.posting import post_missing  # which needs the tables

        post_missing()
        super().rebuild()
