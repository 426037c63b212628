"""The grading policy, as a head of department writes it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.assessments import GradeStep, GradingPolicy
from portal.forms.fields import MarkField, read_mark
from portal.marksheet import mark_text


class GradingPolicyForm(forms.Form):
    """The scale has a line for each step."""

    exam_weight = MarkField(
        label=gettext_lazy("Weight of the exam, in percent"),
        help_text=gettext_lazy("The assignment mark has the rest of 100."),
    )
    pass_percentage = MarkField(label=gettext_lazy("A subject is passed from this percentage on"))
    allowed_failures = forms.IntegerField(
        label=gettext_lazy("Failed subjects with which a student is still promoted"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    scale = forms.CharField(
        label=gettext_lazy("Grade scale"),
        help_text=gettext_lazy(
            "A line for each grade, highest first: its letter, the percentage from which it is given, and its points,"
            " such as “A+ 80 9”. The last line begins at 0."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def clean_scale(self) -> tuple[GradeStep, ...]:
        lines = (line.split() for line in self.cleaned_data["scale"].splitlines())
        return tuple(_step(number, words) for number, words in enumerate(lines, start=1) if words)

    def policy(self) -> GradingPolicy:
        """What was written, once it is valid."""
        return GradingPolicy.model_validate(self.cleaned_data)


def written(policy: GradingPolicy) -> dict[str, Any]:
    """A policy as the form's initial values."""
    return {
        "exam_weight": mark_text(policy.exam_weight),
        "pass_percentage": mark_text(policy.pass_percentage),
        "allowed_failures": policy.allowed_failures,
        "scale": _lines(policy.scale),
    }


def _lines(scale: Iterable[GradeStep]) -> str:
    return "\n".join(f"{s.letter} {mark_text(s.from_percentage)} {mark_text(s.points)}" for s in scale)


def _step(number: int, words: list[str]) -> GradeStep:
    """Raises ValidationError that names the line."""
    try:
        letter, start, points = words
        numbers: tuple[Decimal, Decimal] = (read_mark(start), read_mark(points))
    except ValueError:
        message = _("Line %(n)d: write a letter, a percentage and points, such as “A+ 80 9”.") % {"n": number}
        raise ValidationError(message, code="line") from None
    return GradeStep(letter=letter, from_percentage=numbers[0], points=numbers[1])
