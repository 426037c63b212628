"""Tables of notifications: an inbox for each kind of recipient, since their ids come from different tables."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.notifications import Inbox, NoticeKind
from kernel.refs import ModuleRef, Reaction

KINDS = [(k.value, k.value) for k in NoticeKind]


class Notification(models.Model):
    """What the notices of all inboxes have in common."""

    message = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=KINDS, default=NoticeKind.MESSAGE.value)
    read_at = models.DateTimeField(null=True, blank=True)
    occasion = models.UUIDField(null=True, blank=True)
    """The event or message that it tells of: nobody is told twice. None for what came from the legacy."""
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    inbox: ClassVar[Inbox]
    owner_field: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.message[:80]


class StudentNotification(Notification):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.CASCADE, db_index=False)

    inbox = Inbox.STUDENT
    owner_field = "student_id"

    class Meta:
        verbose_name = _("student notification")
        verbose_name_plural = _("student notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student_id", "occasion"], name="notifications_student_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["student_id", "-id"], name="notifications_student_inbox"),
            models.Index(fields=["student_id"], name="notifications_student_unread", condition=Q(read_at=None)),
        ]


class StaffNotification(Notification):
    id = models.BigAutoField(primary_key=True)
    staff_id = ModuleRef("users.StaffProfile", reaction=Reaction.CASCADE, db_index=False)

    inbox = Inbox.STAFF
    owner_field = "staff_id"

    class Meta:
        verbose_name = _("staff notification")
        verbose_name_plural = _("staff notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["staff_id", "occasion"], name="notifications_staff_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff_id", "-id"], name="notifications_staff_inbox"),
            models.Index(fields=["staff_id"], name="notifications_staff_unread", condition=Q(read_at=None)),
        ]


class HodNotification(Notification):
    id = models.BigAutoField(primary_key=True)
    user_id = ModuleRef("users.User", reaction=Reaction.CASCADE, db_index=False)

    inbox = Inbox.HOD
    owner_field = "user_id"

    class Meta:
        verbose_name = _("HOD notification")
        verbose_name_plural = _("HOD notifications")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "occasion"], name="notifications_hod_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user_id", "-id"], name="notifications_hod_inbox"),
            models.Index(fields=["user_id"], name="notifications_hod_unread", condition=Q(read_at=None)),
        ]


NotificationModel = type[StudentNotification] | type[StaffNotification] | type[HodNotification]

MODELS: dict[Inbox, NotificationModel] = {
    Inbox.STUDENT: StudentNotification,
    Inbox.STAFF: StaffNotification,
    Inbox.HOD: HodNotification,
}


class EmailState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    """The mail server did not take it; it is tried again as long as its event is."""


class EmailDelivery(models.Model):
    """One mail to one person, written once and then handed to the mail server."""

    id = models.BigAutoField(primary_key=True)
    user_id = ModuleRef("users.User", reaction=Reaction.CASCADE, db_index=False)
    occasion = models.UUIDField()
    """The event that it tells of: nobody gets two mails about it."""
    to = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    state = models.CharField(max_length=6, choices=EmailState.choices, default=EmailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "occasion"], name="notifications_mailed_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["state"], name="notifications_unsent", condition=~Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject} ({self.state})"
