from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.base import Audience
from portal.forms.fields import row_id

LONGEST_TEXT = 10_000


class FeedbackForm(forms.Form):
    feedback_message = forms.CharField(
        label=_("Your feedback"),
        max_length=LONGEST_TEXT,
        help_text=_("It goes to the heads of department, with your name."),
        error_messages={"required": _("Write your feedback first.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    NAMES = {"text": "feedback_message"}
    """The contract's names → these."""


class ReplyForm(forms.Form):
    """`id` says to which feedback, so that a refused reply finds its way back to it."""

    id = row_id()
    reply = forms.CharField(
        label=_("Reply"),
        max_length=LONGEST_TEXT,
        error_messages={"required": _("Write a reply first.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    NAMES = {"text": "reply", "feedback": "id"}


class StudentReplyForm(ReplyForm):
    pass


class StaffReplyForm(ReplyForm):
    pass


REPLY_FORMS: dict[Audience, type[ReplyForm]] = {Audience.STUDENT: StudentReplyForm, Audience.STAFF: StaffReplyForm}
"""A form for each, since their feedback is numbered apart: a refused reply waits for the right one."""


class PeriodForm(forms.Form):
    """Days of which figures are shown, both included."""

    first_day = forms.DateField(label=_("From"))
    last_day = forms.DateField(label=_("To"))
