from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import MarkField, row_id


class ClassForm(forms.Form):
    """Which class, and whether its results are kept back or released."""

    subject = row_id()
    session_year = row_id()
    withheld = forms.TypedChoiceField(choices=(("1", "1"), ("0", "0")), coerce=lambda value: value == "1")


class OneResultForm(forms.Form):
    """Marks of one student, as in the legacy. `students` are the choices: user ids and labels."""

    subject = row_id(error_messages={"required": _("Choose a subject first.")})
    session_year = row_id(required=False)
    student_list = row_id(label=_("Student"), widget=forms.Select, error_messages={"required": _("Choose a student.")})
    assignment_marks = MarkField(label=_("Assignment marks"))
    exam_marks = MarkField(label=_("Exam marks"))

    NAMES = {"student_id": "student_list", "subject_id": "subject"}
    """The contract's names → these."""

    def __init__(self, *args: Any, students: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(students)

    def offer(self, students: Iterable[tuple[int, str]]) -> None:
        widget = self.fields["student_list"].widget
        if isinstance(widget, forms.Select):
            widget.choices = [("", _("Choose…")), *students]
