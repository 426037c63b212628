"""Tables of feedback. Students' and staff's are apart, since their ids come from two tables of the legacy."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.base import Audience
from kernel.refs import ModuleRef, Reaction
from kernel.totals import RunningTotal


class FeedbackMessage(models.Model):
    """What both kinds of feedback have in common."""

    text = models.TextField(blank=True)
    reply = models.TextField(default="", blank=True)
    """Empty while nobody replied."""
    replied_at = models.DateTimeField(null=True, blank=True)
    """NULL for replies of the legacy, which kept no time of its own for them."""
    replied_by = ModuleRef("users.User", reaction=Reaction.KEEP, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    audience: ClassVar[Audience]
    person_field: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def person_id(self) -> int:
        return int(getattr(self, self.person_field))


class StudentFeedback(FeedbackMessage):
    id = models.BigAutoField(primary_key=True)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)

    audience = Audience.STUDENT
    person_field = "student_id"

    class Meta:
        verbose_name = _("student feedback")
        verbose_name_plural = _("feedback by students")
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="feedback_student_unanswered", condition=models.Q(reply="")),
        ]


class StaffFeedback(FeedbackMessage):
    id = models.BigAutoField(primary_key=True)
    staff_id = ModuleRef("users.StaffProfile", reaction=Reaction.BLOCK)

    audience = Audience.STAFF
    person_field = "staff_id"

    class Meta:
        verbose_name = _("staff feedback")
        verbose_name_plural = _("feedback by staff")
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="feedback_staff_unanswered", condition=models.Q(reply="")),
        ]


class FeedbackTotal(RunningTotal):
    """Feedback per audience: "student:total", and "student:unanswered" for what has no reply."""

    class Meta:
        verbose_name = _("feedback total")
        verbose_name_plural = _("feedback totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        totals: dict[str, int] = {}
        for audience, model in MODELS.items():
            totals[f"{audience}:total"] = model._default_manager.count()
            totals[f"{audience}:unanswered"] = model._default_manager.filter(reply="").count()
        return totals


MODELS: dict[Audience, type[StudentFeedback] | type[StaffFeedback]] = {
    Audience.STUDENT: StudentFeedback,
    Audience.STAFF: StaffFeedback,
}
