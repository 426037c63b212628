"""Fields that several forms have."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST_ID = 2**63 - 1


def row_id(*, widget: type[forms.Widget] | forms.Widget = forms.HiddenInput, **options: Any) -> forms.IntegerField:
    """The id of a row, as large as one can be; hidden unless there is something to choose."""
    return forms.IntegerField(min_value=1, max_value=LARGEST_ID, widget=widget, **options)


def offer(form: forms.BaseForm, name: str, choices: list[Any]) -> None:
    """Gives a field the choices of this moment. TypeError for a field that has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no choice")
    field.choices = choices


def read_mark(text: str) -> Decimal:
    """A mark as people write it, with a point or a comma. Raises ValueError for what is no finite number."""
    try:
        mark = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if not mark.is_finite():
        raise ValueError(text)
    return mark


class MarkField(forms.CharField):
    """A number for a mark; which numbers are marks, the service knows.

    A text input with a keyboard of numbers: a number input would lose a comma, and change under a scrolling finger.
    """

    default_error_messages = {"number": _("Enter a number, such as 72 or 72.5.")}

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_mark(text)
        except ValueError:
            raise ValidationError(self.error_messages["number"], code="number") from None
