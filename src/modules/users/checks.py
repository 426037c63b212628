"""Whether what was typed can be kept: for each field the messages that say why not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import DTO
from contracts.users import AccountFields
from modules.users import queries
from modules.users.models import User

Problems = dict[str, list[str]]

ACCOUNT = ("username", "email", "first_name", "last_name")
"""What is kept in the account; everything else is in the profile."""

LONGEST = {"gender": 50, "address": 1000}
"""For columns that hold longer texts of the legacy."""


def given(fields: DTO) -> dict[str, Any]:
    """The fields that have a value, in the form in which they are kept: without spaces around texts."""
    values = {
        name: value.strip() if isinstance(value, str) and name != "password" else value
        for name, value in fields.model_dump().items()
        if value is not None
    }
    if "username" in values:
        values["username"] = User.normalize_username(values["username"])
    if "email" in values:
        values["email"] = User.objects.normalize_email(values["email"])
    return values


def account_problems(values: Mapping[str, Any], *, user_id: int | None = None) -> Problems:
    """Of a new account (`user_id` None), or of the changed fields of one that exists."""
    problems = field_problems(User, {name: values[name] for name in ACCOUNT if name in values}, required=ACCOUNT)
    username, email = values.get("username"), values.get("email")
    if username and "username" not in problems and queries.username_taken(username, besides=user_id):
        problems["username"] = [_("Username already exists. Please choose a different username.")]
    if email and "email" not in problems and queries.email_taken(email, besides=user_id):
        problems["email"] = [_("Email already exists. Please use a different email.")]
    return problems


def new_account_problems(account: AccountFields) -> Problems:
    values = given(account)
    user = User(**{name: values[name] for name in ACCOUNT})
    return account_problems(values) | password_problems(account.password, user, field="password")


def field_problems(model: type[Model], values: Mapping[str, Any], *, required: tuple[str, ...] = ()) -> Problems:
    """What the columns of a table cannot hold."""
    problems: Problems = {}
    for name, value in values.items():
        if value == "" and name in required:
            problems[name] = [_("This field is required.")]
        elif value not in ("", None) and (texts := _value_problems(model, name, value)):
            problems[name] = texts
    return problems


def _value_problems(model: type[Model], name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        longest = LONGEST.get(name)
        if "\0" in value:
            return [_("Null characters are not allowed.")]
        if longest is not None and len(value) > longest:
            return [
                _("Ensure this value has at most %(limit)d characters (it has %(length)d).")
                % {"limit": longest, "length": len(value)}
            ]
    if name == "birth_date" and isinstance(value, date) and value > timezone.localdate():
        return [_("This day has not come yet.")]
    (field,) = (field for field in model._meta.concrete_fields if field.name == name)
    try:
        field.run_validators(value)
    except ValidationError as error:
        return list(error.messages)
    return []


def password_problems(password: str, user: User, *, field: str) -> Problems:
    """Whether a new password keeps the school's rules; old ones stay valid whatever they are."""
    if not password:
        return {field: [_("This field is required.")]}
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {field: list(error.messages)}
    return {}
