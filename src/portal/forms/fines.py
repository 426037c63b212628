"""Fines: issuing one, taking one back, and what a payment provider's checkout returns; under the legacy's names."""

from collections.abc import Iterable
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.finance import FineKind, PaymentMethod
from portal.forms.fields import row_id

KINDS = (
    (FineKind.OTHER.value, _("Other")),
    (FineKind.LIBRARY.value, _("Library")),
    (FineKind.DAMAGE.value, _("Loss or damage")),
    (FineKind.LATENESS.value, _("Lateness")),
    (FineKind.CONDUCT.value, _("Conduct")),
)


class FineForm(forms.Form):
    """`student` is a profile id, as in the legacy. The page offers a few students; any other can be posted as well."""

    student = row_id(
        label=_("Student"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Search for the student, and choose one.")},
    )
    amount = forms.DecimalField(label=_("Amount"), max_digits=10, decimal_places=2, min_value=Decimal("0.01"))
    reason = forms.CharField(label=_("Reason"), max_length=255)
    due_date = forms.DateField(label=_("To be paid by"))

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False, initial=FineKind.OTHER.value)
    department = forms.CharField(
        label=_("Department"), max_length=100, required=False, help_text=_("Whom it is owed to, if that matters.")
    )

    NAMES = {"student_id": "student"}
    """The contract's names → these."""

    def offer(self, students: Iterable[tuple[int, str]]) -> None:
        """The students to choose from: profile id and label."""
        widget = self.fields["student"].widget
        if isinstance(widget, forms.RadioSelect):
            widget.choices = list(students)


class CancelFineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is taken back"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class WaiveFineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it need not be paid"),
        max_length=255,
        help_text=_("The student is told."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RecordPaymentForm(forms.Form):
    method = forms.ChoiceField(
        label=_("How it was paid"),
        choices=[
            (PaymentMethod.CASH.value, _("Cash")),
            (PaymentMethod.CARD.value, _("Card")),
            (PaymentMethod.CHEQUE.value, _("Cheque")),
            (PaymentMethod.TRANSFER.value, _("Bank transfer")),
        ],
    )
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=100, help_text=_("As the number of a cheque or of a transfer.")
    )


class CheckoutReturnForm(forms.Form):
    """What comes back from a checkout, under the provider's names."""

    razorpay_payment_id = forms.CharField(max_length=100, widget=forms.HiddenInput)
    razorpay_order_id = forms.CharField(max_length=100, widget=forms.HiddenInput)
    razorpay_signature = forms.CharField(max_length=200, widget=forms.HiddenInput)
