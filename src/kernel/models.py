"""The kernel's own tables. They exist in every database that holds a module, so that they share its transactions."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """An event as it was published, in the same transaction as the change that it tells of."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True)
    type_id = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=100)
    body = models.JSONField()
    request_id = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("published event")
        verbose_name_plural = _("published events")
        indexes: ClassVar = [models.Index(fields=["published_at"])]

    def __str__(self) -> str:
        return f"{self.type_id} {self.aggregate}"


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("waiting")
    CLAIMED = "claimed", _("being delivered")
    DONE = "done", _("delivered")
    DEAD = "dead", _("given up")


class Delivery(models.Model):
    """One event on its way to one consumer, independent of all other consumers."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    """When to try next; while claimed, when the claim lapses."""
    last_error = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "consumer"], name="kernel_one_delivery_per_consumer")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="kernel_delivery_due", condition=models.Q(state__in=["pending", "claimed"])
            ),
            models.Index(
                fields=["consumer", "aggregate", "id"],
                name="kernel_delivery_order",
                condition=~models.Q(state="done"),
            ),
            models.Index(fields=["state", "done_at"], name="kernel_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.state}"


class InboxEntry(models.Model):
    """A consumer's note that it took in an event; committed together with the effect."""

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=100)
    event_uid = models.UUIDField()
    handled_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("handled event")
        verbose_name_plural = _("handled events")
        constraints: ClassVar = [models.UniqueConstraint(fields=["consumer", "event_uid"], name="kernel_handled_once")]
        indexes: ClassVar = [models.Index(fields=["handled_at"])]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_uid}"


class CommandAnswer(models.Model):
    """What a command from another process was answered, so that asking again does not do it again."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    operation = models.CharField(max_length=100)
    begun_at = models.DateTimeField(auto_now_add=True)
    status = models.PositiveSmallIntegerField(null=True)
    """Of the HTTP answer; None while the command runs."""
    body = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = _("answered command")
        verbose_name_plural = _("answered commands")
        indexes: ClassVar = [models.Index(fields=["begun_at"])]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"


class KeptResponse(models.Model):
    """What a request with an Idempotency-Key was answered, so that sending it again does not do it again."""

    id = models.BigAutoField(primary_key=True)
    who = models.CharField(max_length=64)
    """Whose key it is, as in "user:7" or "address:192.0.2.1"."""
    key = models.CharField(max_length=255)
    module = models.CharField(max_length=30, default="")
    """Whose operation it was; a module that moves takes its responses along."""
    digest = models.CharField(max_length=64)
    """Of method, path and body: a key belongs to one request."""
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    """None while the request is being answered."""
    headers = models.JSONField(default=dict)
    body = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = _("kept response")
        verbose_name_plural = _("kept responses")
        constraints: ClassVar = [models.UniqueConstraint(fields=["who", "key"], name="kernel_one_response_per_key")]

    def __str__(self) -> str:
        return f"{self.who}: {self.key}"


class JobState(models.Model):
    """When a scheduled job is due next, and how its last run went."""

    name = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """None while it runs, or when its process was killed."""
    succeeded = models.BooleanField(null=True)
    outcome = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who did what to which row, when, and in which request. Append-only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=100)
    target = models.CharField(max_length=100, db_index=True)
    actor_user_id = models.BigIntegerField(null=True, db_index=True)
    actor_role = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.action} {self.target}"


class MoveState(models.TextChoices):
    ARRIVING = "arriving", _("its data is being copied here")
    FROZEN = "frozen", _("about to leave: nothing can be written")
    GONE = "gone", _("lives elsewhere")
    HERE = "here", _("moved in")


class ModuleMove(models.Model):
    """Where a module is on its way between two databases, as this one of them knows it. No row: it never moved."""

    module = models.CharField(max_length=30, primary_key=True)
    state = models.CharField(max_length=8, choices=MoveState.choices)
    other = models.CharField(max_length=300, default="", blank=True)
    """Address of the other database, without its password."""
    table = models.CharField(max_length=100, default="", blank=True)
    """While arriving: the table being copied."""
    segment = models.BigIntegerField(default=-1)
    """While arriving: the last segment of that table that is complete; tables before it are."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("move of a module")
        verbose_name_plural = _("moves of modules")

    def __str__(self) -> str:
        return f"{self.module}: {self.state}"
