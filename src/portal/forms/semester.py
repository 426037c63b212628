"""Decisions on semester results."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.assessments import LONGEST_REASON

PROMOTIONS = {"yes": True, "no": False, "policy": None}


class ReasonForm(forms.Form):
    """Why results are withheld or cancelled."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The students read it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PromotionForm(forms.Form):
    promoted = forms.ChoiceField(
        label=_("Promotion"),
        choices=[("yes", _("Promoted")), ("no", _("Not promoted")), ("policy", _("As the grading policy says"))],
        widget=forms.RadioSelect,
    )

    def clean_promoted(self) -> bool | None:
        return PROMOTIONS[self.cleaned_data["promoted"]]
