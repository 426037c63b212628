"""Which register: the fields that the attendance pages choose by, under the legacy's names."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.academics import SessionYear, Subject
from portal.forms.fields import offer


class RegisterChoiceForm(forms.Form):
    """A subject and a session year; the choices are those of this moment and this person."""

    subject = forms.TypedChoiceField(label=_("Subject"), coerce=int)
    session_year = forms.TypedChoiceField(label=_("Session year"), coerce=int)

    def __init__(self, *args: Any, subjects: Iterable[Subject], years: Iterable[SessionYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subject", [(s.id, f"{s.name} ({s.course_name})") for s in subjects])
        offer(self, "session_year", [(y.id, y.label) for y in years])


class DayForm(RegisterChoiceForm):
    """And a day, to take the roll."""

    attendance_date = forms.DateField(label=_("Day"))


class StudentRangeForm(forms.Form):
    """A student's own question: which subject, from when to when."""

    subject = forms.TypedChoiceField(label=_("Subject"), coerce=int)
    start_date = forms.DateField(label=_("From"))
    end_date = forms.DateField(label=_("To"))

    def __init__(self, *args: Any, subjects: Iterable[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "subject", [(s.id, s.name) for s in subjects])
