"""Setting an assignment, and giving a mark for what was handed in; under the legacy's names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.academics import SessionYear, Subject
from portal.forms.fields import MarkField, offer, row_id

FIRST_YEAR, LAST_YEAR = 2000, 2100


class TaskForm(forms.Form):
    """What is asked, and until when."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=255)
    description = forms.CharField(
        label=gettext_lazy("What is to be done"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    due_date = forms.DateTimeField(label=gettext_lazy("To be handed in by"))

    NAMES = {"subject_id": "subject", "due_at": "due_date"}
    """The contract's names → these."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_date"].help_text = _("By the school's clock (%(zone)s).") % {"zone": settings.TIME_ZONE}

    def clean_due_date(self) -> datetime:
        """A year far off is a slip of the hand, and times at the ends of the calendar cannot be converted to UTC."""
        due_at: datetime = self.cleaned_data["due_date"]
        if not FIRST_YEAR <= due_at.year <= LAST_YEAR:
            raise ValidationError(_("Check the year."), code="year")
        return due_at


class AssignmentForm(TaskForm):
    """A new one. The subjects are those that the teacher teaches at this moment."""

    subject = forms.TypedChoiceField(label=gettext_lazy("Subject"), coerce=int)
    draft = forms.BooleanField(required=False)
    field_order = ("subject",)

    def __init__(self, *args: Any, subjects: Iterable[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subject", [(s.id, f"{s.name} ({s.course_name})") for s in subjects])


class GradeForm(forms.Form):
    submission_id = row_id()
    marks = MarkField(label=gettext_lazy("Marks"))


class YearForm(forms.Form):
    """Of which session year the class is."""

    session_year = forms.TypedChoiceField(label=gettext_lazy("Session year"), coerce=int)

    def __init__(self, *args: Any, years: Iterable[SessionYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "session_year", [(y.id, y.label) for y in years])
