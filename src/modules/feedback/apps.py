from django.utils.translation import gettext_lazy as _

from contracts import feedback
from kernel.module import ModuleConfig


class FeedbackConfig(ModuleConfig):
    name = "modules.feedback"
    verbose_name = _("Feedback")

    provides = feedback.FeedbackService
    publishes = (feedback.FeedbackSent, feedback.FeedbackReplied)
    deleted = feedback.FeedbackDeleted
