"""A course and a session year, for several students at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.people import CHOOSE, Choices


class ClassForm(forms.Form):
    """`courses` and `years` are the choices of this moment."""

    course_id = forms.TypedChoiceField(label=_("Course"), coerce=int)
    session_year_id = forms.TypedChoiceField(label=_("Session year"), coerce=int)

    def __init__(self, *args: Any, courses: Choices, years: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (("course_id", courses), ("session_year_id", years)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [CHOOSE, *choices]
