"""Courses, subjects and session years, under the legacy's field names."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.fields import offer, row_id

LONGEST_NAME = 255

Choices = list[tuple[int, str]]


class CourseForm(forms.Form):
    course = forms.CharField(
        label=_("Course name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the name of the course.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    NAMES = {"name": "course"}
    """The contract's names → these."""


class EditCourseForm(CourseForm):
    course_id = row_id()


class SubjectForm(forms.Form):
    """`courses` and `teachers` are the choices of this moment: ids (a teacher's is the user id) and labels."""

    subject = forms.CharField(
        label=_("Subject name"),
        max_length=LONGEST_NAME,
        error_messages={"required": _("Enter the name of the subject.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    course = forms.TypedChoiceField(
        label=_("Course"), coerce=int, error_messages={"required": _("Choose the course of the subject.")}
    )
    staff = forms.TypedChoiceField(
        label=_("Teacher"), coerce=int, error_messages={"required": _("Choose who teaches the subject.")}
    )

    NAMES = {"name": "subject", "course_id": "course", "teacher_id": "staff"}

    def __init__(self, *args: Any, courses: Choices, teachers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("course", courses), ("staff", teachers)):
            offer(self, name, [("", _("Choose…")), *choices])


class EditSubjectForm(SubjectForm):
    subject_id = row_id()


class SessionYearForm(forms.Form):
    session_start_year = forms.DateField(
        label=_("First day"), error_messages={"required": _("Enter the first day of the session year.")}
    )
    session_end_year = forms.DateField(
        label=_("Last day"), error_messages={"required": _("Enter the last day of the session year.")}
    )

    NAMES = {"first_day": "session_start_year", "last_day": "session_end_year"}


class EditSessionYearForm(SessionYearForm):
    session_id = row_id()
