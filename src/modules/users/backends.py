"""Lets people into Django's admin site, by username or e-mail. The pages log in through the service."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest

from kernel.identity import origin_of
from modules.users import credentials
from modules.users.models import User


class EmailBackend(ModelBackend):
    """Its path stands in sessions: renaming it ends them for the admin site."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Raises PermissionDenied after too many failures, which Django takes for a refusal."""
        if not username or password is None:
            return None
        accounts = credentials.able_to_log_in().filter(Q(username=username) | Q(email=username))
        try:
            address = origin_of(request).address if request else ""
            return credentials.open_account(username, password, accounts, address=address)
        except credentials.TooManyFailures as error:
            raise PermissionDenied from error

    def get_user(self, user_id: int) -> User | None:
        return credentials.able_to_log_in().filter(pk=user_id).first()
