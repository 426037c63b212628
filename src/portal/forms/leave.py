from django import forms
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    """The legacy's two fields, and a last day for leave that is longer than one."""

    leave_date = forms.DateField(label=_("First day"))
    leave_until = forms.DateField(label=_("Last day"), required=False, help_text=_("Leave empty for a single day."))
    leave_message = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    NAMES = {"first_day": "leave_date", "last_day": "leave_until", "reason": "leave_message"}
    """The contract's names → these."""


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the person"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
