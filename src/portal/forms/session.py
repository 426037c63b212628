"""Logging in, and what to do without the password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.people import password_field


class LoginForm(forms.Form):
    """The e-mail may be empty: some accounts of the legacy have none."""

    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        strip=False,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenPasswordForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class NewPasswordForm(forms.Form):
    token = forms.CharField(
        label=_("Code from the mail"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    new_password = password_field(_("New password"))
    confirm_password = password_field(_("New password, once more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm_password"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "new_password" in cleaned and cleaned["new_password"] != cleaned.get("confirm_password"):
            self.add_error("confirm_password", _("New passwords do not match!"))
        return cleaned
