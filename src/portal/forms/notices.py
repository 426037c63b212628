"""Writing to a group of people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.academics import Course, SessionYear, Subject
from contracts.notifications import Group, Inbox
from portal.forms.fields import offer

LONGEST_MESSAGE = 2000


class GroupNoticeForm(forms.Form):
    """To whom, and what. `to` is an inbox, as in "staff", or a part of the students, as in "course:3"."""

    to = forms.ChoiceField(label=_("To"))
    session_year = forms.TypedChoiceField(
        label=_("Session year"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Narrows students to those of one year."),
    )
    message = forms.CharField(
        label=_("Message"),
        max_length=LONGEST_MESSAGE,
        error_messages={"required": _("Write a message.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    NAMES = {"message": "message", "group": "to", "subject_id": "to", "session_year_id": "session_year"}
    """The contract's names → these."""

    def __init__(self, *args: Any, groups: list[Any], years: Iterable[SessionYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", groups)
        offer(self, "session_year", [("", _("All years")), *((one.id, one.label) for one in years)])

    def group(self) -> Group:
        """What was chosen. Only of a form that is valid."""
        kind, _colon, number = self.cleaned_data["to"].partition(":")
        year = self.cleaned_data["session_year"]
        if not number:
            inbox = Inbox(kind)
            return Group(inbox=inbox, session_year_id=year if inbox is Inbox.STUDENT else None)
        return Group(inbox=Inbox.STUDENT, session_year_id=year, **{f"{kind}_id": int(number)})


def groups_for_hod(courses: Iterable[Course]) -> list[Any]:
    everybody = [("student", _("All students")), ("staff", _("All staff")), ("hod", _("All heads of department"))]
    return [*everybody, (_("Students of a course"), [(f"course:{one.id}", one.name) for one in courses])]


def groups_for_teacher(subjects: Iterable[Subject]) -> list[Any]:
    return [(f"subject:{one.id}", f"{one.name} ({one.course_name})") for one in subjects]
