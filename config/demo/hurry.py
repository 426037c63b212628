"""What makes the demo school quick: known passwords need no hard hash, and mails to invented people are not sent."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, reset_hashers


class QuickHasher(Argon2PasswordHasher):
    """Argon2 at its least cost. The hash tells its cost: a login verifies it, and replaces it by one of full cost."""

    time_cost = 1
    memory_cost = 1024  # KiB
    parallelism = 1


@contextmanager
def hurry() -> Iterator[None]:
    """For the block, hash quickly and drop all mails."""
    before = {name: getattr(settings, name) for name in ("PASSWORD_HASHERS", "EMAIL_BACKEND")}
    try:
        _set(
            PASSWORD_HASHERS=[f"{QuickHasher.__module__}.{QuickHasher.__name__}", *settings.PASSWORD_HASHERS],
            EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        )
        yield
    finally:
        _set(**before)


def _set(**values: object) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    reset_hashers(setting="PASSWORD_HASHERS")
