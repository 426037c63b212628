from django import forms
from django.utils.translation import gettext_lazy as _


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
