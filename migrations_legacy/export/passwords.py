"""What becomes of password hashes: the legacy checks Django's older formats only."""

from django.contrib.auth.hashers import get_hashers, make_password

from migrations_legacy.fields import Value

RULE = "the legacy cannot check the password's new format: it has to be given anew"
_KNOWN_THERE = frozenset({"pbkdf2_sha256", "pbkdf2_sha1"})


def is_unknown_there(password: Value) -> bool:
    """Whether a hash is in a format of this installation that the legacy would fail on."""
    ours = {hasher.algorithm for hasher in get_hashers()} - _KNOWN_THERE
    return str(password).partition("$")[0] in ours


def unusable() -> str:
    """A password that nobody has; a new one can be given."""
    return make_password(None)
